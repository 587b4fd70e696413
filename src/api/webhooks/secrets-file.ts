import { createHash } from 'node:crypto';
import { checkKeys } from '../../placed-yaml/fields.ts';
import type { PlacedValue } from '../../placed-yaml/placed-value.ts';
import { readPlacedFile } from '../../placed-yaml/read-file.ts';
import { FORGES, type ForgeName } from './forge.ts';
import type { WebhookSecret } from './signature.ts';

/** The secrets of each kind of webhook; none: nothing of that kind is taken. */
export type WebhookSecrets = Readonly<Record<ForgeName, readonly WebhookSecret[]>>;

export const NO_WEBHOOK_SECRETS: WebhookSecrets = { github: [], gitlab: [], gitea: [], generic: [] };

/** Shorter ones can be guessed. */
const SHORTEST = 16;
/** A delivery costs an HMAC for each. */
const MOST = 5;
const KEYS = ['name', 'secret', 'any-repository'];

/**
 * A file of webhook secrets, YAML or JSON: `github`, `gitlab`, `gitea` and `generic`, each a list of
 * `{name?, secret, any-repository?}`, described in docs/webhooks.md.
 * @throws FileProblems with `file:line:column: message` for each problem
 */
export function parseWebhookSecrets(text: string, file: string): WebhookSecrets {
  return readPlacedFile(text, file, toSecrets);
}

function toSecrets(contents: PlacedValue): WebhookSecrets {
  if (contents.pairs === undefined)
    contents.refuse(`expected the keys ${FORGES.join(', ')}, each with a list of secrets`);
  checkKeys(contents, FORGES);
  const of = (forge: ForgeName) => (contents.has(forge) ? readList(forge, contents.at(forge)) : []);
  return { github: of('github'), gitlab: of('gitlab'), gitea: of('gitea'), generic: of('generic') };
}

function readList(forge: ForgeName, { items = [], refuse }: PlacedValue): readonly WebhookSecret[] {
  if (items.length === 0 || items.length > MOST)
    refuse(`${forge}: expected a list of one secret to ${MOST}: the one in use and those it takes over from`);
  return items.flatMap((entry) => {
    if (entry.pairs !== undefined) return readEntry(forge, entry) ?? [];
    entry.refuse(`${forge}: expected entries of ${KEYS.join(', ')}`);
    return [];
  });
}

function readEntry(forge: ForgeName, entry: PlacedValue): WebhookSecret | undefined {
  checkKeys(entry, KEYS);
  const secret = entry.at('secret');
  const means = meansOf(forge, secret.text ?? '');
  if (typeof means === 'string') secret.refuse(`secret: ${means}`);
  const any = entry.has('any-repository') ? entry.at('any-repository').text : 'false';
  if (any !== 'true' && any !== 'false') entry.at('any-repository').refuse('any-repository: expected true or false');
  const name = entry.at('name');
  if (entry.has('name') && !/^[\w. -]{1,63}$/.test(name.text ?? ''))
    name.refuse('name: expected up to 63 letters, digits, dots, dashes or spaces');
  return typeof means === 'string' ? undefined : { name: name.text, anyRepository: any === 'true', ...means };
}

/** What a secret is good for, or what is wrong with it. GitLab's signing tokens say by their prefix what they are. */
function meansOf(forge: ForgeName, secret: string): Pick<WebhookSecret, 'key' | 'tokenHash'> | string {
  if (secret.length < SHORTEST) return `expected a text of at least ${SHORTEST} characters, made at random`;
  const tokenHash = createHash('sha256').update(secret).digest();
  const key = Buffer.from(secret, 'utf8');
  switch (forge) {
    case 'github':
    case 'gitea':
      return { key, tokenHash: undefined };
    case 'generic':
      return { key, tokenHash };
    case 'gitlab': {
      if (!secret.startsWith('whsec_')) return { key: undefined, tokenHash };
      const base64 = /^whsec_([A-Za-z0-9+/]{16,}={0,2})$/.exec(secret)?.[1];
      if (base64 === undefined) return 'a signing token is whsec_ and base64, as GitLab shows it';
      return { key: Buffer.from(base64, 'base64'), tokenHash: undefined };
    }
  }
}
