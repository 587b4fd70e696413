import { createHash } from 'node:crypto';
import { isMap, isSeq, LineCounter, parseDocument, type Node, type ParsedNode, type YAMLMap } from 'yaml';
import { nodeAt, textOf, type Report } from '../access/entry-fields.ts';
import { FORGES, type ForgeName } from './forge.ts';
import type { WebhookSecret } from './signature.ts';

/** The secrets of each kind of webhook; none: nothing of that kind is taken. */
export type WebhookSecrets = Readonly<Record<ForgeName, readonly WebhookSecret[]>>;

export const NO_WEBHOOK_SECRETS: WebhookSecrets = { github: [], gitlab: [], gitea: [], generic: [] };

/** A file of webhook secrets that cannot be used. The message has a line for each problem and never a secret. */
export class WebhookSecretsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WebhookSecretsError';
  }
}

/** Shorter ones can be guessed. */
const SHORTEST = 16;
/** A delivery costs an HMAC for each. */
const MOST = 5;
const KEYS = ['name', 'secret', 'any-repository'];

interface Flaw {
  readonly offset: number;
  readonly message: string;
}

/**
 * A file of webhook secrets, YAML or JSON: `github`, `gitlab`, `gitea` and `generic`, each a list of
 * `{name?, secret, any-repository?}`, described in docs/webhooks.md.
 * @throws WebhookSecretsError with `file:line:column: message` for each problem
 */
export function parseWebhookSecrets(text: string, file: string): WebhookSecrets {
  const lines = new LineCounter();
  // The parser's own messages quote the source, so only their codes are shown.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const flaws: Flaw[] = document.errors.map(({ code, pos }) => ({
    offset: pos[0],
    message: `not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`,
  }));
  const report: Report = (node, message) => void flaws.push({ offset: node?.range?.[0] ?? 0, message });
  const secrets = flaws.length === 0 ? toSecrets(document.contents, report) : NO_WEBHOOK_SECRETS;
  if (flaws.length === 0) return secrets;
  const sentences = flaws.map(({ offset, message }) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${message}`;
  });
  throw new WebhookSecretsError(sentences.join('\n'));
}

function toSecrets(contents: ParsedNode | null, report: Report): WebhookSecrets {
  if (!isMap(contents)) {
    report(contents, `expected the keys ${FORGES.join(', ')}, each with a list of secrets`);
    return NO_WEBHOOK_SECRETS;
  }
  for (const { key } of contents.items)
    if (!FORGES.some((forge) => forge === textOf(key)))
      report(key, `unknown key, expected one of ${FORGES.join(', ')}`);
  const of = (forge: ForgeName) => (contents.has(forge) ? readList(forge, nodeAt(contents, forge), report) : []);
  return { github: of('github'), gitlab: of('gitlab'), gitea: of('gitea'), generic: of('generic') };
}

function readList(forge: ForgeName, node: Node | undefined, report: Report): readonly WebhookSecret[] {
  const items: readonly unknown[] = isSeq(node) ? node.items : [];
  if (items.length === 0 || items.length > MOST)
    report(node, `${forge}: expected a list of one secret to ${MOST}: the one in use and those it takes over from`);
  return items.flatMap((item) => {
    if (isMap(item)) return readEntry(forge, item, report) ?? [];
    report(node, `${forge}: expected entries of ${KEYS.join(', ')}`);
    return [];
  });
}

function readEntry(forge: ForgeName, item: YAMLMap, report: Report): WebhookSecret | undefined {
  for (const { key } of item.items)
    if (!KEYS.includes(textOf(key) ?? ''))
      report(asNode(key) ?? item, `unknown key, expected one of ${KEYS.join(', ')}`);
  const secret = textOf(nodeAt(item, 'secret')) ?? '';
  const means = meansOf(forge, secret);
  if (typeof means === 'string') report(nodeAt(item, 'secret') ?? item, `secret: ${means}`);
  const any = textOf(nodeAt(item, 'any-repository')) ?? 'false';
  if (any !== 'true' && any !== 'false')
    report(nodeAt(item, 'any-repository'), 'any-repository: expected true or false');
  const name = item.has('name') ? textOf(nodeAt(item, 'name')) : undefined;
  if (item.has('name') && !/^[\w. -]{1,63}$/.test(name ?? ''))
    report(nodeAt(item, 'name') ?? item, 'name: expected up to 63 letters, digits, dots, dashes or spaces');
  return typeof means === 'string' ? undefined : { name, anyRepository: any === 'true', ...means };
}

function asNode(key: unknown): Node | undefined {
  return key !== null && typeof key === 'object' && 'range' in key ? (key as Node) : undefined;
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
