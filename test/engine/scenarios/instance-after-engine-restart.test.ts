import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { service } from '../../builders.ts';
import { busyboxImage, importBusybox } from '../../engine-hosts/busybox-image.ts';
import { startHosts, type Host, type Hosts } from '../../engine-hosts/engine-hosts.ts';
import { eventually } from '../../eventually.ts';
import { createRepository } from '../../git/git-repo.ts';
import { startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { execIn } from '../daemon/engine-view.ts';

// An engine of its own, because it is restarted under an instance that has something to lose.

const MAIN = 'acme.shop.web-1.main';
let folder: string;
let hosts: Hosts;
let host: Host;
let daemon: DaemonProcess;

const VOLUMES = ['notes', 'data', 'memory', 'conf'];
const mounts = VOLUMES.map((name) => ({ 'volume-name': name, 'mount-path': `/${name}` }));
const shell = (name: string, script: string) => ({ name, image: busyboxImage, cmd: ['sh', '-c', script], mounts });
const web = service('web', {
  volumes: [
    { name: 'notes', 'ephemeral-volume': { size: '1MiB', 'file-mode': '0770', 'file-ownership': '5:6' } },
    { name: 'data', 'persistent-volume': { size: '1MiB' } },
    { name: 'memory', 'ephemeral-volume': { size: '1MiB', medium: 'memory', 'file-mode': '0711' } },
    { name: 'conf', 'config-map': { items: [{ name: 'app.conf', data: 'whole\n' }] } },
  ],
  'init-containers': [shell('first', 'echo first >> /notes/order'), shell('second', 'echo second >> /notes/order')],
  containers: [shell('main', 'cat /conf/app.conf >> /notes/order; exec sleep 100000')],
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-scenario-'));
  hosts = await startHosts(1);
  host = hosts.hosts[0]!;
  await importBusybox(host.endpoint);
  const repository = await createRepository(join(folder, 'repo'));
  const revision = await repository.commit(applicationFiles('acme', 'shop', { services: [web] }));
  const flags = ['--docker', host.endpoint, '--network-pool', hosts.networkPool];
  daemon = await startDaemon({ repository: repository.path, owner: 'losses', flags });
  await daemon.said('converged', { revision });
});

afterAll(async () => {
  await daemon.stop();
  await hosts.stop();
  await rm(folder, { recursive: true });
});

const run = async (script: string) => (await execIn(host.endpoint, MAIN, ['sh', '-c', script])).trim();
const ONE_LIFE = ['first', 'second', 'whole'];

async function expectLives(count: number): Promise<void> {
  const lives = Array.from({ length: count }, () => ONE_LIFE).flat();
  await eventually(async () => expect((await run('cat /notes/order')).split('\n')).toEqual(lives), 60_000);
}

describe('an instance whose engine is restarted', () => {
  it.each(['stopped', 'killed'])('runs its init containers again and has its data: %s', async (how) => {
    const lives = (await run('cat /notes/order')).split('\n').length / ONE_LIFE.length;
    await run(`echo ${how} > /notes/note; echo ${how} > /data/note; echo ${how} > /memory/note`);
    await (how === 'stopped' ? host.stop() : host.kill());
    await daemon.said('host down');
    await host.start();
    await expectLives(lives + 1);
    expect(await run('cat /notes/note /data/note /conf/app.conf')).toBe(`${how}\n${how}\nwhole`);
    expect(await run('stat -c "%a %u:%g" /notes /memory')).toBe('770 5:6\n711 0:0');
    expect(await run('ls /memory')).toBe('');
  });
});
