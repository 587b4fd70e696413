import type { AuditRecord } from '../status/document-types.ts';
import { formatTime } from '../status/format.ts';
import type { LineFiles } from './line-files.ts';
import { toRunId } from './run-document.ts';

/** What is known of a use when it begins. */
export type AuditFacts = Omit<AuditRecord, 'id' | 'started-at' | 'ended-at' | 'exit-code' | 'reason'>;

/** How it ended. */
export interface AuditEnd {
  readonly reason: string;
  readonly 'exit-code'?: number;
}

/** The side of the audit trail that the API shows. */
export interface AuditReader {
  /** Newest first. A record that nothing happened to is the same object as before. */
  list(): readonly AuditRecord[];
}

/** Who did what in which instance, and when: NEVER A PAYLOAD OR A SECRET. */
export interface AuditTrail extends AuditReader {
  /** Resolves when the record has been written. */
  begin(facts: AuditFacts): Promise<AuditRecord>;
  /** Does nothing to one that has ended. Resolves when that has been written. */
  end(id: string, end: AuditEnd): Promise<void>;
  /** Resolves when everything that was to be written is. */
  settled(): Promise<void>;
}

export interface AuditTrailOptions {
  readonly files: LineFiles<AuditRecord>;
  /** How many are kept. Those under way are, whatever their number. */
  readonly capacity: number;
  readonly now: () => number;
  /** Eight hexadecimal digits, others each time. */
  readonly random: () => string;
  /** Of an earlier daemon, oldest first: of one that ended, its end comes later. */
  readonly earlier: readonly AuditRecord[];
  /** Told that a record cannot be kept; it is shown all the same while the daemon lives. */
  readonly onProblem: (problem: string) => void;
}

/** A session does not outlive its daemon. */
const LOST: AuditEnd = { reason: 'the daemon ended' };

export function createAuditTrail(options: AuditTrailOptions): AuditTrail {
  const { files, capacity, now, random, earlier, onProblem } = options;
  // A later line of the same record takes the place of the former.
  const records = new Map(earlier.map((record) => [record.id, record]));
  let queue = Promise.resolve();

  function put(record: AuditRecord): Promise<void> {
    records.set(record.id, record);
    queue = queue
      .then(() => files.append([record]))
      .catch((error: unknown) => onProblem(error instanceof Error ? error.message : String(error)));
    return queue;
  }

  function forgetOldest(): void {
    let surplus = records.size - capacity;
    for (const [id, record] of records) {
      if (surplus <= 0) return;
      if (record['ended-at'] === undefined) continue;
      records.delete(id);
      surplus -= 1;
    }
  }

  function end(id: string, how: AuditEnd): Promise<void> {
    const record = records.get(id);
    if (record === undefined || record['ended-at'] !== undefined) return queue;
    return put(Object.freeze({ ...record, 'ended-at': formatTime(now()), ...how }));
  }

  for (const [id, record] of [...records]) if (record['ended-at'] === undefined) void end(id, LOST);
  forgetOldest();

  return {
    list: () => [...records.values()].reverse(),
    async begin(facts) {
      const at = now();
      const { action, ...place } = facts;
      const record = Object.freeze({ id: toRunId(at, random()), action, ...place, 'started-at': formatTime(at) });
      const written = put(record);
      forgetOldest();
      await written;
      return record;
    },
    end,
    settled: () => queue,
  };
}
