import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createCredentialSource,
  findCredentials,
  findProxyCredentials,
  parseCredentials,
} from '../../src/git/credentials.ts';
import { redactUrl } from '../../src/git/redact-url.ts';

const find = (text: string, url: string) => findCredentials(parseCredentials(text), new URL(url));

describe('a credentials file', () => {
  const file = [
    'https://ada:p%40ss%3Aword@example.com',
    '',
    'https://team:t0ken@git.example.com/team',
    'https://other:0ther@git.example.com',
    'http://plain:pw@git.example.com:8080',
  ].join('\n');

  it.each([
    ['https://example.com/any/repo.git', { username: 'ada', password: 'p@ss:word' }],
    ['https://git.example.com/team/repo.git', { username: 'team', password: 't0ken' }],
    ['https://git.example.com/teammates/repo.git', { username: 'other', password: '0ther' }],
    ['https://other@git.example.com/team/repo.git', { username: 'other', password: '0ther' }],
    ['http://git.example.com:8080/x', { username: 'plain', password: 'pw' }],
    ['http://git.example.com/x', undefined],
    ['http://example.com/x', undefined],
    ['https://example.com.evil.test/x', undefined],
    ['https://bob@example.com/x', undefined],
  ])('fits %s by protocol, host, path and user', (url, expected) => {
    expect(find(file, url)).toEqual(expected);
  });

  it('may be a bare token, the password of any server', () => {
    expect(find('ghp_abc\n', 'https://h/x')).toEqual({ username: 'x-access-token', password: 'ghp_abc' });
    expect(find('ghp_abc', 'https://ada@h/x')).toEqual({ username: 'ada', password: 'ghp_abc' });
    expect(find('', 'https://h/x')).toBeUndefined();
  });

  it('may be one line of user and password, for any server', () => {
    expect(find('deploy:gldt-abc\n', 'https://h/x')).toEqual({ username: 'deploy', password: 'gldt-abc' });
    expect(find(':abc', 'https://h/x')).toEqual({ username: 'x-access-token', password: ':abc' });
  });

  it.each(['https://h/no-user', 'https://ada:pw@h\nsecret-token', 'two words s3cret', 'ssh://ada:s3cret@h'])(
    'that is no such file is told by its line, without its content: %j',
    (text) => {
      expect(() => parseCredentials(text)).toThrow(/line \d/);
      expect(() => parseCredentials(text)).not.toThrow(/s3cret|secret-token|ada/);
    },
  );
});

describe('a credential source', () => {
  const url = new URL('https://example.com/r.git');
  const environment = { FAIRLEAD_REPOSITORY_USERNAME: 'env', FAIRLEAD_REPOSITORY_PASSWORD: 'env-pw' };

  it('takes the URL before the file before the environment, and reads the file anew each time', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'fairlead-credentials-'));
    const file = path.join(directory, 'credentials');
    try {
      const source = createCredentialSource({ file, environment });
      await expect(source(url)).rejects.toMatchObject({ code: 'unauthorized', message: /ENOENT/ });
      await writeFile(file, 'https://a:1@example.com');
      expect(await source(url)).toEqual({ username: 'a', password: '1' });
      await writeFile(file, 'https://a:2@example.com');
      expect(await source(url)).toEqual({ username: 'a', password: '2' });
      await writeFile(file, 'https://a:2@elsewhere.example');
      expect(await source(url)).toEqual({ username: 'env', password: 'env-pw' });
      const inUrl = { username: 'u', password: 'p' };
      expect(await createCredentialSource({ file, environment, inUrl })(url)).toEqual(inUrl);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('has for a proxy what stands beside its address, and never a token for any server', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'fairlead-credentials-'));
    const file = path.join(directory, 'credentials');
    const proxy = new URL('http://proxy:3128');
    try {
      await writeFile(file, 'https://a:1@example.com\nhttp://p:2@proxy:3128');
      expect((await findProxyCredentials(file))(proxy)).toEqual({ username: 'p', password: '2' });
      await writeFile(file, 'ghp_abc');
      expect((await findProxyCredentials(file))(proxy)).toBeUndefined();
      expect((await findProxyCredentials(undefined))(proxy)).toBeUndefined();
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('has none when nothing is set', async () => {
    expect(await createCredentialSource({})(url)).toBeUndefined();
  });
});

it.each([
  ['https://ada:s3cret@example.com/r.git?token=s3cret#s3cret', 'https://example.com/r.git'],
  ['ada:s3cret@example.com:r.git', 'example.com:r.git'],
  ['ssh://git:s3cret@example.com/r.git', 'ssh://example.com/r.git'],
])('the URL %s is shown as %s', (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
});
