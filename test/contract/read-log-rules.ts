import { describe, expect, it } from 'vitest';
import type { LogOptions, LogRecord } from '../../src/docker/port.ts';
import { refusal, type Ground } from './docker-contract.ts';
import { waitFor } from './wait.ts';

const SPEAK = [
  'sh',
  '-c',
  "printf 'one\\n'; sleep 0.05; printf 'two\\n' >&2; sleep 0.05; printf 'three\\n'; sleep 1000",
];

export function describeReadLog(use: () => Ground): void {
  async function readAll(id: string, options: Partial<LogOptions> = {}): Promise<readonly LogRecord[]> {
    const records: LogRecord[] = [];
    for await (const record of use().docker.readLog(id, { follow: false, ...options }, use().signal))
      records.push(record);
    return records;
  }
  const speaker = async (name: string) => {
    const { owner, runMember } = use();
    const { id } = await runMember(`${owner}.l-${name}`, { cmd: SPEAK });
    const records = await waitFor('three lines', async () => {
      const read = await readAll(id);
      return read.length === 3 && read;
    });
    return { id, records };
  };
  const messagesOf = (records: readonly LogRecord[]) => records.map(({ message }) => message);

  describe('the log of a container', () => {
    it('is its lines with their times, oldest first, and the streams told apart', async () => {
      const { records } = await speaker('logged');
      expect(records.map(({ stream, message }) => `${stream} ${message}`)).toEqual([
        'stdout one',
        'stderr two',
        'stdout three',
      ]);
      const times = records.map(({ time }) => time);
      for (const time of times) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z$/);
      expect([...times].sort()).toEqual(times);
    });

    it('may begin later, end sooner and be its last lines only', async () => {
      const { id, records } = await speaker('spanned');
      const second = Date.parse(records[1]!.time);
      expect(messagesOf(await readAll(id, { since: second }))).toEqual(['two', 'three']);
      expect(messagesOf(await readAll(id, { until: second - 1 }))).toEqual(['one']);
      expect(messagesOf(await readAll(id, { tail: 1 }))).toEqual(['three']);
      expect(messagesOf(await readAll(id, { tail: 0 }))).toEqual([]);
    });

    it('is there after its end, and not after it was removed', async () => {
      const { docker, signal } = use();
      const { id } = await speaker('stopped');
      await docker.stopContainer(id, 1_000, signal);
      expect(messagesOf(await readAll(id))).toEqual(['one', 'two', 'three']);
      await docker.removeContainer(id, signal);
      await refusal(readAll(id), 'conflict');
    });

    it('is followed until the container ends', async () => {
      const { docker, owner, runMember, signal } = use();
      const { id } = await runMember(`${owner}.l-followed`, { cmd: SPEAK });
      const seen: string[] = [];
      for await (const { message } of docker.readLog(id, { follow: true }, signal)) {
        seen.push(message);
        if (seen.length === 3) await docker.stopContainer(id, 1_000, signal);
      }
      expect(seen).toEqual(['one', 'two', 'three']);
    });

    it('is followed until the signal aborts, while it is silent too', async () => {
      const { docker } = use();
      const { id } = await speaker('left');
      const caller = new AbortController();
      const seen: string[] = [];
      for await (const { message } of docker.readLog(id, { follow: true }, caller.signal)) {
        seen.push(message);
        if (seen.length === 3) setImmediate(() => caller.abort());
      }
      expect(seen).toEqual(['one', 'two', 'three']);
      for await (const record of docker.readLog(id, { follow: true }, caller.signal)) seen.push(record.message);
      expect(seen).toHaveLength(3);
    });

    it('is a conflict where the engine keeps none', async () => {
      const { owner, runMember } = use();
      const { id } = await runMember(`${owner}.l-unlogged`, { log: { kind: 'none' } });
      expect(await refusal(readAll(id), 'conflict')).toContain('logging driver');
    });
  });
}
