import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FairleadEvent } from '../events.ts';
import type { Snapshot } from '../store/store.ts';
import { parseAuditLines, toAuditLine } from './audit-lines.ts';
import { createAuditTrail, type AuditTrail } from './audit.ts';
import { openEventFiles } from './event-files.ts';
import { createEventRing, type EventRing } from './event-ring.ts';
import { startEventWriter } from './event-writer.ts';
import { openLineFiles } from './line-files.ts';
import { withReadings } from './readings.ts';
import { createRestartWatch } from './restarts.ts';
import { createRunFiles, readRunFiles } from './run-files.ts';
import { createRuns, type Runs } from './runs.ts';
import { toEventFacts } from './to-event-facts.ts';
import { revisionOf, transitions } from './transitions.ts';

/** What has happened, kept over restarts: events, the records of what was triggered from outside, and who reached in. */
export interface Journal {
  readonly events: EventRing;
  readonly runs: Runs;
  readonly audit: AuditTrail;
  /** Never throws, never waits. @param snapshot for what an event itself does not say: site, revision */
  tell(event: FairleadEvent, snapshot: Snapshot): void;
  /** @param before undefined: not everything had been seen, so nothing in `after` is news */
  see(before: Snapshot | undefined, after: Snapshot): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

export interface JournalOptions {
  /** Of the daemon's state: `events/`, `runs/` and `audit/` are made in it. */
  readonly stateDir: string;
  readonly now: () => number;
  /** Told what cannot be kept and why; `problem` '' once it can be again. */
  readonly onProblem: (what: 'events' | 'runs' | 'audit', problem: string) => void;
}

const EVENTS_KEPT = 10_000;
const EVENT_FILE_BYTES = 16 * 1024 * 1024;
const RUNS_KEPT = 1_000;
const AUDIT_KEPT = 10_000;
const AUDIT_FILE_BYTES = 16 * 1024 * 1024;
/** Readings of logs, beside the others. */
const READINGS_KEPT = 2_000;

/** What cannot be read or written is told and costs nothing else. */
export async function openJournal({ stateDir, now, onProblem }: JournalOptions): Promise<Journal> {
  const since = now();
  const { ring: events, writer } = await openEvents(join(stateDir, 'events'), now, (problem) =>
    onProblem('events', problem),
  );
  const runs = await openRuns(join(stateDir, 'runs'), now, (problem) => onProblem('runs', problem));
  const openTrail = (directory: string, capacity: number) =>
    openAudit({ directory, capacity, now, onProblem: (problem) => onProblem('audit', problem) });
  const audit = withReadings(
    await openTrail(join(stateDir, 'audit'), AUDIT_KEPT),
    await openTrail(join(stateDir, 'audit/readings'), READINGS_KEPT),
  );
  const restarts = createRestartWatch({ runs, now: () => performance.now() });
  return {
    events,
    runs,
    audit,
    tell: (event, snapshot) => events.add({ ...revisionOf(snapshot), ...toEventFacts(event) }, snapshot.site),
    see(before, after) {
      for (const facts of before === undefined ? [] : transitions(before, after, since)) events.add(facts, after.site);
      restarts.look(after);
    },
    async close() {
      restarts.close();
      await Promise.all([writer.close(), runs.settled(), audit.settled()]);
    },
  };
}

async function openEvents(directory: string, now: () => number, onProblem: (problem: string) => void) {
  const options = { directory, perFile: EVENTS_KEPT, bytesPerFile: EVENT_FILE_BYTES };
  const { files, earlier, problem } = await openEventFiles(options);
  if (problem !== '') onProblem(problem);
  const ring = createEventRing({ capacity: EVENTS_KEPT, now, earlier });
  return { ring, writer: startEventWriter({ ring, files, onProblem }) };
}

const random = () => randomBytes(4).toString('hex');

interface AuditPlace extends Pick<JournalOptions, 'now'> {
  readonly directory: string;
  readonly capacity: number;
  readonly onProblem: (problem: string) => void;
}

async function openAudit({ directory, capacity, now, onProblem }: AuditPlace): Promise<AuditTrail> {
  const { files, earlier, problem } = await openLineFiles({
    directory,
    // A line when it begins and one when it ends.
    perFile: 2 * capacity,
    bytesPerFile: AUDIT_FILE_BYTES,
    toLine: toAuditLine,
    parse: parseAuditLines,
  });
  if (problem !== '') onProblem(problem);
  return createAuditTrail({ files, capacity, now, random, earlier, onProblem });
}

async function openRuns(directory: string, now: () => number, onProblem: (problem: string) => void): Promise<Runs> {
  const earlier = await readRunFiles(directory).catch((error: unknown) => {
    onProblem(error instanceof Error ? error.message : String(error));
    return [];
  });
  return createRuns({ files: createRunFiles(directory), capacity: RUNS_KEPT, now, random, earlier, onProblem });
}
