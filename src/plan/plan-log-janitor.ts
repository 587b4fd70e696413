import { containerName } from '../model/names.ts';
import type { ObservedLog } from '../model/observed.ts';
import type { Step } from '../model/plan.ts';
import { toStep } from './steps.ts';

const DAY_MS = 86_400_000;

export interface LogJanitorPlan {
  readonly steps: readonly Step[];
  /** When the next log is too old; undefined: none will be. */
  readonly wakeAt: number | undefined;
}

/**
 * Removes kept logs that are too old, and the oldest of a container whose logs together are too big (contract 8.13):
 * by what they were kept under, whatever became of their application since.
 */
export function planLogJanitor(logs: readonly ObservedLog[], now: number): LogJanitorPlan {
  if (logs.length === 0) return { steps: [], wakeAt: undefined };
  const expired = logs.filter(({ expiresAt }) => expiresAt !== undefined && expiresAt <= now);
  const fresh = logs.filter((log) => !expired.includes(log));
  const crowding = [...groupByContainer(fresh).values()].flatMap(beyondLimit);
  const kept = fresh.filter((log) => !crowding.includes(log)).flatMap(({ expiresAt }) => expiresAt ?? []);
  const steps = [
    ...expired.map((log) => removal(log, `its log is older than ${daysOf(log)}`)),
    ...crowding.map((log) => removal(log, 'newer logs of its container take all the room')),
  ];
  return { steps, wakeAt: kept.length === 0 ? undefined : Math.min(...kept) };
}

/** Of no application: nothing it has to do waits for this, and none of its steps are words for this. */
function removal({ name }: ObservedLog, reason: string): Step {
  const purpose = { target: name, application: '', intent: 'remove', reason } as const;
  return toStep({ kind: 'remove-volume', name, hostPath: '' }, purpose, []);
}

function daysOf({ endedAt, expiresAt = endedAt }: ObservedLog): string {
  const days = Math.round((expiresAt - endedAt) / DAY_MS);
  return days === 1 ? '1 day' : `${days} days`;
}

/** The limit is that of the newest: the latest wish. */
function beyondLimit(logs: readonly ObservedLog[]): readonly ObservedLog[] {
  const newestFirst = [...logs].sort((a, b) => b.endedAt - a.endedAt || (a.name < b.name ? 1 : -1));
  const limit = newestFirst[0]?.maxBytes ?? 0;
  if (limit === 0) return [];
  let total = 0;
  return newestFirst.filter(({ bytes }) => (total += bytes) > limit);
}

function groupByContainer(logs: readonly ObservedLog[]): ReadonlyMap<string, readonly ObservedLog[]> {
  const groups = new Map<string, ObservedLog[]>();
  for (const log of logs) {
    const key = containerName(log.identity, log.identity.container);
    groups.set(key, [...(groups.get(key) ?? []), log]);
  }
  return groups;
}
