// What was triggered from outside, as the API tells it and as it lies on the disk. NEVER A PAYLOAD OR A SECRET.

export const RUN_KINDS = ['restart', 'webhook', 'exec', 'exec-interactive', 'connect', 'tcp-connect'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

export const RUN_OUTCOMES = ['running', 'succeeded', 'failed', 'cancelled'] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** What it is about; keys that do not apply are left out. */
export interface RunTarget {
  /** Whose run it is; without one it is the site provider's alone. */
  readonly tenant?: string;
  readonly application?: string;
  /** `web-1` */
  readonly 'service-instance'?: string;
  readonly container?: string;
}

/** What is known of a run when it begins. */
export interface RunFacts extends RunTarget {
  readonly kind: RunKind;
  /** What it came by: `api`, or the kind of webhook. */
  readonly trigger: string;
  /** Who; absent where nobody has a name, as of a webhook. */
  readonly principal?: { readonly name: string; readonly tenant?: string };
}

/** How a run ended. */
export interface RunEnd {
  readonly outcome: Exclude<RunOutcome, 'running'>;
  /** What came of it, or why nothing did, where nothing went wrong. */
  readonly reason?: string;
  /** What went wrong. */
  readonly 'error-message'?: string;
}

export interface RunDocument extends RunFacts {
  readonly id: string;
  /** RFC 3339 */
  readonly 'started-at': string;
  readonly 'ended-at'?: string;
  readonly outcome: RunOutcome;
  readonly reason?: string;
  readonly 'error-message'?: string;
}

/** A run with what is needed to see its end. */
export interface RunRecord {
  readonly run: RunDocument;
  /** Of a restart: the ids of the containers that are to go, as the state shows them. */
  readonly former: readonly string[];
}

/** Enough to tell a record from another file, or from half of one. */
export function isRunRecord(value: unknown): value is RunRecord {
  if (!isObject(value) || !isObject(value['run']) || !Array.isArray(value['former'])) return false;
  const { id, kind, outcome, 'started-at': startedAt } = value['run'];
  return isRunId(id) && isOneOf(RUN_KINDS, kind) && isOneOf(RUN_OUTCOMES, outcome) && typeof startedAt === 'string';
}

/** It names a file as well. */
export function isRunId(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-z-]{1,64}$/.test(value);
}

/** Ids sort by time: `20260102t030405678z-5f3a9c01`. */
export function toRunId(ms: number, random: string): string {
  return `${new Date(ms).toISOString().replace(/[-:.]/g, '').toLowerCase()}-${random}`;
}

function isOneOf(words: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && words.includes(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
