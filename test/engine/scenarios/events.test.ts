import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunDocument } from '../../../src/journal/run-document.ts';
import type { EventDocument } from '../../../src/status/event-document.ts';
import { eventually } from '../../eventually.ts';
import { createRepository, type TestRepository } from '../../git/git-repo.ts';
import { startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { runningOf, sweep } from '../daemon/engine-view.ts';
import { act } from '../daemon/life.ts';
import { at, oneByOne, runs } from '../daemon/upgrading.ts';

// What the API tells of an upgrade, of a crash and of a restart that is asked for, and that a killed daemon's successor
// knows it too.

const OWNER = 'events';
const RESTART = '/v1/state/tenants/acme/applications/shop/service-instances/web-2/restart';
let folder: string;
let repository: TestRepository;
let daemon: DaemonProcess;

/** It takes its time to end, so that a daemon can be killed in the middle of a restart. */
const STUBBORN = runs('trap "" TERM; while true; do sleep 0.2; done', { 'shutdown-timeout': '4s' });
const shop = (version: string) =>
  at('shop', version, { replicas: 2, main: STUBBORN, 'upgrade-from': [oneByOne('300ms')] });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-events-'));
  repository = await createRepository(join(folder, 'repo'));
  const revision = await repository.commit(shop('1.0'));
  daemon = await start();
  await daemon.said('converged', { revision });
});

afterAll(async () => {
  await daemon.stop();
  await rm(folder, { recursive: true });
  await sweep(OWNER);
});

const start = () => startDaemon({ repository: repository.path, owner: OWNER, stateDir: join(folder, 'state') });

/** Oldest first. */
async function events(query = ''): Promise<readonly EventDocument[]> {
  return (await daemon.get<EventDocument[]>(`/v1/state/events${query}`)).toReversed();
}

const lastId = async () => (await events('?limit=1'))[0]!.id;
const messages = (found: readonly EventDocument[]) => found.map(({ message }) => message);

/** `web-1: starting → running` of each event of what runs. */
const seen = (found: readonly EventDocument[]) =>
  found
    .filter(({ type }) => type === 'service-instance-status')
    .map((event) => `${event['service-instance'] ?? ''}: ${event.message}`);

describe('the events of an upgrade', () => {
  it('tell what was done and what came of it, in the words of the log', async () => {
    const before = await lastId();
    const revision = await repository.commit(shop('2.0'));
    await daemon.said('converged', { revision });
    const found = await eventually(async () => {
      const all = await events(`?since=${before}`);
      expect(messages(all)).toEqual(expect.arrayContaining([`converged: ${revision}`]));
      expect(seen(all).at(-1)).toMatch(/→ running$/);
      return all;
    });
    expect(messages(found)).toEqual(
      expect.arrayContaining([
        `revision fetched: ${revision}`,
        'upgrade begun: version 1.0 → 2.0',
        'upgrade batch begun: version 1.0 → 2.0, batch 2 of 2',
        'upgrade ended: version 1.0 → 2.0',
        'application deployment shop: deployed → deploying',
      ]),
    );
    const steps = found.filter(({ type, application }) => type === 'step-done' && application === 'shop');
    const logged = daemon.log.filter(({ msg, reason }) => msg === 'step done' && /2\.0/.test(String(reason)));
    expect(logged.length).toBeGreaterThan(5);
    expect(messages(steps)).toEqual(
      expect.arrayContaining(logged.map(({ step, reason }) => `${String(step)}: ${String(reason)}`)),
    );
    expect(steps.every((event) => event.revision === revision)).toBe(true);
    expect(seen(found).some((line) => line.startsWith('web-1: upgrading → '))).toBe(true);
    expect(found.map(({ id }) => Number(id))).toEqual(found.map(({ id }) => Number(id)).sort((a, b) => a - b));
  });
});

describe('the events of a crash', () => {
  it('tell of the container, its instance and the application', async () => {
    const before = await lastId();
    await act('acme.shop.web-1.main', 'kill');
    const found = await eventually(async () => {
      const all = await events(`?since=${before}&application=shop`);
      expect(all).toContainEqual(expect.objectContaining({ type: 'container-restarted' }));
      expect(messages(all.filter(({ type }) => type === 'application-status'))).toEqual([
        'running → starting',
        'starting → running',
      ]);
      return all;
    }, 30_000);
    expect(found.find(({ type }) => type === 'container-restarted')).toMatchObject({
      ...{ tenant: 'acme', application: 'shop', 'service-instance': 'web-1', container: 'main', host: 'local' },
      message: 'it ended and was started again, restart 1',
    });
  });
});

describe('a restart through the API', () => {
  it('is a run that outlives the daemon that was killed in the middle of it, and so do events', async () => {
    const [before, known] = [await runningOf(OWNER), await events()];
    const answer = await daemon.ask(RESTART, { method: 'POST', body: '{"no-delayed-shutdown": true}' });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    const path = `/v1/state/runs/${answer.headers.get('fairlead-run') ?? ''}`;
    expect(await daemon.get(path)).toMatchObject({ kind: 'restart', outcome: 'running', 'service-instance': 'web-2' });
    await eventually(async () => {
      const noted = /^note restart of sandbox [0-9a-f]+: a restart was asked for$/;
      expect(messages(await events()).some((message) => noted.test(message))).toBe(true);
    });
    expect((await daemon.ask(RESTART, { method: 'POST' })).status).toBe(409);
    // What was told in the moment before may be lost, no more.
    await eventually(async () =>
      expect(await readFile(join(folder, 'state/events/current.jsonl'), 'utf8')).toContain(known.at(-1)!.id),
    );
    daemon.signal('SIGKILL');
    await daemon.exited;
    daemon = await start();
    const run = await eventually(async () => {
      const found = await daemon.get<RunDocument>(path);
      expect(found.outcome).not.toBe('running');
      return found;
    }, 60_000);
    expect(run).toMatchObject({ outcome: 'succeeded', reason: 'web-2 was made anew and is ready', tenant: 'acme' });
    expect(run.principal?.name).toEqual(expect.any(String));
    const after = await runningOf(OWNER);
    expect(after['acme.shop.web-2.main']).not.toBe(before['acme.shop.web-2.main']);
    expect(after['acme.shop.web-1.main']).toBe(before['acme.shop.web-1.main']);
    expect((await events()).slice(0, known.length)).toEqual(known);
    expect(await daemon.get('/v1/state/runs')).toEqual([run]);
  });
});
