import { describe, expect, it } from 'vitest';
import { joinEntries, LONGEST_MESSAGE, splitEntries, type LogEntry } from '../../src/docker/log-entries.ts';
import type { LogRecord } from '../../src/docker/port.ts';

const TIME = '2026-11-20T19:38:07.512345678Z';

async function* each<T>(values: readonly T[]): AsyncIterable<T> {
  for (const value of values) yield value;
}

async function all(records: AsyncIterable<LogRecord>): Promise<readonly LogRecord[]> {
  const found: LogRecord[] = [];
  for await (const record of records) found.push(record);
  return found;
}

const entry = (channel: number, text: string | Buffer, time = TIME): LogEntry => {
  return { channel, payload: Buffer.concat([Buffer.from(`${time} `), Buffer.from(text)]) };
};
const join = (...entries: readonly LogEntry[]) => all(joinEntries(each(entries)));

describe('the entries of a log', () => {
  it('are records with time, stream and text', async () => {
    expect(await join(entry(1, 'out\n'), entry(2, ' err \n'), entry(1, '\n'))).toEqual([
      { time: TIME, stream: 'stdout', message: 'out' },
      { time: TIME, stream: 'stderr', message: ' err ' },
      { time: TIME, stream: 'stdout', message: '' },
    ]);
  });

  it('without a line end go on in the next one of their stream, and no character is cut', async () => {
    const bytes = Buffer.from('aéb\n');
    const records = await join(
      entry(1, bytes.subarray(0, 2), '1'),
      entry(2, 'between\n', '2'),
      entry(1, bytes.subarray(2), '3'),
    );
    expect(records).toEqual([
      { time: '2', stream: 'stderr', message: 'between' },
      { time: '1', stream: 'stdout', message: 'aéb' },
    ]);
  });

  it('that have not ended with their stream are records', async () => {
    expect(await join(entry(1, 'half'))).toEqual([{ time: TIME, stream: 'stdout', message: 'half' }]);
  });

  it('are cut where a line is too long, at a whole character', async () => {
    const bytes = Buffer.from(`${'x'.repeat(LONGEST_MESSAGE - 1)}é${'y'.repeat(10)}\n`);
    const records = await join(entry(1, bytes.subarray(0, LONGEST_MESSAGE)), entry(1, bytes.subarray(LONGEST_MESSAGE)));
    expect(records.map(({ message }) => message)).toEqual(['x'.repeat(LONGEST_MESSAGE - 1), `é${'y'.repeat(10)}`]);
  });

  it('that are the engine’s own words are left out', async () => {
    expect(await join(entry(3, 'error\n'), { channel: 1, payload: Buffer.from('no-time\n') })).toEqual([]);
  });

  it('of a terminal are its lines, wherever the pieces end', async () => {
    const text = `${TIME} one\r\n${TIME} two\r\n${TIME} three`;
    const pieces = text.match(/.{1,7}/gs)!.map((piece) => Buffer.from(piece));
    const records = await all(joinEntries(splitEntries(each(pieces))));
    expect(records.map(({ stream, message }) => `${stream} ${message}`)).toEqual([
      'stdout one',
      'stdout two',
      'stdout three',
    ]);
  });
});
