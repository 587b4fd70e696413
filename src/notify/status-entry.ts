import { isMap, type Node, type YAMLMap } from 'yaml';
import { nodeAt, textOf, type Report } from '../api/access/entry-fields.ts';
import type { StatusPlace } from '../forge/commit-status.ts';
import { FORGES } from '../forge/port.ts';
import { checkKeys, readPath } from './notification-fields.ts';

/** Where statuses of commits go. */
export interface StatusTarget extends StatusPlace {
  readonly tokenFile: string;
  /** Before the site: `fairlead`. */
  readonly context: string;
  readonly link: string | undefined;
}

const KEYS = ['forge', 'api', 'repository', 'token-file', 'context', 'link'];
const GITHUB_API = 'https://api.github.com';

/** The entry `commit-status` of the notifications file; undefined: something is wrong with it, and reported. */
export function readCommitStatus(node: Node | undefined, report: Report): StatusTarget | undefined {
  if (!isMap(node)) {
    report(node, `commit-status: expected the keys ${KEYS.join(', ')}`);
    return undefined;
  }
  checkKeys(node, KEYS, report);
  const forge = FORGES.find((known) => known === textOf(nodeAt(node, 'forge')));
  if (forge === undefined) report(nodeAt(node, 'forge') ?? node, `forge: expected one of ${FORGES.join(', ')}`);
  const needsApi = node.has('api') || (forge !== undefined && forge !== 'github');
  const api = needsApi ? readUrl(node, 'api', report) : GITHUB_API;
  const repository = textOf(nodeAt(node, 'repository')) ?? '';
  const isRepository = forge === 'gitlab' ? /^\d+$|^[^\s/]+(\/[^\s/]+)+$/ : /^[^\s/]+\/[^\s/]+$/;
  if (!isRepository.test(repository)) report(nodeAt(node, 'repository') ?? node, 'repository: expected OWNER/NAME');
  const tokenFile = readPath(node, 'token-file', report);
  const context = node.has('context') ? (textOf(nodeAt(node, 'context')) ?? '') : 'fairlead';
  if (!/^[\w./-]{1,100}$/.test(context))
    report(nodeAt(node, 'context'), 'context: expected up to 100 letters, digits, dots, dashes or slashes');
  const link = node.has('link') ? readUrl(node, 'link', report) : undefined;
  if (forge === undefined || api === undefined || tokenFile === undefined) return undefined;
  return { forge, api, repository, tokenFile, context, link };
}

/** Without a slash at its end. What is wrong is not quoted: it may hold credentials. */
function readUrl(item: YAMLMap, key: string, report: Report): string | undefined {
  const text = textOf(nodeAt(item, key)) ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return text.replace(/\/+$/, '');
  report(nodeAt(item, key) ?? item, `${key}: expected an address, https://…, without credentials`);
  return undefined;
}
