import { checkKeys, readPath } from '../placed-yaml/fields.ts';
import type { PlacedValue } from '../placed-yaml/placed-value.ts';
import { readPlacedFile } from '../placed-yaml/read-file.ts';
import { NOTICE_EVENTS, type NoticeEvent } from './changes.ts';
import { DEFAULT_TEMPLATE, templateProblem } from './notice-body.ts';
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

/** The lane of statuses; no target of notices has its name. */
export const STATUS_LANE = 'commit-status';
const KEYS = ['commit-status', 'notify'];
const NOTICE_KEYS = ['name', 'kind', 'url-file', 'secret-file', 'on', 'template'];
const MOST_TARGETS = 20;

/**
 * The file of `--notifications`, YAML or JSON, described in docs/notifications.md.
 * @throws FileProblems with `file:line:column: message` for each problem
 */
export function parseNotifications(text: string, file: string): Notifications {
  return readPlacedFile(text, file, (contents) => {
    if (contents.pairs === undefined) contents.refuse(`expected the keys ${KEYS.join(' and ')}, or one of them`);
    checkKeys(contents, KEYS);
    return {
      status: contents.has('commit-status') ? readCommitStatus(contents.at('commit-status')) : undefined,
      notices: contents.has('notify') ? readNotices(contents.at('notify')) : [],
    };
  });
}

function readNotices({ items = [], refuse }: PlacedValue): readonly NoticeTarget[] {
  if (items.length === 0 || items.length > MOST_TARGETS)
    refuse(`notify: expected a list of one entry to ${MOST_TARGETS}`);
  const names = new Set<string>([STATUS_LANE]);
  return items.flatMap((entry) => {
    if (entry.pairs === undefined) {
      entry.refuse(`notify: expected entries of ${NOTICE_KEYS.join(', ')}`);
      return [];
    }
    const target = readNotice(entry);
    if (names.has(target.name)) entry.at('name').refuse('name: there is another one of this name');
    names.add(target.name);
    return [target];
  });
}

function readNotice(entry: PlacedValue): NoticeTarget {
  checkKeys(entry, NOTICE_KEYS);
  const name = entry.at('name').text ?? '';
  if (!/^[\w.-]{1,63}$/.test(name)) entry.at('name').refuse('name: expected up to 63 letters, digits, dots or dashes');
  const kind = entry.at('kind').text;
  if (kind !== 'slack' && kind !== 'webhook') entry.at('kind').refuse('kind: expected slack or webhook');
  const urlFile = readPath(entry, 'url-file') ?? '';
  const secretFile = entry.has('secret-file') ? readPath(entry, 'secret-file') : undefined;
  if (secretFile !== undefined && kind === 'slack')
    entry.at('secret-file').refuse('secret-file: only a webhook is signed');
  const template = entry.has('template') ? (entry.at('template').text ?? '') : DEFAULT_TEMPLATE;
  const problem = templateProblem(template);
  if (problem !== undefined) entry.at('template').refuse(`template: ${problem}`);
  return {
    name,
    kind: kind === 'slack' ? kind : 'webhook',
    urlFile,
    secretFile,
    on: readEvents(entry),
    template,
  };
}

const DEFAULT_EVENTS: readonly NoticeEvent[] = ['failure', 'recovery'];

function readEvents(entry: PlacedValue): readonly NoticeEvent[] {
  if (!entry.has('on')) return DEFAULT_EVENTS;
  const { items = [], refuse } = entry.at('on');
  const events = NOTICE_EVENTS.filter((event) => items.some(({ text }) => text === event));
  if (events.length === 0 || events.length !== items.length)
    refuse(`on: expected a list of ${NOTICE_EVENTS.join(', ')}, each once`);
  return events;
}
