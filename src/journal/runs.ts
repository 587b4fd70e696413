import { formatTime } from '../status/format.ts';
import { createDiskTurns } from './disk-turns.ts';
import { toRunId, type RunDocument, type RunEnd, type RunFacts, type RunKind, type RunRecord } from './run-document.ts';
import type { RunFiles } from './run-files.ts';

/** The side of the run records that the API sees. */
export interface RunReader {
  /** Newest first. A run that nothing happened to is the same object as before. */
  list(): readonly RunDocument[];
}

/** Durable records of what was triggered from outside, for whoever carries it out. */
export interface Runs extends RunReader {
  /** Resolves when the record is on the disk. @param former see `RunRecord` */
  begin(facts: RunFacts, former?: readonly string[]): Promise<RunDocument>;
  /**
   * The same once for each delivery: one that is known is answered with the run it began, as it is by now.
   * @param delivery see `RunRecord`
   */
  beginOnce(facts: RunFacts, delivery: string): Promise<{ readonly run: RunDocument; readonly isNew: boolean }>;
  /** Does nothing to a run that has ended. Resolves when that is on the disk. */
  end(id: string, end: RunEnd): Promise<void>;
  /** Those under way, oldest first. */
  open(): readonly RunRecord[];
  /** Resolves when everything that was to be written is. */
  settled(): Promise<void>;
}

export interface RunsOptions {
  readonly files: RunFiles;
  /** How many are kept. Those under way are, whatever their number. */
  readonly capacity: number;
  readonly now: () => number;
  /** Eight hexadecimal digits, others each time. */
  readonly random: () => string;
  /** Of an earlier daemon, oldest first. */
  readonly earlier: readonly RunRecord[];
  /** Told that a record cannot be kept; it is shown all the same while the daemon lives. */
  readonly onProblem: (problem: string) => void;
}

/** A daemon that starts carries these on: a restart shows in the state, and it looks at the repository anyway. */
const CARRIED_ON: readonly RunKind[] = ['restart', 'webhook', 'sync'];
/** Anybody's pushes make them: they must not drive out the others. */
const FREQUENT: readonly RunKind[] = ['webhook'];

/** Nobody carries the others on once the daemon that did has ended. */
const LOST: RunEnd = { outcome: 'failed', 'error-message': 'the daemon ended while this was under way' };

export function createRuns({ files, capacity, now, random, earlier, onProblem }: RunsOptions): Runs {
  const records = new Map(earlier.map((record) => [record.run.id, record]));
  const ofDelivery = new Map(
    earlier.flatMap(({ run, delivery }) => (delivery === undefined ? [] : [[delivery, run.id]])),
  );
  const disk = createDiskTurns(onProblem);

  function put(record: RunRecord): Promise<void> {
    records.set(record.run.id, record);
    return disk.take(record.run.id, () => files.write(record));
  }

  function forgetOldest(): void {
    if (records.size <= capacity) return;
    const ended = [...records.values()].filter(({ run }) => run.outcome !== 'running');
    const frequent = ended.filter(({ run }) => FREQUENT.includes(run.kind));
    const first = frequent.length > capacity / 2 ? frequent : ended;
    for (const { run, delivery } of first.slice(0, records.size - capacity)) {
      records.delete(run.id);
      if (delivery !== undefined) ofDelivery.delete(delivery);
      void disk.take(run.id, () => files.remove(run.id));
    }
  }

  function end(id: string, how: RunEnd): Promise<void> {
    const record = records.get(id);
    if (record?.run.outcome !== 'running') return disk.of(id);
    return put({ ...record, former: [], run: Object.freeze({ ...record.run, 'ended-at': formatTime(now()), ...how }) });
  }

  async function add(facts: RunFacts, more: Omit<RunRecord, 'run'>): Promise<RunDocument> {
    const id = toRunId(now(), random());
    const run: RunDocument = Object.freeze({ id, ...facts, 'started-at': formatTime(now()), outcome: 'running' });
    const written = put({ run, ...more });
    if (more.delivery !== undefined) ofDelivery.set(more.delivery, id);
    forgetOldest();
    await written;
    return run;
  }

  for (const { run } of earlier)
    if (run.outcome === 'running' && !CARRIED_ON.includes(run.kind)) void end(run.id, LOST);
  forgetOldest();

  return {
    list: () => [...records.values()].map(({ run }) => run).reverse(),
    open: () => [...records.values()].filter(({ run }) => run.outcome === 'running'),
    begin: (facts, former = []) => add(facts, { former }),
    async beginOnce(facts, delivery) {
      const known = records.get(ofDelivery.get(delivery) ?? '');
      if (known === undefined) return { run: await add(facts, { former: [], delivery }), isNew: true };
      // Whoever is told of it may rely on it: it may be on its way to the disk.
      await disk.of(known.run.id);
      return { run: records.get(known.run.id)?.run ?? known.run, isNew: false };
    },
    end,
    settled: () => disk.settled(),
  };
}
