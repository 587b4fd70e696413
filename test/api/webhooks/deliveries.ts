import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

// Deliveries as forges send them: headers and bodies that their pages show, with names of our own, signed here.

export const RECORDED = [
  'github-push',
  'github-ping',
  'gitlab-push',
  'gitlab-tag-push',
  'gitea-push',
  'forgejo-push',
] as const;
export type RecordedName = (typeof RECORDED)[number];

export const SECRET = {
  github: 'secret-of-the-github-hook',
  gitlab: 'token-of-the-gitlab-hook',
  /** 32 bytes, as GitLab makes them. */
  signing: `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`,
  gitea: 'secret-of-the-gitea-hook',
  generic: 'secret-of-the-pipeline',
};

export interface Delivery {
  /** Of `/v1/webhooks/`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function hmac(secret: string | Buffer, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}

interface Recorded {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

function recorded(name: RecordedName): Recorded {
  return JSON.parse(readFileSync(new URL(`payloads/${name}.json`, import.meta.url), 'utf8')) as Recorded;
}

export interface DeliveryChange {
  /** Instead of what was recorded. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secret?: string;
}

/** A recorded delivery, signed as its forge signs. */
export function delivery(name: RecordedName, change: DeliveryChange = {}): Delivery {
  const { headers, body } = recorded(name);
  const text = JSON.stringify({ ...body, ...change.body });
  const [forge = ''] = name.split('-');
  const path = forge === 'forgejo' ? 'gitea' : forge;
  return { path, headers: { ...headers, ...proofOf(forge, text, change.secret), ...change.headers }, body: text };
}

function proofOf(forge: string, text: string, secret: string | undefined): Readonly<Record<string, string>> {
  switch (forge) {
    case 'github':
      return { 'x-hub-signature-256': `sha256=${hmac(secret ?? SECRET.github, text).toString('hex')}` };
    case 'gitlab':
      return { 'x-gitlab-token': secret ?? SECRET.gitlab };
    default: {
      const hex = hmac(secret ?? SECRET.gitea, text).toString('hex');
      const own = forge === 'forgejo' ? { 'x-forgejo-signature': hex } : {};
      return { ...own, 'x-gitea-signature': hex, 'x-gogs-signature': hex, 'x-hub-signature-256': `sha256=${hex}` };
    }
  }
}

/** As GitLab signs with a signing token: Standard Webhooks. @param at ms since the epoch */
export function signedByGitLab(at: number, { id = 'msg-1', secret = SECRET.signing } = {}): Delivery {
  const { headers, body } = delivery('gitlab-push');
  const time = String(Math.floor(at / 1000));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = `v1,${hmac(key, `${id}.${time}.${body}`).toString('base64')}`;
  const proof = { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature };
  return { path: 'gitlab', headers: { ...headers, 'x-gitlab-token': '', ...proof }, body };
}

/** What a pipeline sends. @param at ms since the epoch */
export function signedByPipeline(at: number, body = '', secret = SECRET.generic): Delivery {
  const time = String(Math.floor(at / 1000));
  const signature = `sha256=${hmac(secret, `${time}.${body}`).toString('hex')}`;
  return { path: 'generic', headers: { 'x-fairlead-timestamp': time, 'x-fairlead-signature': signature }, body };
}

/** The file of --webhooks that takes them all. */
export const SECRETS_FILE = JSON.stringify({
  github: [{ name: 'new', secret: 'the-secret-that-takes-over' }, { secret: SECRET.github }],
  gitlab: [{ secret: SECRET.gitlab }, { name: 'signed', secret: SECRET.signing }],
  gitea: [{ secret: SECRET.gitea }],
  generic: [{ name: 'pipeline', secret: SECRET.generic }],
});
