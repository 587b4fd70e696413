import { appendFile, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Two files of lines: `current.jsonl` grows until it holds so many, then it becomes `previous.jsonl` and another begins. So
 * together they hold the newest lines whenever a daemon starts, and never more than twice as many.
 */
export interface LineFiles<T> {
  /** Adds values, oldest first. Rejects when that fails; then they may be added once more. */
  append(values: readonly T[]): Promise<void>;
}

export interface LineFilesOptions<T> {
  readonly directory: string;
  /** How many lines, and bytes of them, a file holds. */
  readonly perFile: number;
  readonly bytesPerFile: number;
  /** With its end. */
  readonly toLine: (value: T) => string;
  /** What is no value is passed over. */
  readonly parse: (text: string) => readonly T[];
}

const CURRENT = 'current.jsonl';
const PREVIOUS = 'previous.jsonl';

/** What an earlier daemon left, and the files to go on with. */
export interface OpenedLineFiles<T> {
  readonly files: LineFiles<T>;
  /** Oldest first. */
  readonly earlier: readonly T[];
  /** Why it cannot be read; '' when it could. */
  readonly problem: string;
}

/** Each file by itself: one that cannot be read does not hide the other. */
export async function openLineFiles<T>(options: LineFilesOptions<T>): Promise<OpenedLineFiles<T>> {
  const { directory, parse } = options;
  const [previous, current] = await Promise.all([PREVIOUS, CURRENT].map((name) => readText(join(directory, name))));
  const text = current?.text ?? '';
  const found = {
    count: parse(text).length,
    bytes: Buffer.byteLength(text),
    isTorn: current?.problem !== '' || !/(^|\n)$/.test(text),
  };
  const earlier = parse(`${previous?.text ?? ''}\n${text}`);
  const problem = [previous?.problem, current?.problem].find((one) => one !== undefined && one !== '');
  return { files: continueFiles(options, found), earlier, problem: problem ?? '' };
}

interface CurrentFile {
  readonly count: number;
  readonly bytes: number;
  /** Its last line may have no end. */
  readonly isTorn: boolean;
}

function continueFiles<T>(options: LineFilesOptions<T>, found: CurrentFile): LineFiles<T> {
  const { directory, perFile, bytesPerFile, toLine } = options;
  let current = found;

  async function write(values: readonly T[]): Promise<void> {
    const text = (current.isTorn ? '\n' : '') + values.map(toLine).join('');
    current = { ...current, isTorn: true };
    await appendFile(join(directory, CURRENT), text, { mode: 0o600 });
    current = { count: current.count + values.length, bytes: current.bytes + Buffer.byteLength(text), isTorn: false };
  }

  async function turnOver(): Promise<void> {
    await rename(join(directory, CURRENT), join(directory, PREVIOUS)).catch(absenceAsNothing);
    current = { count: 0, bytes: 0, isTorn: false };
  }

  return {
    async append(values) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      if (current.count >= perFile || current.bytes >= bytesPerFile) await turnOver();
      await write(values);
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
