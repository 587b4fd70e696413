import { DockerError, type LogRecord } from '../../docker/port.ts';

/** What is left of what a container, and those that had its name before, said. Each may be read as often as one likes. */
export interface LogChain {
  /** Of containers that are gone, oldest first. */
  readonly kept: readonly (() => AsyncIterable<LogRecord>)[];
  /** Of the one that is there, and what it goes on to say where that is wanted. @param tail undefined: all */
  readonly current: (tail: number | undefined) => AsyncIterable<LogRecord>;
  /** What `current` gives of what was said until now. */
  readonly past: (tail: number) => AsyncIterable<LogRecord>;
}

/**
 * Logs one after another, as if they were one. The last records of several are not known before they are counted: what
 * `tail` chooses is read twice, from the newest log back as far as it takes.
 */
export async function* chainLogs(chain: LogChain, tail: number | undefined): AsyncGenerator<LogRecord, void> {
  for (const { read, skip } of await chooseKept(chain, tail)) yield* dropFirst(unlessGone(read()), skip);
  yield* chain.current(tail);
}

interface Chosen {
  readonly read: () => AsyncIterable<LogRecord>;
  /** So many of its first records are not wanted. */
  readonly skip: number;
}

async function chooseKept({ kept, past }: LogChain, tail: number | undefined): Promise<readonly Chosen[]> {
  if (tail === undefined) return kept.map((read) => ({ read, skip: 0 }));
  const chosen: Chosen[] = [];
  let left = kept.length === 0 ? 0 : tail - (await count(past(tail)));
  for (const read of [...kept].reverse()) {
    if (left <= 0) break;
    const records = await count(unlessGone(read()));
    chosen.unshift({ read, skip: Math.max(0, records - left) });
    left -= records;
  }
  return chosen;
}

async function count(records: AsyncIterable<LogRecord>): Promise<number> {
  let counted = 0;
  const iterator = records[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true) counted += 1;
  return counted;
}

async function* dropFirst(records: AsyncIterable<LogRecord>, skip: number): AsyncGenerator<LogRecord, void> {
  let left = skip;
  for await (const record of records) {
    if (left <= 0) yield record;
    left -= 1;
  }
}

/** What was removed meanwhile, for it was too old, is not there; that is no failure. */
async function* unlessGone(records: AsyncIterable<LogRecord>): AsyncGenerator<LogRecord, void> {
  try {
    yield* records;
  } catch (error) {
    if (!(error instanceof DockerError) || error.code !== 'conflict') throw error;
  }
}
