import { StringDecoder } from 'node:string_decoder';
import type { LogRecord } from './port.ts';

/** An engine gives a line in several entries where it is longer than this: 16 KiB. They are joined up to here. */
export const LONGEST_MESSAGE = 64 * 1024;

const NEWLINE = 0x0a;
const SPACE = 0x20;
const STDOUT = 1;
const STREAMS: Readonly<Record<number, LogRecord['stream']>> = { [STDOUT]: 'stdout', 2: 'stderr' };

/** `<time> <text>` and a line end, where the line ends with it. */
export interface LogEntry {
  readonly channel: number;
  readonly payload: Buffer;
}

interface Line {
  readonly time: string;
  readonly decoder: StringDecoder;
  text: string;
  bytes: number;
}

/**
 * Entries as records. A line that is longer than `LONGEST_MESSAGE` becomes several, and no character is cut; one that
 * has not ended when its stream does is a record all the same.
 */
export async function* joinEntries(entries: AsyncIterable<LogEntry>): AsyncIterable<LogRecord> {
  const begun = new Map<LogRecord['stream'], Line>();
  for await (const { channel, payload } of entries) {
    const stream = STREAMS[channel];
    const timeEnd = payload.indexOf(SPACE);
    if (stream === undefined || timeEnd < 0) continue;
    const isEnd = payload.at(-1) === NEWLINE;
    const text = payload.subarray(timeEnd + 1, isEnd ? -1 : payload.length);
    const line = begun.get(stream) ?? toLine(payload.toString('latin1', 0, timeEnd));
    line.text += line.decoder.write(text);
    line.bytes += text.length;
    begun.set(stream, line);
    if (!isEnd && line.bytes < LONGEST_MESSAGE) continue;
    yield toRecord(stream, line, isEnd);
    if (isEnd) begun.delete(stream);
    else begun.set(stream, { ...line, text: '', bytes: 0 });
  }
  for (const [stream, line] of begun) if (line.bytes > 0) yield toRecord(stream, line, true);
}

/** The log of a container with a terminal: lines without frames, all of stdout. */
export async function* splitEntries(stream: AsyncIterable<Buffer>): AsyncIterable<LogEntry> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      yield { channel: STDOUT, payload: rest.subarray(0, end + 1) };
      rest = rest.subarray(end + 1);
    }
    // Whatever comes now is a line of its own: nothing tells it from one that has begun.
    if (rest.length < LONGEST_MESSAGE) continue;
    yield { channel: STDOUT, payload: rest };
    rest = Buffer.alloc(0);
  }
  if (rest.length > 0) yield { channel: STDOUT, payload: rest };
}

function toLine(time: string): Line {
  return { time, decoder: new StringDecoder('utf8'), text: '', bytes: 0 };
}

function toRecord(stream: LogRecord['stream'], { time, decoder, text }: Line, isEnd: boolean): LogRecord {
  const message = isEnd ? text + decoder.end() : text;
  return { time, stream, message: message.endsWith('\r') ? message.slice(0, -1) : message };
}
