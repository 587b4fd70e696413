import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../durable-file.ts';
import { isRunId, isRunRecord, type RunRecord } from './run-document.ts';

/** A file a run, named after its id. Each is there as a whole or not at all. */
export interface RunFiles {
  /** On the disk when it resolves. */
  write(record: RunRecord): Promise<void>;
  remove(id: string): Promise<void>;
}

/**
 * The records an earlier daemon left, oldest first; what was half written is removed. What is no record, or cannot be read
 * or removed, is passed over: one odd file hides no other.
 */
export async function readRunFiles(directory: string): Promise<readonly RunRecord[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const names = (await readdir(directory)).sort();
  const drafts = names.filter((name) => name.endsWith('.new'));
  await Promise.allSettled(drafts.map((name) => rm(join(directory, name))));
  const records = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readRecord(join(directory, name))),
  );
  return records.filter((record) => record !== undefined);
}

async function readRecord(file: string): Promise<RunRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isRunRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function createRunFiles(directory: string): RunFiles {
  const fileOf = (id: string) => {
    if (!isRunId(id)) throw new TypeError(`${id} is no id of a run`);
    return join(directory, `${id}.json`);
  };
  return {
    async write(record) {
      const file = fileOf(record.run.id);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeDurably(file, JSON.stringify(record));
    },
    remove: (id) => rm(fileOf(id), { force: true }),
  };
}
