import type { EventDocument } from '../status/event-document.ts';
import type { EventFiles } from './event-files.ts';
import type { EventRing } from './event-ring.ts';

export interface EventWriterOptions {
  readonly ring: EventRing;
  readonly files: EventFiles;
  /** Told once that events cannot be kept, and once that they can be again ('' then). */
  readonly onProblem: (problem: string) => void;
  /** How long events may wait to be written together. */
  readonly gatherMs?: number;
  readonly retryMs?: number;
}

export interface EventWriter {
  /** Writes what is left. Waits no longer than a second for a disk that does not answer. */
  close(): Promise<void>;
}

const BATCH = 1_000;
const CLOSE_MS = 1_000;

/**
 * Carries events from the ring to the disk, some time after they were told: nobody who tells one waits for it, and a disk
 * that is slow or full costs no memory, only what the ring has lost meanwhile.
 */
export function startEventWriter(options: EventWriterOptions): EventWriter {
  const { ring, files, onProblem, gatherMs = 100, retryMs = 10_000 } = options;
  let written = ring.end();
  let timer: NodeJS.Timeout | undefined;
  let flight: Promise<void> | undefined;
  const problem = createProblem(onProblem);

  async function write(): Promise<void> {
    try {
      while (written < ring.end()) {
        const begin = Math.max(written, ring.oldest());
        const batch = eventsFrom(ring, begin);
        await files.append(batch);
        written = begin + batch.length;
      }
      problem.set('');
    } catch (error) {
      problem.set(error instanceof Error ? error.message : String(error));
    }
  }

  function fly(): Promise<void> {
    flight ??= write().finally(() => {
      flight = undefined;
      if (written < ring.end()) schedule(problem.isThere() ? retryMs : gatherMs);
    });
    return flight;
  }

  function schedule(ms: number): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      void fly();
    }, ms).unref();
  }

  const unsubscribe = ring.subscribe(() => {
    if (flight === undefined) schedule(gatherMs);
  });
  return {
    async close() {
      unsubscribe();
      clearTimeout(timer);
      await Promise.race([flight, elapsed(CLOSE_MS)]);
      await Promise.race([fly(), elapsed(CLOSE_MS)]);
      clearTimeout(timer);
    },
  };
}

/** Tells when one begins and when it is over ('' then), not how it changes. */
function createProblem(onProblem: (problem: string) => void) {
  let latest = '';
  return {
    isThere: () => latest !== '',
    set(next: string): void {
      if ((next === '') !== (latest === '')) onProblem(next);
      latest = next;
    },
  };
}

function eventsFrom(ring: EventRing, begin: number): readonly EventDocument[] {
  const end = Math.min(ring.end(), begin + BATCH);
  const events = Array.from({ length: end - begin }, (_, index) => ring.at(begin + index));
  return events.filter((event) => event !== undefined);
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
