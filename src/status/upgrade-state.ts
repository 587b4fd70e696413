import { versionName } from '../model/markers.ts';
import type { UpgradeProgress } from '../upgrade/decision.ts';
import type { UpgradeDocument } from './documents.ts';
import { formatDuration, formatTime } from './format.ts';

// An upgrade in the words and keys of the state documents. The reason of what went wrong is told in the plan's words.

/** How far it is; undefined when nothing of it is under way. */
export function upgradeDocument(progress: UpgradeProgress, now: number): UpgradeDocument | undefined {
  if (!isUnderWay(progress)) return undefined;
  const { from, to, method, batch, batches, done, left, waitingFor, healthyAt } = progress;
  return {
    from: from.map(versionName),
    to: versionName(to),
    method,
    ...(batch === 0 ? {} : { batch, batches }),
    done,
    left,
    ...(waitingFor === '' ? {} : { 'waiting-for': waitingFor }),
    ...(healthyAt === undefined
      ? {}
      : { 'healthy-at': formatTime(healthyAt), 'wait-healthy-timeout': timeLeft(healthyAt, now) }),
  };
}

/** `version 1.0 → 2.0, batch 2 of 4: 3 done, 7 left; waiting for web-3 to be ready` */
export function upgradeSentence(progress: UpgradeProgress, now: number): string | undefined {
  if (!isUnderWay(progress)) return undefined;
  const { from, to, batch, batches, done, left, waitingFor, healthyAt } = progress;
  const place = batch === 0 || batches < 2 ? '' : `, batch ${batch} of ${batches}`;
  const waiting = waitingFor === '' ? '' : `; waiting for ${waitingFor}`;
  const time = healthyAt === undefined ? '' : ` (${timeLeft(healthyAt, now)} left)`;
  return `version ${fromNames(from)} → ${versionName(to)}${place}: ${done} done, ${left} left${waiting}${time}`;
}

/** Why an upgrade is at an end that nobody wanted; undefined when it is not. */
export function upgradeError({ state, from, to, reason }: UpgradeProgress): string | undefined {
  const aborted = (version: string) => `the upgrade to ${version} was aborted: ${reason}`;
  switch (state) {
    case 'upgrading':
      return undefined;
    case 'aborted':
      return `${aborted(versionName(to))}; the next commit goes on from here`;
    case 'rolling-back':
      return `${aborted(fromNames(from))}; ${versionName(to)} is coming back`;
    case 'rolled-back':
      return `${aborted(fromNames(from))}; ${versionName(to)} is back`;
    default:
      return state satisfies never;
  }
}

/** What an instance in an upgrade waits for; undefined when it waits for nothing. */
export function instanceProgress(progress: UpgradeProgress, key: string, now: number): string | undefined {
  const { waiting, proving, waitingFor, healthyAt } = progress;
  if (!isUnderWay(progress)) return undefined;
  if (waiting.includes(key)) return `waits for its turn, and that for ${waitingFor}`;
  if (!proving.includes(key)) return undefined;
  return healthyAt === undefined ? 'has to become ready' : `has to stay ready (${timeLeft(healthyAt, now)} left)`;
}

export function isUnderWay({ state }: UpgradeProgress): boolean {
  return state === 'upgrading' || state === 'rolling-back';
}

/** `1.0 and 1.1`: the versions an upgrade comes from. */
export function fromNames(from: readonly string[]): string {
  return from.map(versionName).join(' and ');
}

function timeLeft(at: number, now: number): string {
  return formatDuration(Math.max(0, Math.ceil((at - now) / 1000) * 1000));
}
