import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parseAuditLines, toAuditLine } from '../../src/journal/audit-lines.ts';
import { createAuditTrail, type AuditFacts } from '../../src/journal/audit.ts';
import { openLineFiles } from '../../src/journal/line-files.ts';
import { withReadings } from '../../src/journal/readings.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fairlead-audit-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
});

const FACTS: AuditFacts = {
  action: 'exec',
  principal: { name: 'jane', tenant: 'acme' },
  ...{ address: '192.0.2.17', site: 'local', tenant: 'acme', application: 'shop' },
  ...{ 'service-instance': 'web-1', container: 'main' },
};

/** A daemon's trail; `at` is the second it began in. */
async function open({ at = 0, capacity = 100, perFile = 100 } = {}) {
  const files = { directory, perFile, bytesPerFile: 1e6, toLine: toAuditLine, parse: parseAuditLines };
  const opened = await openLineFiles(files);
  const problems: string[] = [opened.problem].filter((problem) => problem !== '');
  let time = at * 1000;
  const random = () => String(time).padStart(8, '0');
  const options = {
    capacity,
    now: () => (time += 1000),
    random,
    onProblem: (problem: string) => void problems.push(problem),
  };
  return { trail: createAuditTrail({ ...opened, ...options }), problems };
}

const lines = async () => (await readFile(join(directory, 'current.jsonl'), 'utf8')).trim().split('\n');

describe('the audit trail', () => {
  it('has a record on the disk before anything is done, and how it ended', async () => {
    const { trail } = await open();
    const begun = await trail.begin(FACTS);
    expect(begun).toEqual({ id: expect.any(String) as unknown, ...FACTS, 'started-at': '1970-01-01T00:00:01.000Z' });
    expect((await lines()).map((line) => JSON.parse(line) as unknown)).toEqual([begun]);
    await trail.end(begun.id, { reason: 'the command ended', 'exit-code': 3 });
    const ended = { ...begun, 'ended-at': '1970-01-01T00:00:02.000Z', 'exit-code': 3, reason: 'the command ended' };
    expect(trail.list()).toEqual([ended]);
    expect((await lines()).map((line) => JSON.parse(line) as unknown)).toEqual([begun, ended]);
  });

  it('counts the first end of a session', async () => {
    const { trail } = await open();
    const { id } = await trail.begin(FACTS);
    await trail.end(id, { reason: 'first' });
    await trail.end(id, { reason: 'second' });
    expect(trail.list()).toMatchObject([{ reason: 'first' }]);
    expect(await lines()).toHaveLength(2);
  });

  it('is there after a restart, newest first, and what was open has ended with its daemon', async () => {
    const first = await open();
    const { id } = await first.trail.begin(FACTS);
    await first.trail.end(id, { reason: 'the command ended', 'exit-code': 0 });
    await first.trail.begin({ ...FACTS, action: 'connect', target: 'tcp 127.0.0.1:80' });
    const second = await open({ at: 100 });
    await second.trail.settled();
    const expected = [
      { action: 'connect', reason: 'the daemon ended', 'ended-at': '1970-01-01T00:01:41.000Z' },
      { action: 'exec', reason: 'the command ended' },
    ];
    expect(second.trail.list()).toMatchObject(expected);
    expect((await open({ at: 200 })).trail.list()).toMatchObject(expected);
    expect(second.problems).toEqual([]);
  });

  it('passes over a line that a crash tore, and goes on behind it', async () => {
    await (await open()).trail.begin(FACTS);
    await appendFile(join(directory, 'current.jsonl'), '{"id":"torn","action":"exec","site":"lo');
    const { trail } = await open({ at: 100 });
    await trail.begin({ ...FACTS, action: 'restart' });
    expect((await open({ at: 200 })).trail.list()).toMatchObject([{ action: 'restart' }, { action: 'exec' }]);
  });

  it('keeps so many, and those that are open whatever their number', async () => {
    const { trail } = await open({ capacity: 2, perFile: 4 });
    const open1 = await trail.begin(FACTS);
    for (let i = 0; i < 5; i += 1) {
      const { id } = await trail.begin({ ...FACTS, action: 'connect' });
      await trail.end(id, { reason: `${i}` });
    }
    await trail.begin({ ...FACTS, action: 'restart' });
    expect(trail.list().map(({ action, id }) => (id === open1.id ? 'open' : action))).toEqual(['restart', 'open']);
  });

  it('goes on in memory when it cannot be written, and says so', async () => {
    const { trail, problems } = await open();
    await rm(directory, { recursive: true });
    await appendFile(directory, 'a file in its place');
    await trail.begin(FACTS);
    expect(trail.list()).toHaveLength(1);
    expect(problems).toEqual([expect.stringContaining('EEXIST')]);
  });
});

describe('a reading', () => {
  it('has a room of its own: however many there are, what was done stays', async () => {
    const [done, read] = [await open(), await open({ at: 50, capacity: 2 })];
    const trail = withReadings(done.trail, read.trail);
    const command = await trail.begin(FACTS);
    for (let i = 0; i < 5; i += 1) {
      const { id } = await trail.begin({ ...FACTS, action: 'logs' });
      await trail.end(id, { reason: `reading ${i}` });
    }
    await trail.end(command.id, { reason: 'the command ended', 'exit-code': 0 });
    await trail.settled();
    expect(trail.list().map(({ action, reason }) => `${action}: ${reason}`)).toEqual([
      'logs: reading 4',
      'logs: reading 3',
      'exec: the command ended',
    ]);
  });
});
