import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { ForgeName } from '../../../src/api/webhooks/forge.ts';
import { FORGE } from '../../../src/api/webhooks/forges.ts';
import { followedPath, otherRepository } from '../../../src/api/webhooks/repository-name.ts';
import { parseWebhookSecrets } from '../../../src/api/webhooks/secrets-file.ts';
import { checkBody } from '../../../src/api/webhooks/signature.ts';
import { textOf } from '../../repo/tree.ts';
import { hmac } from './deliveries.ts';

/** Whether a body is the one that was signed, as the pages of a forge show it. */
function holds(forge: ForgeName, headers: Readonly<Record<string, string>>, body: string, secret: string): boolean {
  const secrets = parseWebhookSecrets(JSON.stringify({ [forge]: [{ secret }] }), 'w.json')[forge];
  const check = checkBody(
    FORGE[forge].proofs((name) => headers[name]),
    secrets,
  );
  for (const byte of Buffer.from(body)) check.update(Buffer.of(byte));
  return check.holder() !== undefined;
}

describe('the signature that a forge shows on its pages', () => {
  it('is right for GitHub', () => {
    const hex = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const headers = { 'x-hub-signature-256': `sha256=${hex}` };
    expect(holds('github', headers, 'Hello, World!', "It's a Secret to Everybody")).toBe(true);
    expect(holds('github', headers, 'Hello, World?', "It's a Secret to Everybody")).toBe(false);
  });

  it('is right for GitLab, which signs as Standard Webhooks does, and may send several', () => {
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': `v1,${'A'.repeat(43)}= v1a,other v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=`,
    };
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect(holds('gitlab', headers, '{"test": 2432232314}', secret)).toBe(true);
    expect(holds('gitlab', headers, '{"test": 2432232315}', secret)).toBe(false);
  });

  it('is, for Gitea and Forgejo, the one in a header of its own, whatever that of GitHub says', () => {
    const [body, secret] = ['{"ref":"refs/heads/main"}', 'secret-of-the-hook'];
    const hex = hmac(secret, body).toString('hex');
    const right = { 'x-hub-signature-256': `sha256=${hex}` };
    expect(holds('gitea', right, body, secret)).toBe(true);
    for (const own of ['x-forgejo-signature', 'x-gitea-signature']) {
      expect(holds('gitea', { ...right, [own]: '0'.repeat(64) }, body, secret)).toBe(false);
      expect(holds('gitea', { [own]: hex }, body, secret)).toBe(true);
    }
  });
});

describe('the commands that the documentation shows', () => {
  it('sign what the generic webhook takes', () => {
    const [, script = ''] = /```sh\n(body=[^`]*?)\ncurl/.exec(textOf('docs/webhooks.md')) ?? [];
    const secret = 'secret-of-the-pipeline';
    const print = 'printf "%s\\n" "$body" "$time" "$signature"';
    const shown = execFileSync('sh', ['-ec', `${script}\n${print}`], { env: { ...process.env, SECRET: secret } });
    const [body = '', time = '', signature = ''] = String(shown).split('\n');
    const headers = { 'x-fairlead-timestamp': time, 'x-fairlead-signature': `sha256=${signature}` };
    expect(holds('generic', headers, body, secret)).toBe(true);
  });
});

describe('the repository of a payload', () => {
  it.each([
    ['https://github.com/acme/site.git', 'acme/site'],
    ['https://token@github.com/Acme/Site/', 'acme/site'],
    ['http://gitea:3000/acme/site', 'acme/site'],
    ['https://example.com/git/acme/site.git', 'git/acme/site'],
    ['git@github.com:acme/site.git', 'acme/site'],
    ['ssh://git@example.com:2222/acme/site.git', 'acme/site'],
    ['/srv/git/site.git', undefined],
    ['./site', undefined],
    ['file:///srv/git/site.git', undefined],
  ])('%s is followed as %j', (repository, path) => {
    expect(followedPath(repository)).toBe(path);
  });

  it.each([
    [['acme/site'], 'acme/site', undefined],
    [['acme/site'], 'git/acme/site', undefined],
    [['https://example.com/git/acme/site.git'], 'acme/site', undefined],
    [['git@other-name.example.com:acme/site.git'], 'acme/site', undefined],
    [['acme/other'], 'acme/site', 'acme/other'],
    [['acme/my-site', 'git@h:acme/my-site.git'], 'acme/site', 'acme/my-site'],
    [['site'], 'acme/site', undefined],
    [['acme/other'], undefined, undefined],
    [[], 'acme/site', undefined],
    [['', '/'], 'acme/site', undefined],
  ])('%j, where %j is followed, is another: %j', (named, followed, other) => {
    expect(otherRepository(named, followed)).toBe(other);
  });
});

describe('an event', () => {
  const event = (forge: ForgeName, headers: Readonly<Record<string, string>>, payload: unknown) =>
    FORGE[forge].event((name) => headers[name], payload);

  it('of a system hook of GitLab is what its payload says', () => {
    const headers = { 'x-gitlab-event': 'System Hook' };
    expect(event('gitlab', headers, { event_name: 'push', ref: 'refs/heads/main' })).toMatchObject({
      kind: 'push',
      refs: ['refs/heads/main'],
    });
    expect(event('gitlab', headers, { event_name: 'project_create' })).toEqual({
      kind: 'other',
      event: 'project_create',
    });
  });

  it.each([
    null,
    7,
    'text',
    [],
    { ref: { evil: true } },
    { repository: null },
    { ref: '', repository: { full_name: 7 } },
  ])('with the payload %j is a push of nobody says what', (payload) => {
    for (const [forge, headers] of [
      ['github', { 'x-github-event': 'push' }],
      ['gitea', { 'x-gitea-event': 'push' }],
      ['gitlab', { 'x-gitlab-event': 'Push Hook' }],
      ['generic', {}],
    ] as const)
      expect(event(forge, headers, payload)).toEqual({ kind: 'push', refs: undefined, repositories: [] });
  });
});
