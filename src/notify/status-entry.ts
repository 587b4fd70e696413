import type { StatusPlace } from '../forge/commit-status.ts';
import { FORGES } from '../forge/port.ts';
import { checkKeys, readPath } from '../placed-yaml/fields.ts';
import type { PlacedValue } from '../placed-yaml/placed-value.ts';

/** Where statuses of commits go. */
export interface StatusTarget extends StatusPlace {
  readonly tokenFile: string;
  /** Before the site: `fairlead`. */
  readonly context: string;
  readonly link: string | undefined;
}

const KEYS = ['forge', 'api', 'repository', 'token-file', 'context', 'link'];
const GITHUB_API = 'https://api.github.com';

/** The entry `commit-status` of the notifications file; undefined: something is wrong with it, and refused. */
export function readCommitStatus(entry: PlacedValue): StatusTarget | undefined {
  if (entry.pairs === undefined) {
    entry.refuse(`commit-status: expected the keys ${KEYS.join(', ')}`);
    return undefined;
  }
  checkKeys(entry, KEYS);
  const forge = FORGES.find((known) => known === entry.at('forge').text);
  if (forge === undefined) entry.at('forge').refuse(`forge: expected one of ${FORGES.join(', ')}`);
  const needsApi = entry.has('api') || (forge !== undefined && forge !== 'github');
  const api = needsApi ? readUrl(entry, 'api') : GITHUB_API;
  const repository = entry.at('repository').text ?? '';
  const isRepository = forge === 'gitlab' ? /^\d+$|^[^\s/]+(\/[^\s/]+)+$/ : /^[^\s/]+\/[^\s/]+$/;
  if (!isRepository.test(repository)) entry.at('repository').refuse('repository: expected OWNER/NAME');
  const tokenFile = readPath(entry, 'token-file');
  const context = entry.has('context') ? (entry.at('context').text ?? '') : 'fairlead';
  if (!/^[\w./-]{1,100}$/.test(context))
    entry.at('context').refuse('context: expected up to 100 letters, digits, dots, dashes or slashes');
  const link = entry.has('link') ? readUrl(entry, 'link') : undefined;
  if (forge === undefined || api === undefined || tokenFile === undefined) return undefined;
  return { forge, api, repository, tokenFile, context, link };
}

/** Without a slash at its end. */
function readUrl(entry: PlacedValue, key: string): string | undefined {
  const { text = '', refuse } = entry.at(key);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return text.replace(/\/+$/, '');
  refuse(`${key}: expected an address, https://…, without credentials`);
  return undefined;
}
