import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { joinEntries } from '../../src/docker/log-entries.ts';
import { dropBytes, inChunks, toEntries, toRecord } from '../../src/docker/log-records.ts';
import type { LogRecord } from '../../src/docker/port.ts';

const AT = '2026-11-20T19:38:07.512345678Z';

async function* each(texts: readonly string[]): AsyncIterable<Buffer> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function collect(records: AsyncIterable<Buffer>): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const record of records) texts.push(record.toString());
  return texts;
}

describe('a record of a kept log', () => {
  it.each([
    ['a line of stdout', 1, `${AT} a line\n`, `${AT} stdout F a line\n`],
    ['a line of stderr', 2, `${AT} a line\n`, `${AT} stderr F a line\n`],
    ['an empty line', 1, `${AT} \n`, `${AT} stdout F \n`],
    ['a piece of a line that goes on', 1, `${AT} a pie`, `${AT} stdout P a pie\n`],
    ['a line with spaces at its ends', 1, `${AT}   x \n`, `${AT} stdout F   x \n`],
  ])('is %s', (_what, channel, entry, record) => {
    expect(toRecord(channel, Buffer.from(entry))?.toString()).toBe(record);
  });

  it('keeps bytes that are no text', () => {
    const entry = Buffer.concat([Buffer.from(`${AT} `), Buffer.from([0xff, 0xfe, 0x0a])]);
    expect(toRecord(1, entry)?.subarray(-3)).toEqual(Buffer.from([0xff, 0xfe, 0x0a]));
  });

  it('is none of what the engine itself says', () => {
    expect(toRecord(3, Buffer.from(`${AT} error grabbing logs\n`))).toBeUndefined();
  });
});

describe('the entries of a kept log', () => {
  const messagesOf = async (pieces: readonly string[]) => {
    const records: LogRecord[] = [];
    for await (const record of joinEntries(toEntries(each(pieces)))) records.push(record);
    return records.map(({ stream, message }) => `${stream} ${message}`);
  };

  it('are the lines that its container said, however its bytes are cut', async () => {
    const text = `${AT} stdout F one\n${AT} stderr P tw\n${AT} stdout F é\n${AT} stderr F o\n${AT} stdout F \n`;
    const bytes = Buffer.from(text);
    for (const size of [1, 7, bytes.length]) {
      const count = Math.ceil(bytes.length / size);
      const chunks = Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
      const lines: string[] = [];
      const entries = toEntries(Readable.from(chunks));
      for await (const { stream, message } of joinEntries(entries)) lines.push(`${stream} ${message}`);
      expect(lines).toEqual(['stdout one', 'stdout é', 'stderr two', 'stdout ']);
    }
  });

  it('pass over what is none, and go on behind it', async () => {
    const pieces = [`${AT} stdout F one\n`, 'a hand\n', '\n', `${AT} stdin F x\n`, `${AT} stdout F two\n`];
    expect(await messagesOf(pieces)).toEqual(['stdout one', 'stdout two']);
  });

  it('are cut where a record has no end, and not held', async () => {
    const endless = Array.from({ length: 100 }, () => 'x'.repeat(10_000));
    expect(await messagesOf([`${AT} stdout F `, ...endless, `\n${AT} stdout F two`])).toEqual([
      expect.stringMatching(/^stdout x{60000,70000}$/),
      'stdout two',
    ]);
  });
});

describe('records', () => {
  it('are cut at the front, never inside one', async () => {
    expect(await collect(dropBytes(each(['aaaa', 'bbbb', 'cccc']), 0))).toEqual(['aaaa', 'bbbb', 'cccc']);
    expect(await collect(dropBytes(each(['aaaa', 'bbbb', 'cccc']), 5))).toEqual(['cccc']);
    expect(await collect(dropBytes(each(['aaaa']), 9))).toEqual([]);
  });

  it('come in pieces that hold as many as fit, and one that is too long alone', async () => {
    const records = each(['aa', 'bb', 'c', 'too long', 'd']);
    expect(await collect(inChunks(records, 5))).toEqual(['aabbc', 'too long', 'd']);
    expect(await collect(inChunks(each([]), 5))).toEqual([]);
  });
});
