import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../scripts/setup/run.mjs';
import { container, service } from '../../builders.ts';
import { busyboxImage, importBusybox } from '../../engine-hosts/busybox-image.ts';
import { startHosts, type Hosts } from '../../engine-hosts/engine-hosts.ts';
import { createRepository } from '../../git/git-repo.ts';
import { startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { execIn } from '../daemon/engine-view.ts';

// Names on the application network, on an engine whose resolver above takes every question and answers none.

const DEAD_RESOLVER = '198.51.100.53';
const SILENCE = `require('node:dgram').createSocket('udp4').bind(53, '${DEAD_RESOLVER}', () => console.log('silent'))`;
let folder: string;
let hosts: Hosts;
let resolver: ChildProcess;
let daemon: DaemonProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-scenario-'));
  hosts = await startHosts(1, { flags: ['--dns', DEAD_RESOLVER] });
  const { endpoint, netns } = hosts.hosts[0]!;
  await run('ip', ['-n', netns, 'address', 'add', `${DEAD_RESOLVER}/32`, 'dev', 'lo']);
  resolver = spawn('nsenter', [`--net=/run/netns/${netns}`, process.execPath, '-e', SILENCE]);
  await once(resolver.stdout!, 'data');
  await importBusybox(endpoint);
  const sleeper = container('main', { image: busyboxImage, cmd: ['sleep', '100000'] });
  const services = [service('web', { replicas: 2, containers: [sleeper] }), service('db', { containers: [sleeper] })];
  const repository = await createRepository(join(folder, 'repo'));
  const revision = await repository.commit(applicationFiles('acme', 'shop', { services }));
  const flags = ['--docker', endpoint, '--network-pool', hosts.networkPool];
  daemon = await startDaemon({ repository: repository.path, owner: 'names', flags });
  await daemon.said('converged', { revision });
});

afterAll(async () => {
  await daemon.stop();
  resolver.kill('SIGKILL');
  await hosts.stop();
  await rm(folder, { recursive: true });
});

/** The least time of three for a ping from the db instance, in ms; an answer has to come. */
async function ping(name: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const began = performance.now();
    const command = ['ping', '-c', '1', '-W', '1', name];
    expect(await execIn(hosts.hosts[0]!.endpoint, 'acme.shop.db-1.main', command)).toContain('1 packets received');
    times.push(performance.now() - began);
  }
  return Math.min(...times);
}

describe('an instance', () => {
  it.each(['web', 'web.shop', 'web.shop.internal', 'web-2', 'web-2.shop', 'web-2.shop.internal'])(
    'finds its neighbour as %s within 200 ms, whatever becomes of the resolver above',
    async (name) => {
      // A ping of an address costs all that a ping of a name does but the look-up.
      expect((await ping(name)) - (await ping('127.0.0.1'))).toBeLessThan(200);
    },
  );

  it('waits in vain for a name that only the resolver above could know: it is dead, not absent', async () => {
    const began = performance.now();
    await execIn(hosts.hosts[0]!.endpoint, 'acme.shop.db-1.main', ['timeout', '4', 'nslookup', 'example.org']);
    expect(performance.now() - began).toBeGreaterThan(2_000);
  });
});
