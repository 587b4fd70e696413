import type { Snapshot } from '../store/store.ts';
import { isPlanned, judgeRestart, restartStage, type RestartSight, type RestartStage } from './judge-restart.ts';
import type { RunRecord } from './run-document.ts';
import type { Runs } from './runs.ts';

/** Ends the runs of restarts as their ends are seen. */
export interface RestartWatch {
  /** @param snapshot of which everything has been seen: what is not in it is not there */
  look(snapshot: Snapshot): void;
  close(): void;
}

export interface RestartWatchOptions {
  readonly runs: Runs;
  /** ms, from any start: a clock that is put right makes nothing last longer. */
  readonly now: () => number;
  /** How often it is looked while a restart is under way and no snapshot comes. */
  readonly tickMs?: number;
}

interface Watched {
  readonly stage: RestartStage;
  readonly stageSince: number;
  readonly watchedSince: number;
}

export function createRestartWatch({ runs, now, tickMs = 1_000 }: RestartWatchOptions): RestartWatch {
  let watched = new Map<string, Watched>();
  let latest: Snapshot | undefined;
  let timer: NodeJS.Timeout | undefined;

  function lookAt(record: RunRecord, snapshot: Snapshot): Watched {
    const { run } = record;
    const sight = sightOf(record, snapshot);
    const before = watched.get(run.id);
    const stage = restartStage(sight);
    const at = now();
    const stageSince = before?.stage === stage ? before.stageSince : at;
    const watchedSince = before?.watchedSince ?? at;
    const name = run['service-instance'] ?? '';
    const end = judgeRestart({ ...sight, name, lastedMs: at - stageSince, watchedMs: at - watchedSince });
    if (end !== undefined) void runs.end(run.id, end);
    return { stage, stageSince, watchedSince };
  }

  function look(): void {
    const restarts = runs.open().filter(({ run }) => run.kind === 'restart');
    const snapshot = latest;
    if (snapshot === undefined || restarts.length === 0) {
      watched.clear();
      return;
    }
    watched = new Map(restarts.map((record) => [record.run.id, lookAt(record, snapshot)]));
    timer ??= setTimeout(() => {
      timer = undefined;
      look();
    }, tickMs).unref();
  }

  return {
    look(snapshot) {
      latest = snapshot;
      look();
    },
    close() {
      clearTimeout(timer);
      latest = undefined;
    },
  };
}

function sightOf({ run, former }: RunRecord, { applications, plan }: Snapshot): RestartSight {
  const key = `${run.tenant ?? ''}.${run.application ?? ''}`;
  const name = run['service-instance'] ?? '';
  const instance = applications.get(key)?.state['service-instances'].find((one) => one.name === name);
  return { former, instance, isPlanned: isPlanned(plan, `${key}.${name}`) };
}
