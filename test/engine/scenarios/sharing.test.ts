import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { askEngine } from '../../engine-hosts/engine-client.ts';
import { eventually } from '../../eventually.ts';
import { createRepository, type TestRepository } from '../../git/git-repo.ts';
import { startGitServer } from '../../git/git-server.ts';
import { ENGINE, startDaemon, type DaemonOptions, type DaemonProcess } from '../daemon/daemon-process.ts';
import { applicationFiles, manyFiles } from '../daemon/documents.ts';
import { containersOf, execIn, networksOf, runningOf, sweep } from '../daemon/engine-view.ts';

// Several daemons on one engine, many applications, a repository over HTTP.

let folder: string;
let daemons: DaemonProcess[];
const owners = ['one', 'two'] as const;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-scenario-'));
  daemons = [];
});

afterEach(async () => {
  await Promise.all(daemons.map((daemon) => daemon.stop()));
  for (const owner of owners) await sweep(owner);
  await rm(folder, { recursive: true });
});

async function start(repository: string, owner: (typeof owners)[number], options: Partial<DaemonOptions> = {}) {
  const daemon = await startDaemon({ repository, owner, ...options });
  daemons.push(daemon);
  return daemon;
}

async function repositoryWith(
  name: string,
  files: Record<string, string>,
): Promise<{ repository: TestRepository; revision: string }> {
  const repository = await createRepository(join(folder, name));
  return { repository, revision: await repository.commit(files) };
}

describe('two daemons on one engine', () => {
  it('of two owners never touch each other’s things, and say whose a name is', async () => {
    const mine = await repositoryWith('one', {
      ...applicationFiles('acme', 'shop'),
      ...applicationFiles('acme', 'till'),
    });
    const one = await start(mine.repository.path, 'one');
    await one.said('converged', { revision: mine.revision });
    const before = await runningOf('one');
    const theirs = await repositoryWith('two', {
      ...applicationFiles('acme', 'shop'),
      ...applicationFiles('zoo', 'cage'),
    });
    const two = await start(theirs.repository.path, 'two');
    await eventually(async () =>
      expect(Object.keys(await runningOf('two'))).toEqual(['zoo.cage.web-1', 'zoo.cage.web-1.main']),
    );
    await eventually(async () => {
      const shop = await two.get<Record<string, unknown>>('/v1/state/tenants/acme/applications/shop');
      expect(shop['oper-status']).toBe('error');
      expect(shop['error-message']).toContain('owner "one"');
    });
    expect(await runningOf('one')).toEqual(before);
    const gone = await mine.repository.commit({
      'tenants/acme/applications/till.yaml': null,
      'tenants/acme/application-deployments/till.yaml': null,
    });
    await one.said('converged', { revision: gone });
    expect(Object.keys(await runningOf('two'))).toEqual(['zoo.cage.web-1', 'zoo.cage.web-1.main']);
  });

  it('of one owner: the second waits, and goes on where the first was killed', async () => {
    const { repository } = await repositoryWith('one', applicationFiles('acme', 'shop'));
    const first = await start(repository.path, 'one');
    await first.said('lease acquired');
    const second = await start(repository.path, 'one');
    const waiting = await second.said('another daemon of this owner acts here, waiting');
    expect(waiting['holder']).toContain(`pid ${first.pid}`);
    first.signal('SIGKILL');
    await first.exited;
    await second.said('lease acquired');
    const next = await repository.commit(applicationFiles('acme', 'shop', { version: '1.1' }));
    await second.said('converged', { revision: next });
    expect((await containersOf('one')).map(({ labels }) => labels['io.fairlead.application-version'])).toEqual([
      '1.1',
      '1.1',
    ]);
  });
});

describe('a hundred applications', () => {
  it('converge on one engine with default settings, which the engine’s own networks would not', async () => {
    const { repository, revision } = await repositoryWith('one', manyFiles('acme', 100, 1));
    const daemon = await start(repository.path, 'one', { flags: ['--network-pool', '10.201.0.0/16'] });
    await daemon.said('converged', { revision }, 280_000);
    expect(await networksOf('one')).toHaveLength(100);
    expect(Object.keys(await runningOf('one'))).toHaveLength(200);
  });
});

describe('a repository over http', () => {
  it('is followed, and the last good revision stays in force while the server is away', async () => {
    const { repository, revision } = await repositoryWith('one', applicationFiles('acme', 'shop'));
    const server = await startGitServer({ root: folder, auth: { username: 'ci', password: 'not-for-logs' } });
    try {
      const env = { FAIRLEAD_REPOSITORY_USERNAME: 'ci', FAIRLEAD_REPOSITORY_PASSWORD: 'not-for-logs' };
      const daemon = await start(`${server.url}/one`, 'one', { env });
      await daemon.said('converged', { revision });
      server.setMode({ kind: 'drop' });
      await daemon.said('repository cannot be read');
      const state = await daemon.get<Record<string, unknown>>('/v1/state/repository');
      expect(state).toMatchObject({ 'fetched-revision': revision });
      expect(state['error-message']).toContain('127.0.0.1');
      expect(Object.keys(await runningOf('one'))).toHaveLength(2);
      server.setMode({ kind: 'ok' });
      const next = await repository.commit(applicationFiles('acme', 'shop', { version: '2.0' }));
      await daemon.said('converged', { revision: next });
      expect(daemon.text()).not.toContain('not-for-logs');
    } finally {
      await server.stop();
    }
  });
});

describe('an instance', () => {
  it('runs with the command, environment, user and limits of its specification', async () => {
    const main = container('main', {
      image: busyboxImage,
      entrypoint: ['/bin/sh', '-c'],
      cmd: ['exec sleep 100000'],
      env: { COLOUR: 'green', EMPTY: '' },
      user: '1000:2000',
      memory: '64MiB',
      cpus: 0.5,
      'cpu-shares': 512,
    });
    const { repository, revision } = await repositoryWith(
      'one',
      applicationFiles('acme', 'shop', { services: [service('web', { containers: [main] })] }),
    );
    await (await start(repository.path, 'one')).said('converged', { revision });
    const seen = (cmd: string) => execIn(ENGINE, 'acme.shop.web-1.main', ['sh', '-c', cmd]);
    expect(await seen('id -u; id -g')).toBe('1000\n2000\n');
    expect(await seen('echo $COLOUR-$EMPTY-')).toBe('green--\n');
    expect(await seen('cat /proc/1/comm; ps')).toMatch(/^docker-init\n[^]*sleep 100000/);
    const limits = await askEngine(ENGINE, '/containers/acme.shop.web-1.main/json');
    expect(JSON.parse(limits)).toMatchObject({ HostConfig: { Memory: 64 << 20, NanoCpus: 5e8, CpuShares: 512 } });
  });
});
