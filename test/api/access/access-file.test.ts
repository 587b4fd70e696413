import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAccess } from '../../../src/api/access/access-file.ts';
import { openAccessFile } from '../../../src/api/access/access-source.ts';
import { FileProblems } from '../../../src/placed-yaml/read-file.ts';
import { findHolder } from '../../../src/api/access/token-directory.ts';
import { textOf } from '../../repo/tree.ts';
import { cheapHash, hashOf } from './access-builders.ts';

const entry = (name: string, token = name) => `- { name: ${name}, hash: "${hashOf(token)}", roles: [read] }\n`;
const HASH = hashOf('x');
const user = (name: string) => `- { username: ${name}, password-hash: "${cheapHash('pw')}", roles: [read] }\n`;
const approle = (name: string, roleId: string, secret = 'x') =>
  `- { name: ${name}, role-id: ${roleId}, secret-id-hash: "${hashOf(secret)}", roles: [read] }\n`;
const issuer = (rest: string) => `- { issuer: "https://id.example.com", audience: f, roles: [read], ${rest} }`;

describe('a tokens file', () => {
  it('gives each token its name, tenant and roles', () => {
    const { tokens } = parseAccess(
      `- name: ci\n  hash: ${HASH}\n  roles: [admin]\n- name: 7\n  hash: "${hashOf('y').toUpperCase().replace('SHA', 'sha')}"\n  tenant: acme\n  roles: [read, logs]\n`,
      'tokens.yaml',
    );
    expect(tokens[0]).toMatchObject({ name: 'ci', tenant: undefined, roles: new Set(['admin']) });
    expect(tokens[1]).toMatchObject({ name: '7', tenant: 'acme', roles: new Set(['read', 'logs']) });
  });

  it('is what the documentation shows', () => {
    const [, example = ''] = /```yaml\n(tokens:\n[^`]*)```/.exec(textOf('docs/api.md')) ?? [];
    const { tokens, users, approles, issuers } = parseAccess(example, 'docs/api.md');
    expect([tokens, users, approles, issuers].map(({ length }) => length)).toEqual([1, 1, 1, 1]);
  });

  it('may be JSON', () => {
    const json = JSON.stringify([{ name: 'ci', hash: HASH, roles: ['read'] }]);
    expect(parseAccess(json, 't.json').tokens).toHaveLength(1);
  });

  it('may hold users, approles and issuers, in lists of their own or in one list of everything', () => {
    const byKind = {
      tokens: [{ name: 'ci', hash: HASH, roles: ['read'] }],
      users: [{ username: 'ann', 'password-hash': cheapHash('pw'), roles: ['admin'] }],
      approles: [{ name: 'till', 'role-id': 'r', 'secret-id-hash': HASH, tenant: 'acme', roles: ['read'] }],
      issuers: [{ issuer: 'https://id.example.com', audience: 'fairlead', tenant: 'acme', roles: ['read'] }],
    };
    const access = parseAccess(JSON.stringify(byKind), 't.json');
    expect(access.users).toMatchObject([{ kind: 'user', name: 'ann', tenant: undefined }]);
    expect(access.approles).toMatchObject([{ kind: 'approle', name: 'till', roleId: 'r', tenant: 'acme' }]);
    expect(access.issuers).toMatchObject([
      { jwksUri: undefined, audience: ['fairlead'], nameClaim: ['sub'], tenant: { kind: 'tenant', tenant: 'acme' } },
    ]);
    expect(parseAccess(JSON.stringify(Object.values(byKind).flat()), 't.json')).toEqual(access);
  });

  it.each([
    ['', 't:1:1: expected a list of at least one token, user, approle or issuer'],
    ['[]', 't:1:1: expected a list of at least one token, user, approle or issuer'],
    ['users: []', 't:1:1: expected a list of at least one token, user, approle or issuer'],
    ['- x', 't:1:3: expected an entry: name, hash, tenant, roles'],
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
    ['- { username: a, password: pw }', 't:1:18: unknown key, expected one of username, password-hash, tenant, roles'],
    [`${entry('a')}${entry('a', 'b')}`, 't:2:3: another entry has the same name'],
    [`${entry('a')}${entry('b', 'a')}`, 't:2:3: another entry has the same hash'],
    [`${entry('ann')}${user('ann')}`, 't:2:3: another entry has the same name'],
    [`${approle('a', 'r')}${approle('b', 'r', 'y')}`, 't:2:3: another entry has the same role-id'],
    [`${approle('a', 'r')}${approle('b', 'q')}`, 't:2:3: another entry has the same secret-id-hash'],
    ['people: []\ntokens: x', /^t:1:1: unknown key, .*\nt:2:9: tokens: expected a list\nt:1:1: expected a list of at/],
    ['users: [{ username: a, password-hash: pw, roles: [read] }]', /^t:1:39: password-hash: expected what `fairlead/],
    [user('a').replace('ln=10', 'ln=20'), /^t:1:33: password-hash: expected what `fairlead hash-password` prints/],
    [user('a').replace('p=1', 'p=99').replace('ln=10', 'ln=17'), /^t:1:33: password-hash: expected/],
    [issuer('tenant: acme').replace('https://id', 'http://id'), /^t:1:13: issuer: expected an https:\/\/ address/],
    [
      issuer('tenant: acme, jwks-uri: "https://u:pw@x"'),
      /jwks-uri: expected an https:\/\/ address without credentials/,
    ],
    [issuer('tenant: acme, algorithms: [HS256]'), /^t:1:\d+: algorithms: expected a list of RS256, /],
    [issuer('tenant: acme, algorithms: none'), /^t:1:\d+: algorithms: expected a list of RS256, /],
    [issuer('name-claim: sub'), 't:1:3: expected one of tenant, tenant-claim, and site-provider: true'],
    [
      issuer('tenant: acme, site-provider: true'),
      't:1:3: expected one of tenant, tenant-claim, and site-provider: true',
    ],
    [issuer('site-provider: false'), /^t:1:\d+: site-provider: expected true$/],
    [issuer('tenant: ""'), /^t:1:\d+: tenant: expected the name of a tenant$/],
    [issuer('tenant: acme, roles-claim: groups'), 't:1:3: expected either roles, or roles-claim and roles-map'],
    [
      issuer('tenant: acme, roles-claim: groups, roles-map: { staff: [root] }').replace('roles: [read], ', ''),
      /roles-map: expected lists of roles, by values of the claim$/,
    ],
    [issuer('tenant: acme, bound-claims: { ref: {} }'), /^t:1:\d+: bound-claims: expected a text or a list of texts/],
  ])('is refused with the place: %j', (text, message) => {
    const refused = catchError(() => parseAccess(text, 't')).message;
    if (typeof message === 'string') expect(refused).toBe(message);
    else expect(refused).toMatch(message);
  });

  it('tells every problem, and no secret that stands in the wrong place', () => {
    const failure = catchError(() =>
      parseAccess('- { name: a, hash: s3cret, roles: [s3cret], tenant: "S3CRET" }', 't'),
    );
    expect(failure.message.split('\n')).toHaveLength(3);
    expect(failure.message).not.toMatch(/s3cret/i);
    const others = `users: [{ username: s3cret, password-hash: s3cret }]\napproles: [{ secret-id-hash: s3cret, s3cret: 1 }]\n`;
    const more = `issuers: [{ issuer: "https://s3cret@x", audience: [s3cret, {}], algorithms: s3cret }]`;
    expect(catchError(() => parseAccess(others + more, 't')).message).not.toMatch(/s3cret/i);
    expect(catchError(() => parseAccess('- name: *s3cret\n  hash: "s3cret', 't')).message).not.toMatch(/s3cret/i);
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
    expect(problems).toEqual([expect.stringMatching(/not valid YAML .*; the former entries stay in force$/)]);
    await rm(file);
    pass(1000);
    expect(await directory.find('old')).toBeDefined();
    expect(problems[1]).toBe(`cannot read the tokens file ${file}: no such file; the former entries stay in force`);
    await write(entry('new'));
    pass(1000);
    expect(await directory.find('new')).toBeDefined();
  });

  it('must be there to begin with', async () => {
    await expect(openAccessFile({ file: '/nowhere/tokens.yaml', onProblem: () => undefined })).rejects.toThrow(
      FileProblems,
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
  const source = await openAccessFile({ file, onProblem: (problem) => void problems.push(problem), now: () => time });
  const directory = { find: async (token: string) => findHolder((await source.current()).tokens, token) };
  return { directory, write, problems, file, pass: (ms: number) => void (time += ms) };
}

function catchError(action: () => unknown): FileProblems {
  try {
    action();
  } catch (error) {
    if (error instanceof FileProblems) return error;
  }
  throw new Error('nothing was refused');
}
