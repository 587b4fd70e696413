import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { RunFacts } from '../../src/journal/run-document.ts';
import { createRunFiles, readRunFiles } from '../../src/journal/run-files.ts';
import { createRuns, type Runs } from '../../src/journal/runs.ts';

const RESTART: RunFacts = {
  kind: 'restart',
  trigger: 'api',
  principal: { name: 'jane', tenant: 'acme' },
  ...{ tenant: 'acme', application: 'shop', 'service-instance': 'web-1' },
};
const WEBHOOK: RunFacts = { kind: 'webhook', trigger: 'github' };

let directory: string;
let time: number;
beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), 'fairlead-runs-'));
  directory = join(parent, 'runs');
  time = Date.parse('2026-01-02T03:04:05.678Z');
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
});

/** As a daemon finds them at its start. */
async function start(capacity = 1000): Promise<Runs & { readonly problems: readonly string[] }> {
  const problems: string[] = [];
  const runs = createRuns({
    files: createRunFiles(directory),
    capacity,
    now: () => (time += 1),
    random: () => String(time).slice(-8),
    earlier: await readRunFiles(directory),
    onProblem: (problem) => void problems.push(problem),
  });
  return { ...runs, problems };
}

describe('the record of a run', () => {
  it('says who, what, where and when, and lies on the disk when it has begun', async () => {
    const run = await (await start()).begin(RESTART);
    expect(run).toEqual({
      id: expect.stringMatching(/^20260102t0304056\d\dz-\d+$/) as string,
      ...RESTART,
      'started-at': expect.stringMatching(/^2026-01-02T03:04:05\.6/) as string,
      outcome: 'running',
    });
    expect((await start()).list()).toEqual([run]);
  });

  it('says how it ended, once', async () => {
    const runs = await start();
    const { id } = await runs.begin(RESTART);
    await runs.end(id, { outcome: 'failed', 'error-message': 'no such image' });
    await runs.end(id, { outcome: 'succeeded' });
    await runs.end('no-such-run', { outcome: 'succeeded' });
    const ended = { id, outcome: 'failed', 'error-message': 'no such image' };
    expect(runs.list()).toMatchObject([{ ...ended, 'ended-at': expect.stringMatching(/^2026-/) as string }]);
    expect((await start()).list()).toEqual(runs.list());
  });

  it('is the last word though it ends before its beginning is written', async () => {
    const runs = await start();
    const begun = runs.begin(RESTART);
    await runs.end(runs.list()[0]!.id, { outcome: 'succeeded' });
    await begun;
    expect((await start()).list()).toMatchObject([{ outcome: 'succeeded' }]);
  });

  it('can be read by its owner alone', async () => {
    const { id } = await (await start()).begin(RESTART);
    const modes = [directory, join(directory, `${id}.json`)].map(async (path) => (await stat(path)).mode & 0o777);
    expect(await Promise.all(modes)).toEqual([0o700, 0o600]);
  });

  it('is shown though it cannot be kept', async () => {
    const runs = await start();
    await rm(directory, { recursive: true });
    await writeFile(directory, 'no folder');
    const run = await runs.begin(RESTART);
    expect(runs.list()).toEqual([run]);
    expect(runs.problems).toHaveLength(1);
  });
});

describe('the records of runs', () => {
  it('are listed newest first', async () => {
    const runs = await start();
    const first = await runs.begin(RESTART);
    const second = await runs.begin(WEBHOOK);
    expect(runs.list()).toEqual([second, first]);
    expect((await start()).list().at(-1)).toEqual(first);
  });

  it('are bounded: the oldest that have ended go, those under way stay', async () => {
    const runs = await start(3);
    const underWay = await runs.begin(RESTART);
    for (let i = 0; i < 5; i += 1) await runs.end((await runs.begin(WEBHOOK)).id, { outcome: 'succeeded' });
    const last = await runs.begin(WEBHOOK);
    await runs.settled();
    expect(runs.list()).toHaveLength(3);
    expect(runs.list().map(({ id }) => id)).toEqual(expect.arrayContaining([underWay.id, last.id]));
    expect(await readdir(directory)).toHaveLength(3);
  });

  it('that a dead daemon left under way are closed truthfully, but for those that the next one sees to their end', async () => {
    const before = await start();
    const restart = await before.begin(RESTART, ['189d9234f12c']);
    const exec = await before.begin({ ...RESTART, kind: 'exec' });
    const { run: webhook } = await before.beginOnce(WEBHOOK, 'one');
    const after = await start();
    await after.settled();
    expect(after.list()).toMatchObject([
      { id: webhook.id, outcome: 'running' },
      { id: exec.id, outcome: 'failed', 'error-message': 'the daemon ended while this was under way' },
      { id: restart.id, outcome: 'running' },
    ]);
    expect(after.open()).toEqual([
      { run: restart, former: ['189d9234f12c'] },
      { run: webhook, former: [], delivery: 'one' },
    ]);
    expect((await start()).list()).toEqual(after.list());
  });

  it('of webhooks begin once for each delivery, over restarts and however it ended', async () => {
    const runs = await start();
    const [first, again] = await Promise.all([runs.beginOnce(WEBHOOK, 'one'), runs.beginOnce(WEBHOOK, 'one')]);
    expect([first.isNew, again.isNew]).toEqual([true, false]);
    const other = await runs.beginOnce(WEBHOOK, 'two');
    await runs.end(first.run.id, { outcome: 'succeeded', revision: 'abc', reason: 'main is at abc' });
    const later = await start();
    const known = await later.beginOnce(WEBHOOK, 'one');
    expect(known).toMatchObject({ isNew: false, run: { id: first.run.id, revision: 'abc' } });
    expect(later.list()).toHaveLength(2);
    expect(other.run.id).not.toBe(first.run.id);
  });

  it('of webhooks do not drive out the others', async () => {
    const runs = await start(10);
    const restart = await runs.begin(RESTART);
    await runs.end(restart.id, { outcome: 'succeeded' });
    for (let i = 0; i < 30; i += 1)
      await runs.end((await runs.beginOnce(WEBHOOK, `delivery ${i}`)).run.id, { outcome: 'succeeded' });
    expect(runs.list()).toHaveLength(10);
    expect(runs.list().at(-1)).toMatchObject({ id: restart.id });
    expect((await runs.beginOnce(WEBHOOK, 'delivery 0')).isNew).toBe(true);
  });

  it('survive what a crash or a stranger left in the folder', async () => {
    const run = await (await start()).begin(RESTART);
    const text = await readFile(join(directory, `${run.id}.json`), 'utf8');
    await writeFile(join(directory, 'torn.json'), text.slice(0, 40));
    await writeFile(join(directory, `${run.id}.json.new`), text.slice(0, 40));
    await writeFile(join(directory, 'other.json'), '{"run":{"id":"../x"},"former":[]}');
    await mkdir(join(directory, 'folder.json'));
    await mkdir(join(directory, 'folder.new'));
    expect((await start()).list()).toEqual([run]);
    expect((await readdir(directory)).filter((name) => name.endsWith('.new'))).toEqual(['folder.new']);
  });
});
