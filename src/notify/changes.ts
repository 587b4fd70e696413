import { own } from '../model/own.ts';
import { describe, type ReportState, type RevisionReport } from './report.ts';

// What is worth telling: only what changed, and only once it has lasted.

/** The newest status of a commit that was told to the forge. */
export interface ToldStatus {
  readonly state: ReportState;
  readonly description: string;
  /** ms since the epoch */
  readonly at: number;
  /** How often something was told of this commit: the more, the seldomer. */
  readonly times: number;
  /** It never got there. */
  readonly undelivered?: true;
}

/** What everybody knows of a site. */
export interface Standing {
  readonly revision: string;
  readonly state: 'success' | 'failure';
}

/** What was told, kept over restarts. */
export interface Told {
  /** By `keyOf`. */
  readonly statuses: Readonly<Record<string, ToldStatus>>;
  /** By site. */
  readonly standing: Readonly<Record<string, Standing>>;
  /** When people were last told of a state: by `keyOf` and state. */
  readonly notices: Readonly<Record<string, number>>;
}

export const NOTHING_TOLD: Told = { statuses: {}, standing: {}, notices: {} };

/** Since when a commit has been in a state without a break, by `keyOf`: for this run of the daemon alone. */
export type Sightings = Readonly<Record<string, { readonly state: ReportState; readonly since: number }>>;

export interface Memory {
  readonly told: Told;
  readonly seen: Sightings;
}

/** `success`: a commit is applied; `recovery`: it is, and the last that was told was a failure. */
export const NOTICE_EVENTS = ['failure', 'recovery', 'success'] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

/** Something people are told. */
export interface Notice {
  readonly event: NoticeEvent;
  readonly report: RevisionReport;
}

export interface Changes {
  /** `told` is the same object while nothing is told. */
  readonly memory: Memory;
  readonly statuses: readonly RevisionReport[];
  readonly notices: readonly Notice[];
  /** When something may be due though nothing moves, ms since the epoch. */
  readonly wakeAt: number | undefined;
}

/** A state that does not last that long is not told. */
const SETTLED_MS = 5_000;
/** Forges limit how many statuses a commit may have (GitHub: 1,000); so many go out without a wait. */
const FREE_TELLINGS = 6;
const GAP_MS = 60_000;
/** A commit that fails and recovers again and again. */
const REPEAT_MS = 600_000;
const MOST_KEPT = 100;

export function keyOf({ revision, site }: Pick<RevisionReport, 'revision' | 'site'>): string {
  return `${site} ${revision}`;
}

/**
 * What is to be told of what is seen now, and what is remembered for the next time. Statuses go by commit; people are told
 * of the first report of a site alone.
 * @param reports of one site, the newest commit first
 * @param at ms since the epoch
 */
export function changes({ told, seen: before }: Memory, reports: readonly RevisionReport[], at: number): Changes {
  const seen = watch(before, reports, at);
  const waits: number[] = [];
  const isDue = (wait: number | undefined) => {
    if (wait !== undefined && wait > 0) waits.push(wait);
    return wait !== undefined && wait <= 0;
  };
  const lasted = (report: RevisionReport) => at - (seen[keyOf(report)]?.since ?? at);
  const statuses = reports.filter((report) => {
    return isDue(statusWait(told.statuses[keyOf(report)], report, { lasted: lasted(report), at }));
  });
  const settled = reports
    .slice(0, 1)
    .filter((report) => isDue(noticeWait(told, report, { lasted: lasted(report), at })));
  const notices = settled.flatMap((report) => {
    const event = eventOf(own(told.standing, report.site), report);
    return event === undefined ? [] : [{ event, report }];
  });
  const memory = {
    seen,
    told: withSettled(withStatuses(told, statuses, at), settled, notices.length > 0 ? at : undefined),
  };
  return { memory, statuses, notices, wakeAt: waits.length === 0 ? undefined : at + Math.min(...waits) };
}

/** What never got there is due again: for a start, and after settings changed. */
export function withoutUndelivered(told: Told): Told {
  const statuses = Object.entries(told.statuses).filter(([, { undelivered }]) => undelivered === undefined);
  if (statuses.length === Object.keys(told.statuses).length) return told;
  return { ...told, statuses: Object.fromEntries(statuses) };
}

/** A status that was given up, unless something newer was told since. */
export function withUndelivered(told: Told, report: RevisionReport): Told {
  const key = keyOf(report);
  const former = told.statuses[key];
  if (former?.state !== report.state) return told;
  return { ...told, statuses: { ...told.statuses, [key]: { ...former, undelivered: true } } };
}

/** The same, but for statuses, of which nothing was told: there is no forge to tell. */
export function withoutStatuses(found: Changes, before: Told): Changes {
  const { told, seen } = found.memory;
  const isSame = told.standing === before.standing && told.notices === before.notices;
  const kept = isSame ? before : { ...told, statuses: before.statuses };
  return { ...found, statuses: [], memory: { told: kept, seen } };
}

function watch(before: Sightings, reports: readonly RevisionReport[], at: number): Sightings {
  const entries = reports.map((report) => {
    const { state } = report;
    const former = before[keyOf(report)];
    // A clock that was set back must not hold anything up.
    const isSame = former?.state === state && former.since <= at;
    return [keyOf(report), isSame ? former : { state, since: at }] as const;
  });
  return Object.fromEntries(entries);
}

interface Times {
  /** How long the report has been in its state, ms. */
  readonly lasted: number;
  readonly at: number;
}

/** How long until a status is to be told, ms; undefined: there is nothing new in it. */
function statusWait(former: ToldStatus | undefined, report: RevisionReport, { lasted, at }: Times): number | undefined {
  const { state } = report;
  const settling = SETTLED_MS - lasted;
  if (former === undefined) return state === 'pending' ? 0 : settling;
  const quiet = Math.abs(at - former.at);
  if (former.state !== state) return Math.max(settling, GAP_MS * Math.max(0, former.times - FREE_TELLINGS) - quiet);
  return former.description === describe(report) ? undefined : GAP_MS * former.times - quiet;
}

/** How long until people are to be told, or a success is to be remembered, ms; undefined: they know. */
function noticeWait({ standing, notices }: Told, report: RevisionReport, { lasted, at }: Times): number | undefined {
  const { state, revision, site } = report;
  const known = own(standing, site);
  if (state === 'pending' || (known?.state === state && known.revision === revision)) return undefined;
  const last = notices[noticeKey(report)];
  return Math.max(SETTLED_MS - lasted, last === undefined ? 0 : REPEAT_MS - Math.abs(at - last));
}

/** undefined: a success with which everything begins, or what was known got lost: nobody is told. */
function eventOf(known: Standing | undefined, { state }: RevisionReport): NoticeEvent | undefined {
  if (state !== 'success') return 'failure';
  if (known === undefined) return undefined;
  return known.state === 'failure' ? 'recovery' : 'success';
}

function withStatuses(told: Told, statuses: readonly RevisionReport[], at: number): Told {
  if (statuses.length === 0) return told;
  const entries = statuses.map((report): [string, ToldStatus] => {
    const times = (told.statuses[keyOf(report)]?.times ?? 0) + 1;
    return [keyOf(report), { state: report.state, description: describe(report), at, times }];
  });
  return { ...told, statuses: newest({ ...told.statuses, ...Object.fromEntries(entries) }, ({ at: when }) => when) };
}

function withSettled(told: Told, settled: readonly RevisionReport[], toldAt: number | undefined): Told {
  const [report] = settled;
  if (report === undefined || report.state === 'pending') return told;
  const { revision, state, site } = report;
  const standing = { ...told.standing, [site]: { revision, state } };
  if (toldAt === undefined) return { ...told, standing };
  const notices = newest({ ...told.notices, [noticeKey(report)]: toldAt }, (when) => when);
  return { ...told, standing, notices };
}

function noticeKey(report: RevisionReport): string {
  return `${keyOf(report)} ${report.state}`;
}

function newest<T>(all: Readonly<Record<string, T>>, at: (entry: T) => number): Readonly<Record<string, T>> {
  const sorted = Object.entries(all).toSorted(([, a], [, b]) => at(b) - at(a));
  return Object.fromEntries(sorted.slice(0, MOST_KEPT));
}
