import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openEventFiles } from '../../src/journal/event-files.ts';
import { createEventRing } from '../../src/journal/event-ring.ts';
import { startEventWriter } from '../../src/journal/event-writer.ts';
import type { EventDocument } from '../../src/status/event-document.ts';
import { eventually } from '../eventually.ts';

let directory: string;
beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), 'fairlead-events-'));
  directory = join(parent, 'events');
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
});

const open = (perFile = 100, bytesPerFile = 1e6) => openEventFiles({ directory, perFile, bytesPerFile });
const event = (id: number): EventDocument => ({
  id: String(id),
  time: '2026-01-02T03:04:05.678Z',
  type: 'converged',
  site: 'local',
  message: `event ${id}`,
});
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => event(from + i));
const ids = (events: readonly EventDocument[]) => events.map(({ id }) => Number(id));

describe('the files of events', () => {
  it('give back what was written, oldest first', async () => {
    const { files } = await open();
    await files.append(range(1, 3));
    await files.append(range(4, 5));
    expect((await open()).earlier).toEqual(range(1, 5));
  });

  it('are none to begin with', async () => {
    expect(await open()).toMatchObject({ earlier: [], problem: '' });
  });

  it('are two, of a bounded size, and hold at least what one may hold', async () => {
    for (let batch = 0; batch < 20; batch += 1) {
      const { files } = await open(10);
      await files.append(range(batch * 5 + 1, batch * 5 + 5));
    }
    expect((await readdir(directory)).sort()).toEqual(['current.jsonl', 'previous.jsonl']);
    const found = ids((await open(10)).earlier);
    expect(found.at(-1)).toBe(100);
    expect(found.length).toBeGreaterThanOrEqual(10);
    expect(found.length).toBeLessThanOrEqual(20);
  });

  it('are bounded in bytes, too', async () => {
    const { files } = await open(1000, 500);
    for (let id = 1; id <= 100; id += 1) await files.append([event(id)]);
    const sizes = await Promise.all(
      (await readdir(directory)).map(async (name) => (await stat(join(directory, name))).size),
    );
    expect(sizes.every((size) => size < 700)).toBe(true);
  });

  it('can be read by their owner alone', async () => {
    await (await open()).files.append([event(1)]);
    const modes = [directory, join(directory, 'current.jsonl')].map(async (path) => (await stat(path)).mode & 0o777);
    expect(await Promise.all(modes)).toEqual([0o700, 0o600]);
  });

  it('lose no more than the line a crash tore, and go on behind it', async () => {
    await (await open()).files.append(range(1, 3));
    const file = join(directory, 'current.jsonl');
    await truncate(file, (await stat(file)).size - 5);
    const again = await open();
    expect(ids(again.earlier)).toEqual([1, 2]);
    await again.files.append(range(4, 5));
    expect(ids((await open()).earlier)).toEqual([1, 2, 4, 5]);
  });

  it('pass over what is no event', async () => {
    await (await open()).files.append(range(1, 2));
    const strange = [
      '{}',
      '[1]',
      'null',
      '{"id":"9","type":"no-such-type","message":""}',
      '{"id":9}',
      '\0\0\0',
      '{"a":1}}',
    ];
    await appendFile(join(directory, 'current.jsonl'), `${strange.join('\n')}\n`);
    expect(ids((await open()).earlier)).toEqual([1, 2]);
  });

  it('are made anew where somebody takes the folder away', async () => {
    const { files } = await open();
    await files.append([event(1)]);
    await rm(directory, { recursive: true });
    await files.append([event(2)]);
    expect(ids((await open()).earlier)).toEqual([2]);
  });

  it('that cannot be read are told and stop nobody', async () => {
    await writeFile(directory, 'no folder');
    const { earlier, problem } = await open();
    expect(earlier).toEqual([]);
    expect(problem).toMatch(/ENOTDIR/);
  });

  it('of which one cannot be read still give what the other holds', async () => {
    const { files } = await open();
    await files.append(range(1, 3));
    await mkdir(join(directory, 'previous.jsonl'));
    const { earlier, problem } = await open();
    expect(earlier).toEqual(range(1, 3));
    expect(problem).toMatch(/EISDIR/);
  });
});

describe('the writer of events', () => {
  async function start() {
    const { files, earlier } = await open();
    let time = Date.parse('2026-01-02T03:04:05.678Z');
    const ring = createEventRing({ capacity: 100, now: () => (time += 1), earlier });
    const writer = startEventWriter({ ring, files, onProblem: (problem) => expect(problem).toBe(''), gatherMs: 1 });
    const tell = (count: number) => {
      for (let i = 0; i < count; i += 1) ring.add({ type: 'converged', message: 'told' }, 'local');
    };
    return { writer, tell };
  }

  it('writes by and by what is told, and the rest as it is closed', async () => {
    const { writer, tell } = await start();
    tell(3);
    await eventually(async () => expect((await open()).earlier).toHaveLength(3));
    tell(4);
    await writer.close();
    expect((await open()).earlier).toHaveLength(7);
  });

  it('writes nothing twice over restarts', async () => {
    for (const total of [3, 6, 9]) {
      const { writer, tell } = await start();
      tell(3);
      await writer.close();
      const found = ids((await open()).earlier);
      expect([found.length, new Set(found).size]).toEqual([total, total]);
    }
  });

  it('tells once that it cannot, and once that it can again; what the ring still has is written then', async () => {
    const disk = { isFull: true, tries: 0, events: [] as EventDocument[] };
    const append = async (events: readonly EventDocument[]) => {
      disk.tries += 1;
      if (disk.isFull) throw new Error('no space left on device');
      disk.events.push(...events);
    };
    const ring = createEventRing({ capacity: 5, now: () => 1 });
    const problems: string[] = [];
    const onProblem = (problem: string) => void problems.push(problem);
    const writer = startEventWriter({ ring, files: { append }, onProblem, gatherMs: 1, retryMs: 5 });
    for (let i = 1; i <= 12; i += 1) ring.add({ type: 'converged', message: String(i) }, 'local');
    await eventually(() => expect(disk.tries).toBeGreaterThan(3));
    expect(problems).toEqual(['no space left on device']);
    disk.isFull = false;
    await eventually(() => expect(problems).toEqual(['no space left on device', '']));
    expect(disk.events.map(({ message }) => message)).toEqual(['8', '9', '10', '11', '12']);
    await writer.close();
  });

  it('waits no longer than a moment for a disk that does not answer', async () => {
    const ring = createEventRing({ capacity: 5, now: () => 1 });
    const append = () => new Promise<void>(() => undefined);
    const writer = startEventWriter({ ring, files: { append }, onProblem: () => undefined, gatherMs: 1 });
    ring.add({ type: 'converged', message: 'never written' }, 'local');
    await writer.close();
  });
});

describe('events of a daemon that is killed', () => {
  it('are there but for the last moment, and those of the next one follow them', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'teller.ts'), directory]);
    const exit = once(child, 'exit');
    await eventually(async () => {
      const text = await readFile(join(directory, 'current.jsonl'), 'utf8');
      expect(text.split('\n').length).toBeGreaterThan(2000);
    }, 30_000);
    child.kill('SIGKILL');
    await exit;
    const { earlier, files } = await open(1e6, 1e9);
    const numbers = earlier.map(({ message }) => Number(message));
    expect(numbers.length).toBeGreaterThan(1000);
    expect(numbers).toEqual(Array.from(numbers, (_, i) => numbers[0]! + i));
    const ring = createEventRing({ capacity: 10, now: () => Date.now(), earlier });
    ring.add({ type: 'converged', message: 'after' }, 'local');
    await files.append([ring.at(ring.end() - 1)!]);
    const found = ids((await open()).earlier);
    expect(found).toHaveLength(earlier.length + 1);
    expect(found.at(-1)).toBeGreaterThan(found.at(-2)!);
  }, 60_000);
});
