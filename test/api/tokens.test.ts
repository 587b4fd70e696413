import { createHash } from 'node:crypto';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTokenFile } from '../../src/api/token-directory.ts';
import { parseTokens, TokensError } from '../../src/api/tokens.ts';

const hashOf = (token: string) => `sha256:${createHash('sha256').update(token).digest('hex')}`;
const entry = (name: string, token = name) => `- { name: ${name}, hash: "${hashOf(token)}", roles: [read] }\n`;
const HASH = hashOf('x');

describe('a tokens file', () => {
  it('gives each token its name, tenant and roles', () => {
    const [provider, acme] = parseTokens(
      `- name: ci\n  hash: ${HASH}\n  roles: [admin]\n- name: 7\n  hash: "${hashOf('y').toUpperCase().replace('SHA', 'sha')}"\n  tenant: acme\n  roles: [read, logs]\n`,
      'tokens.yaml',
    );
    expect(provider).toMatchObject({ name: 'ci', tenant: undefined, roles: new Set(['admin']) });
    expect(acme).toMatchObject({ name: '7', tenant: 'acme', roles: new Set(['read', 'logs']) });
  });

  it('may be JSON', () => {
    expect(parseTokens(JSON.stringify([{ name: 'ci', hash: HASH, roles: ['read'] }]), 't.json')).toHaveLength(1);
  });

  it.each([
    ['', 't:1:1: expected a list of at least one token'],
    ['[]', 't:1:1: expected a list of at least one token'],
    ['- x', 't:1:3: expected a token: name, hash, tenant and roles'],
    ['- [', 't:1:4: not valid YAML (bad indent)'],
    [`- { hash: "${HASH}", roles: [read] }`, 't:1:3: name: expected a text'],
    [
      '- { name: a, hash: secret, roles: [read] }',
      't:1:20: hash: expected sha256: and the 64 hexadecimal digits of the hash',
    ],
    [`- { name: a, hash: "${HASH}" }`, 't:1:3: roles: expected a list of read, logs, exec, operate, admin'],
    [
      `- { name: a, hash: "${HASH}", roles: [root] }`,
      't:1:102: roles: expected a list of read, logs, exec, operate, admin',
    ],
    [`- { name: a, hash: "${HASH}", roles: [read], tenant: "A B" }`, 't:1:118: tenant: expected the name of a tenant'],
    [`- { name: a, hash: "${HASH}", roles: [read], tenant: }`, 't:1:118: tenant: expected the name of a tenant'],
    ['- { name: a, tokn: secret }', 't:1:14: unknown key, expected one of name, hash, tenant, roles'],
    ['- { username: a }', 't:1:3: users and approles are not supported yet, only tokens'],
    ['users: []', 't:1:1: users and approles are not supported yet; expected a list of tokens'],
    [`${entry('a')}${entry('a', 'b')}`, 't:2:3: another token has the name a'],
    [`${entry('a')}${entry('b', 'a')}`, 't:2:3: b has the hash of another token'],
  ])('is refused with the place: %j', (text, message) => {
    expect(() => parseTokens(text, 't')).toThrow(new TokensError(message));
  });

  it('tells every problem, and no secret that stands in the wrong place', () => {
    const failure = catchError(() =>
      parseTokens('- { name: a, hash: s3cret, roles: [s3cret], tenant: "S3CRET" }', 't'),
    );
    expect(failure.message.split('\n')).toHaveLength(3);
    expect(failure.message).not.toMatch(/s3cret/i);
    expect(catchError(() => parseTokens('- name: *s3cret\n  hash: "s3cret', 't')).message).not.toMatch(/s3cret/i);
  });
});

describe('the tokens of a file', () => {
  it('are those of the file as it is now, looked at once a second at most', async () => {
    const { directory, write, pass } = await opened(entry('old'));
    await write(entry('new'));
    expect(await directory.find('old')).toMatchObject({ name: 'old' });
    pass(1000);
    expect(await directory.find('old')).toBeUndefined();
    expect(await directory.find('new')).toMatchObject({ name: 'new' });
  });

  it('stay in force while the file is broken or gone, which is told once', async () => {
    const { directory, write, pass, problems, file } = await opened(entry('old'));
    await write('- { name: s3cret');
    for (let i = 0; i < 3; i += 1) {
      pass(1000);
      expect(await directory.find('old')).toMatchObject({ name: 'old' });
    }
    expect(problems).toEqual([expect.stringMatching(/not valid YAML .*; the former tokens stay in force$/)]);
    await rm(file);
    pass(1000);
    expect(await directory.find('old')).toBeDefined();
    expect(problems[1]).toBe(`cannot read the tokens file ${file}: ENOENT; the former tokens stay in force`);
    await write(entry('new'));
    pass(1000);
    expect(await directory.find('new')).toBeDefined();
  });

  it('must be there to begin with', async () => {
    await expect(openTokenFile({ file: '/nowhere/tokens.yaml', onProblem: () => undefined })).rejects.toThrow(
      TokensError,
    );
  });
});

async function opened(text: string) {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-tokens-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'tokens.yaml');
  let time = 0;
  let modified = 1_700_000_000;
  const write = async (content: string) => {
    await writeFile(file, content);
    modified += 1;
    await utimes(file, modified, modified);
  };
  await write(text);
  const problems: string[] = [];
  const directory = await openTokenFile({ file, onProblem: (problem) => void problems.push(problem), now: () => time });
  return { directory, write, problems, file, pass: (ms: number) => void (time += ms) };
}

function catchError(action: () => unknown): TokensError {
  try {
    action();
  } catch (error) {
    if (error instanceof TokensError) return error;
  }
  throw new Error('nothing was refused');
}
