import type { EngineCalls } from './calls.ts';
import { armDeadline } from './deadline.ts';
import { demux } from './demux.ts';
import { toDockerError } from './docker-errors.ts';
import type { LogEntry } from './log-entries.ts';

// Container logs as records of the form that CRI runtimes write, so that kept logs can be read by hand and by what
// reads those: `2026-11-20T19:38:07.512345678Z stdout F the line`. `P` for `F`: the line goes on in the next record.

/** Longer than any one write that reading may have to wait for. */
const SILENCE_MS = 180_000;
const STREAMS: Readonly<Record<number, string>> = { 1: 'stdout', 2: 'stderr' };
const NEWLINE = 0x0a;
const SPACE = 0x20;

/** What to read: the lines of a container since then, ms since the epoch. */
export interface LogSpan {
  readonly id: string;
  readonly since: number;
}

/** The records of a container's log, one at a time however many there are, each with its line end. */
export async function* readRecords(calls: EngineCalls, span: LogSpan, signal: AbortSignal): AsyncIterable<Buffer> {
  const { id, since } = span;
  const purpose = `read the log of container ${id}`;
  const query = { stdout: '1', stderr: '1', timestamps: '1', since: (since / 1000).toFixed(3) };
  const path = `/containers/${encodeURIComponent(id)}/logs`;
  const deadline = armDeadline(signal, SILENCE_MS);
  try {
    const stream = await calls.stream({ method: 'GET', path, query, purpose }, deadline.signal);
    for await (const { channel, payload } of demux(stream)) {
      const record = toRecord(channel, payload);
      if (record !== undefined) yield record;
      deadline.extend();
    }
  } catch (error) {
    throw toDockerError(deadline.signal.aborted ? deadline.signal.reason : error, purpose, calls.endpoint);
  } finally {
    deadline.disarm();
  }
}

/** An entry of the engine, `<time> <text>`, ends without a line end where its line does not; undefined: the engine's own words. */
export function toRecord(channel: number, entry: Buffer): Buffer | undefined {
  const stream = STREAMS[channel];
  const timeEnd = entry.indexOf(SPACE);
  if (stream === undefined || timeEnd < 0) return undefined;
  const isFull = entry.at(-1) === NEWLINE;
  const text = entry.subarray(timeEnd, isFull ? -1 : entry.length);
  return Buffer.concat([entry.subarray(0, timeEnd), Buffer.from(` ${stream} ${isFull ? 'F' : 'P'}`), text, LINE_END]);
}

const LINE_END = Buffer.from('\n');

/** `<time> <stream> <F or P> `, of which the last space may be left out where the line is empty. */
const HEAD = /^(\S+) (stdout|stderr) ([FP])(?: |$)/;
/** More than the head of a record takes. */
const LONGEST_HEAD = 64;
/** Nothing that was kept has longer records; what goes on beyond is cut. */
const LONGEST_RECORD = 64 * 1024;

/** The inverse of `toRecord`: the entries of an engine that the pieces of a kept log were made of. What is none is passed over. */
export async function* toEntries(chunks: AsyncIterable<Buffer>): AsyncIterable<LogEntry> {
  for await (const record of splitRecords(chunks)) {
    const entry = toEntry(record);
    if (entry !== undefined) yield entry;
  }
}

function toEntry(record: Buffer): LogEntry | undefined {
  const [head, time = '', stream, kind] = HEAD.exec(record.toString('latin1', 0, LONGEST_HEAD)) ?? [];
  if (head === undefined) return undefined;
  const text = record.subarray(head.length);
  const end = kind === 'F' ? [LINE_END] : [];
  return { channel: stream === 'stdout' ? 1 : 2, payload: Buffer.concat([Buffer.from(`${time} `), text, ...end]) };
}

/** Without line ends. */
async function* splitRecords(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
    rest = rest.subarray(0, LONGEST_RECORD);
  }
  if (rest.length > 0) yield rest;
}

/** How many bytes the records have together. */
export async function countBytes(records: AsyncIterable<Buffer>): Promise<number> {
  let bytes = 0;
  for await (const record of records) bytes += record.length;
  return bytes;
}

/** Without the first records, until at least so many bytes are left out. */
export async function* dropBytes(records: AsyncIterable<Buffer>, bytes: number): AsyncIterable<Buffer> {
  let left = bytes;
  for await (const record of records) {
    if (left <= 0) yield record;
    left -= record.length;
  }
}

/** The records in pieces of at most `size` bytes, but for a record that is longer by itself. */
export async function* inChunks(records: AsyncIterable<Buffer>, size: number): AsyncIterable<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const record of records) {
    if (bytes > 0 && bytes + record.length > size) {
      yield Buffer.concat(held);
      held = [];
      bytes = 0;
    }
    held.push(record);
    bytes += record.length;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
