import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseWebhookSecrets } from '../../../src/api/webhooks/secrets-file.ts';
import { textOf } from '../../repo/tree.ts';

const LONG = 'a-secret-of-32-random-characters';
const problem = (text: string) => () => parseWebhookSecrets(text, 'w.yaml');

describe('a file of webhook secrets', () => {
  it('has a list for each kind, and none for those that are not taken', () => {
    const { github, gitlab, gitea, generic } = parseWebhookSecrets(
      `github:\n  - { name: new, secret: ${LONG}, any-repository: true }\n  - secret: ${LONG}-2\ngeneric: [{ secret: ${LONG} }]\n`,
      'w.yaml',
    );
    const tokenHash = createHash('sha256').update(LONG).digest();
    expect(github).toMatchObject([
      { name: 'new', anyRepository: true, key: Buffer.from(LONG), tokenHash: undefined },
      { name: undefined, anyRepository: false },
    ]);
    expect(generic).toMatchObject([{ key: Buffer.from(LONG), tokenHash }]);
    expect([gitlab, gitea]).toEqual([[], []]);
  });

  it('tells a signing token of GitLab from a secret token', () => {
    const key = Buffer.alloc(32, 7);
    const text = JSON.stringify({ gitlab: [{ secret: `whsec_${key.toString('base64')}` }, { secret: LONG }] });
    expect(parseWebhookSecrets(text, 'w.json').gitlab).toMatchObject([
      { key, tokenHash: undefined },
      { key: undefined, tokenHash: expect.any(Buffer) as Buffer },
    ]);
  });

  it('is what the documentation shows', () => {
    const [, example = ''] = /```yaml\n(github:\n[^`]*)```/.exec(textOf('docs/webhooks.md')) ?? [];
    expect(Object.values(parseWebhookSecrets(example, 'w.yaml')).map(({ length }) => length > 0)).toEqual([
      ...[true, true, true, true],
    ]);
  });

  it.each([
    ['', 'w.yaml:1:1: expected the keys github, gitlab, gitea, generic, each with a list of secrets'],
    ['[]', 'w.yaml:1:1: expected the keys'],
    ['bitbucket: []', 'w.yaml:1:1: unknown key, expected one of github, gitlab, gitea, generic'],
    ['github: []', 'w.yaml:1:9: github: expected a list of one secret to 5'],
    [`github: ${LONG}`, 'github: expected a list of one secret to 5'],
    [`github: [${LONG}]`, 'github: expected entries of name, secret, any-repository'],
    ['github: [{}]', `w.yaml:1:10: secret: expected a text of at least 16 characters`],
    ['github: [{ secret: short }]', 'w.yaml:1:20: secret: expected a text of at least 16 characters, made at random'],
    ['gitlab: [{ secret: whsec_not-base64-at-all! }]', 'secret: a signing token is whsec_ and base64'],
    [`github: [{ secret: ${LONG}, token: x }]`, 'unknown key, expected one of name, secret, any-repository'],
    [`github: [{ secret: ${LONG}, any-repository: maybe }]`, 'any-repository: expected true or false'],
    [`github: [{ secret: ${LONG}, name: "a\\nb" }]`, 'name: expected up to 63 letters'],
    [`github: [${`{ secret: ${LONG} },`.repeat(6)}]`, 'github: expected a list of one secret to 5'],
    ['github: [', 'not valid YAML'],
  ])('that says %j cannot be used, and no message quotes it', (text, message) => {
    expect(problem(text)).toThrow(message);
    expect(problem(text)).not.toThrow(LONG);
    expect(problem(text)).not.toThrow('short');
  });
});
