import type { Run } from '../status/document-types.ts';

// What was triggered from outside, as the API tells it and as it lies on the disk; schemas/api/runs.json says what is in it. NEVER A PAYLOAD OR A SECRET.

export type { Run as RunDocument } from '../status/document-types.ts';

export type RunKind = Run['kind'];
export const RUN_KINDS = [
  'restart',
  'webhook',
  'sync',
  'exec',
  'exec-interactive',
  'connect',
  'tcp-connect',
] as const satisfies readonly RunKind[];

export type RunOutcome = Run['outcome'];
export const RUN_OUTCOMES = ['running', 'succeeded', 'failed', 'cancelled'] as const satisfies readonly RunOutcome[];

/** What it is about; keys that do not apply are left out. Without a tenant it is the site provider's alone. */
export type RunTarget = Pick<Run, 'tenant' | 'application' | 'service-instance' | 'container'>;

/** What is known of a run when it begins. */
export type RunFacts = RunTarget & Pick<Run, 'kind' | 'trigger' | 'principal'>;

/** How a run ended: what came of it, or why nothing did, or what went wrong. */
export type RunEnd = Pick<Run, 'reason' | 'error-message' | 'revision'> & {
  readonly outcome: Exclude<RunOutcome, 'running'>;
};

/** A run with what is needed to see its end. */
export interface RunRecord {
  readonly run: Run;
  /** Of a restart: the ids of the containers that are to go, as the state shows them. */
  readonly former: readonly string[];
  /** Of a webhook: a digest of the delivery that began it. */
  readonly delivery?: string;
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
