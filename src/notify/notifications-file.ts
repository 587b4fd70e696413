import { isMap, isSeq, LineCounter, parseDocument, type Node, type YAMLMap } from 'yaml';
import { nodeAt, textOf, type Report } from '../api/access/entry-fields.ts';
import { NOTICE_EVENTS, type NoticeEvent } from './changes.ts';
import { DEFAULT_TEMPLATE, templateProblem } from './notice-body.ts';
import { checkKeys, readPath } from './notification-fields.ts';
import { readCommitStatus, type StatusTarget } from './status-entry.ts';

/** Whom to tell of what changed. Secrets are in files of their own. */
export interface NoticeTarget {
  readonly name: string;
  readonly kind: 'slack' | 'webhook';
  readonly urlFile: string;
  /** What a webhook is signed with; undefined: it is not. */
  readonly secretFile: string | undefined;
  readonly on: readonly NoticeEvent[];
  readonly template: string;
}

export interface Notifications {
  readonly status: StatusTarget | undefined;
  readonly notices: readonly NoticeTarget[];
}

/** A notifications file that cannot be used: a line for each problem. */
export class NotificationsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotificationsError';
  }
}

/** The lane of statuses; no target of notices has its name. */
export const STATUS_LANE = 'commit-status';
const KEYS = ['commit-status', 'notify'];
const NOTICE_KEYS = ['name', 'kind', 'url-file', 'secret-file', 'on', 'template'];
const MOST_TARGETS = 20;

/**
 * The file of `--notifications`, YAML or JSON, described in docs/notifications.md.
 * @throws NotificationsError with `file:line:column: message` for each problem
 */
export function parseNotifications(text: string, file: string): Notifications {
  const lines = new LineCounter();
  // The parser's own messages quote the source, and a secret may stand in the wrong place: only their codes are shown.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const flaws = document.errors.map(({ code, pos }) => ({
    offset: pos[0],
    message: `not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`,
  }));
  const report: Report = (node, message) => void flaws.push({ offset: node?.range?.[0] ?? 0, message });
  const found = flaws.length === 0 ? readAll(document.contents, report) : { status: undefined, notices: [] };
  if (flaws.length === 0) return found;
  const sentences = flaws.map(({ offset, message }) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${message}`;
  });
  throw new NotificationsError(sentences.join('\n'));
}

function readAll(contents: unknown, report: Report): Notifications {
  const none = { status: undefined, notices: [] };
  if (!isMap(contents)) {
    report(undefined, `expected the keys ${KEYS.join(' and ')}, or one of them`);
    return none;
  }
  checkKeys(contents, KEYS, report);
  const status = contents.has('commit-status')
    ? readCommitStatus(nodeAt(contents, 'commit-status'), report)
    : undefined;
  return { status, notices: contents.has('notify') ? readNotices(nodeAt(contents, 'notify'), report) : [] };
}

function readNotices(node: Node | undefined, report: Report): readonly NoticeTarget[] {
  const items: readonly unknown[] = isSeq(node) ? node.items : [];
  if (items.length === 0 || items.length > MOST_TARGETS)
    report(node, `notify: expected a list of one entry to ${MOST_TARGETS}`);
  const names = new Set<string>([STATUS_LANE]);
  return items.flatMap((item) => {
    if (!isMap(item)) {
      report(node, `notify: expected entries of ${NOTICE_KEYS.join(', ')}`);
      return [];
    }
    const target = readNotice(item, report);
    if (names.has(target.name)) report(nodeAt(item, 'name') ?? item, 'name: there is another one of this name');
    names.add(target.name);
    return [target];
  });
}

function readNotice(item: YAMLMap, report: Report): NoticeTarget {
  checkKeys(item, NOTICE_KEYS, report);
  const name = textOf(nodeAt(item, 'name')) ?? '';
  if (!/^[\w.-]{1,63}$/.test(name))
    report(nodeAt(item, 'name') ?? item, 'name: expected up to 63 letters, digits, dots or dashes');
  const kind = textOf(nodeAt(item, 'kind'));
  if (kind !== 'slack' && kind !== 'webhook') report(nodeAt(item, 'kind') ?? item, 'kind: expected slack or webhook');
  const urlFile = readPath(item, 'url-file', report) ?? '';
  const secretFile = item.has('secret-file') ? readPath(item, 'secret-file', report) : undefined;
  if (secretFile !== undefined && kind === 'slack')
    report(nodeAt(item, 'secret-file'), 'secret-file: only a webhook is signed');
  const template = item.has('template') ? (textOf(nodeAt(item, 'template')) ?? '') : DEFAULT_TEMPLATE;
  const problem = templateProblem(template);
  if (problem !== undefined) report(nodeAt(item, 'template') ?? item, `template: ${problem}`);
  return {
    name,
    kind: kind === 'slack' ? kind : 'webhook',
    urlFile,
    secretFile,
    on: readEvents(item, report),
    template,
  };
}

const DEFAULT_EVENTS: readonly NoticeEvent[] = ['failure', 'recovery'];

function readEvents(item: YAMLMap, report: Report): readonly NoticeEvent[] {
  if (!item.has('on')) return DEFAULT_EVENTS;
  const node = nodeAt(item, 'on');
  const words = isSeq(node) ? node.items.map(textOf) : [];
  const events = NOTICE_EVENTS.filter((event) => words.includes(event));
  if (events.length === 0 || events.length !== words.length)
    report(node ?? item, `on: expected a list of ${NOTICE_EVENTS.join(', ')}, each once`);
  return events;
}
