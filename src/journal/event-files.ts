import { appendFile, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventDocument } from '../status/event-document.ts';
import { parseEventLines, toLine } from './event-lines.ts';

/**
 * Two files: `current.jsonl` grows until it holds so many events, then it becomes `previous.jsonl` and another begins. So
 * together they hold the newest events whenever a daemon starts, and never more than twice as many.
 */
export interface EventFiles {
  /** Adds events, oldest first. Rejects when that fails; then they may be added once more. */
  append(events: readonly EventDocument[]): Promise<void>;
}

export interface EventFilesOptions {
  readonly directory: string;
  /** How many events, and bytes of them, a file holds. */
  readonly perFile: number;
  readonly bytesPerFile: number;
}

const CURRENT = 'current.jsonl';
const PREVIOUS = 'previous.jsonl';

/** What an earlier daemon left, and the files to go on with. */
export interface OpenedEventFiles {
  readonly files: EventFiles;
  /** Oldest first. */
  readonly earlier: readonly EventDocument[];
  /** Why it cannot be read; '' when it could. */
  readonly problem: string;
}

/** Each file by itself: one that cannot be read does not hide the other. */
export async function openEventFiles(options: EventFilesOptions): Promise<OpenedEventFiles> {
  const { directory } = options;
  const [previous, current] = await Promise.all([PREVIOUS, CURRENT].map((name) => readText(join(directory, name))));
  const text = current?.text ?? '';
  const found = {
    count: parseEventLines(text).length,
    bytes: Buffer.byteLength(text),
    isTorn: current?.problem !== '' || !/(^|\n)$/.test(text),
  };
  const earlier = parseEventLines(`${previous?.text ?? ''}\n${text}`);
  const problem = [previous?.problem, current?.problem].find((one) => one !== undefined && one !== '');
  return { files: continueFiles(options, found), earlier, problem: problem ?? '' };
}

interface CurrentFile {
  readonly count: number;
  readonly bytes: number;
  /** Its last line may have no end. */
  readonly isTorn: boolean;
}

function continueFiles({ directory, perFile, bytesPerFile }: EventFilesOptions, found: CurrentFile): EventFiles {
  let current = found;

  async function write(events: readonly EventDocument[]): Promise<void> {
    const text = (current.isTorn ? '\n' : '') + events.map(toLine).join('');
    current = { ...current, isTorn: true };
    await appendFile(join(directory, CURRENT), text, { mode: 0o600 });
    current = { count: current.count + events.length, bytes: current.bytes + Buffer.byteLength(text), isTorn: false };
  }

  async function turnOver(): Promise<void> {
    await rename(join(directory, CURRENT), join(directory, PREVIOUS)).catch(absenceAsNothing);
    current = { count: 0, bytes: 0, isTorn: false };
  }

  return {
    async append(events) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      if (current.count >= perFile || current.bytes >= bytesPerFile) await turnOver();
      await write(events);
    },
  };
}

/** A file that is not there is empty. */
async function readText(file: string): Promise<{ readonly text: string; readonly problem: string }> {
  try {
    return { text: await readFile(file, 'utf8').catch(absenceAsNothing), problem: '' };
  } catch (error) {
    return { text: '', problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Somebody may have taken the folder away: then there is nothing to keep. */
function absenceAsNothing(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
  throw error;
}
