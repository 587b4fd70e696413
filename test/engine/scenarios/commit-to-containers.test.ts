import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { createRepository, type TestRepository } from '../../git/git-repo.ts';
import { startDaemon, type DaemonOptions, type DaemonProcess } from '../daemon/daemon-process.ts';
import { applicationFiles, manyFiles } from '../daemon/documents.ts';
import { containersOf, networksOf, runningOf, sweep } from '../daemon/engine-view.ts';

// From a commit to running containers: real git, the daemon as a process, a real engine.

const OWNER = 'commits';
let folder: string;
let repository: TestRepository;
let daemons: DaemonProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-scenario-'));
  repository = await createRepository(join(folder, 'repo'));
  daemons = [];
});

afterEach(async () => {
  await Promise.all(daemons.map((daemon) => daemon.stop()));
  await sweep(OWNER);
  await rm(folder, { recursive: true });
});

async function start(options: Partial<DaemonOptions> = {}): Promise<DaemonProcess> {
  const daemon = await startDaemon({ repository: repository.path, owner: OWNER, ...options });
  daemons.push(daemon);
  return daemon;
}

const names = (count: number, replicas: number) =>
  Array.from({ length: count }, (_, app) =>
    Array.from({ length: replicas }, (_unused, index) => `acme.app-${app + 1}.web-${index + 1}`).flatMap((name) => [
      name,
      `${name}.main`,
    ]),
  )
    .flat()
    .sort();

describe('thirty applications of two replicas', () => {
  it('converge from one commit though the daemon is killed in the middle, every time with an empty state folder, and a revert brings the former state back', async () => {
    const first = await repository.commit(manyFiles('acme', 30, 2));
    for (const stepsBefore of [3, 30, 60]) {
      const killed = await start();
      await eventually(
        () => expect(killed.log.filter(({ msg }) => msg === 'step done').length).toBeGreaterThan(stepsBefore),
        120_000,
      );
      killed.signal('SIGKILL');
      await killed.exited;
    }
    const daemon = await start();
    await daemon.said('converged', { revision: first }, 120_000);
    const containers = await containersOf(OWNER);
    expect(containers.map(({ name }) => name)).toEqual(names(30, 2));
    expect(containers.every(({ state }) => state === 'running')).toBe(true);
    expect(await networksOf(OWNER)).toHaveLength(30);

    const before = await runningOf(OWNER);
    const second = await repository.commit({
      ...manyFiles('acme', 10, 1, '2.0'),
      ...applicationFiles('acme', 'extra'),
    });
    await daemon.said('converged', { revision: second });
    expect(await networksOf(OWNER)).toContain('acme.extra');

    const third = await repository.revert();
    await daemon.said('converged', { revision: third });
    const after = await runningOf(OWNER);
    expect(Object.keys(after)).toEqual(names(30, 2));
    const kept = Object.keys(before).filter((name) => !/app-([1-9]|10)\./.test(name));
    expect(Object.fromEntries(kept.map((name) => [name, after[name]]))).toEqual(
      Object.fromEntries(kept.map((name) => [name, before[name]])),
    );
    expect(await networksOf(OWNER)).not.toContain('acme.extra');
  });
});

describe('a daemon', () => {
  it('that starts anew on what already runs restarts nothing', async () => {
    const revision = await repository.commit(manyFiles('acme', 2, 2));
    const first = await start();
    await first.said('converged', { revision });
    const before = await runningOf(OWNER);
    await first.stop();
    const empty = await repository.commit({ 'README.md': 'nothing that concerns Fairlead' });
    const second = await start();
    await second.said('converged', { revision: empty });
    expect(await runningOf(OWNER)).toEqual(before);
    expect(second.log.filter(({ msg }) => msg === 'step done')).toEqual([]);
  });

  it('ends with 0 on SIGTERM and leaves everything running', async () => {
    const revision = await repository.commit(applicationFiles('acme', 'shop'));
    const daemon = await start();
    await daemon.said('converged', { revision });
    daemon.signal('SIGTERM');
    expect(await daemon.exited).toBe(0);
    expect(Object.keys(await runningOf(OWNER))).toEqual(['acme.shop.web-1', 'acme.shop.web-1.main']);
  });

  it('with --once ends with 0 when everything is ready, and with 1 when something cannot be', async () => {
    await repository.commit(applicationFiles('acme', 'shop'));
    expect(await (await start({ flags: ['--once'] })).exited).toBe(0);
    const containers = [{ name: 'main', image: 'localhost:1/missing:1' }];
    await repository.commit(applicationFiles('acme', 'till', { services: [{ name: 'web', containers }] }));
    const failing = await start({ flags: ['--once'] });
    expect(await failing.exited).toBe(1);
    expect(failing.text()).toContain('localhost:1/missing:1');
  });

  it('refuses to share its state folder', async () => {
    await repository.commit(applicationFiles('acme', 'shop'));
    const first = await start();
    await first.said('api listening');
    const second = await start({ stateDir: first.stateDir });
    expect(await second.exited).toBe(1);
    expect(second.text()).toContain('another daemon uses the state folder');
  });

  it('with --dry-run serves the plan and touches nothing', async () => {
    await repository.commit(applicationFiles('acme', 'shop'));
    const daemon = await start({ flags: ['--dry-run'] });
    await eventually(async () => {
      const plan = await daemon.get<{ steps: { id: string }[] }>('/v1/state/plan');
      expect(plan.steps.map(({ id }) => id)).toContain('create network acme.shop');
    });
    expect(await containersOf(OWNER)).toEqual([]);
  });
});

describe('a broken commit', () => {
  it('changes nothing that runs, is told with its place, and the rest of it proceeds', async () => {
    const files = { ...applicationFiles('acme', 'shop'), ...applicationFiles('acme', 'till') };
    const first = await repository.commit(files);
    const daemon = await start();
    await daemon.said('converged', { revision: first });
    const before = await runningOf(OWNER);
    const second = await repository.commit({
      'tenants/acme/applications/shop.yaml': 'name: shop\nversion: 2.0\nservices: [\n',
      'tenants/acme/applications/till.yaml': files['tenants/acme/applications/till.yaml']!.replace(
        'services:',
        'servces:',
      ),
      ...applicationFiles('acme', 'extra'),
    });
    await daemon.said('converged', { revision: second });
    const after = await runningOf(OWNER);
    expect(after).toMatchObject(before);
    expect(Object.keys(after)).toContain('acme.extra.web-1.main');
    const { problems } = await daemon.get<{ problems: { file: string; line: number; message: string }[] }>(
      '/v1/state/repository',
    );
    const told = problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    expect(told).toContainEqual(expect.stringContaining('tenants/acme/applications/shop.yaml:3: '));
    expect(told).toContainEqual(expect.stringContaining('did you mean `services`?'));
  });

  it('is still harmless to a daemon that starts on it with nothing but the engine and git', async () => {
    const good = await repository.commit(applicationFiles('acme', 'shop'));
    const first = await start();
    await first.said('converged', { revision: good });
    const before = await runningOf(OWNER);
    await first.stop();
    const bad = await repository.commit({ 'tenants/acme/applications/shop.yaml': '{' });
    const second = await start();
    await second.said('converged', { revision: bad });
    expect(await runningOf(OWNER)).toEqual(before);
    const state = await second.get<{ 'oper-status': string; 'error-message': string; version: string }>(
      '/v1/state/applications/shop',
    );
    expect(state).toMatchObject({ 'oper-status': 'running', version: '1.0' });
    expect(state['error-message']).toContain('the last good one runs');
  });

  it('that removes most of what runs is held until a commit allows it', async () => {
    const first = await repository.commit(manyFiles('acme', 5, 1));
    const daemon = await start();
    await daemon.said('converged', { revision: first });
    const gone = Object.fromEntries(Object.keys(manyFiles('acme', 5, 1)).map((file) => [file, null]));
    await repository.commit({ ...gone, 'tenants/acme/applications/.keep': '' });
    await daemon.said('removal held', { application: 'acme.app-5' });
    await eventually(async () => {
      const state = await daemon.get<{ 'held-removals': unknown[] }>('/v1/state/repository');
      expect(state['held-removals']).toHaveLength(5);
    });
    expect(Object.keys(await runningOf(OWNER))).toHaveLength(10);
    await repository.commit({ 'README.md': 'yes' }, 'remove the old shops\n\nFairlead-Allow-Prune: true\n');
    await eventually(async () => expect(await containersOf(OWNER)).toEqual([]), 60_000);
    await eventually(async () => expect(await networksOf(OWNER)).toEqual([]));
  });
});
