import type { Plan } from '../model/plan.ts';
import type { InstanceState } from '../status/documents.ts';
import type { RunEnd } from './run-document.ts';

// When a restart that somebody asked for has ended, seen from the state alone: so a daemon that starts in the middle of
// one comes to the same answer. What may yet change by itself has to last before it counts.

/** What is seen of a restart. */
export interface RestartSight {
  /** Ids of the containers that are to go. */
  readonly former: readonly string[];
  /** undefined: there is no such instance. */
  readonly instance: InstanceState | undefined;
  /** Something is to be done to the instance. */
  readonly isPlanned: boolean;
}

export type RestartStage = 'under-way' | 'ready' | 'in-error' | 'failing' | 'gone' | 'at-rest';

export function restartStage({ former, instance, isPlanned }: RestartSight): RestartStage {
  if (instance === undefined || instance.host === '') return 'gone';
  const { containers, 'init-containers': initContainers, 'oper-status': status, ready } = instance;
  if ([...initContainers, ...containers].some(({ id }) => former.includes(id)))
    return isPlanned ? 'under-way' : 'at-rest';
  if (status === 'running' && ready) return 'ready';
  if (status === 'error') return 'in-error';
  return status === 'failed' ? 'failing' : 'under-way';
}

/** Whether anything is to be done to an instance, now or later. */
export function isPlanned(plan: Plan | undefined, instance: string): boolean {
  if (plan === undefined) return true;
  return [...plan.steps, ...plan.later.map(({ step }) => step)].some(({ target }) => target === instance);
}

export interface RestartFacts extends RestartSight {
  /** Short name of the instance. */
  readonly name: string;
  /** Since when it has been at its stage without interruption, as far as this daemon saw; ms. */
  readonly lastedMs: number;
  /** Since when this daemon looks; ms. */
  readonly watchedMs: number;
}

/** How long it has to last. */
const LASTING_MS = 30_000;

/** An instance that is not ready by then is a failure, as in an upgrade without a deadline of its own (contract 8.4). */
const RESTART_DEADLINE_MS = 600_000;

/** undefined: it is under way. */
export function judgeRestart(facts: RestartFacts): RunEnd | undefined {
  const { name, instance, lastedMs, watchedMs } = facts;
  const why = instance?.['error-message'] ?? instance?.progress;
  const lasts = lastedMs >= LASTING_MS;
  switch (restartStage(facts)) {
    case 'ready':
      return { outcome: 'succeeded', reason: `${name} was made anew and is ready` };
    case 'in-error':
      return failed(`${name} was made anew and does not run`, why);
    case 'failing':
      return lasts ? failed(`${name} cannot be made anew`, why) : undefined;
    case 'gone':
      return lasts ? { outcome: 'cancelled', reason: `${name} is not to run any more` } : undefined;
    case 'at-rest':
      return lasts
        ? failed(`${name} was not made anew: the restart was lost before it was noted on the host`)
        : undefined;
    case 'under-way':
      return watchedMs >= RESTART_DEADLINE_MS ? failed(`${name} was not ready within 10m`, why) : undefined;
  }
}

function failed(what: string, why?: string): RunEnd {
  return { outcome: 'failed', 'error-message': why === undefined ? what : `${what}: ${why}` };
}
