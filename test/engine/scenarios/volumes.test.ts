import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { MountSpec, ServiceSpec, VolumeSpec } from '../../../src/model/application-spec.ts';
import type { SiteSpec } from '../../../src/model/site-spec.ts';
import type { ApplicationState, HostState } from '../../../src/status/documents.ts';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, execIn, inspect, removeByHand, sweep, volumesOf } from '../daemon/engine-view.ts';
import { act, lifeOf, livesOf } from '../daemon/life.ts';
import { proves } from '../daemon/proves.ts';

// Volumes that hold data: what containers see of them, and what they outlive.

const OWNER = 'volumes';
const MAIN = 'acme.store.web-1.main';
/** On the engine's host: a disk of its own, as the site says. */
let disk: string;
let deployed: Deployed;

const onFast = { 'match-volume-labels': 'example.com/speed = fast' };
const volumes: readonly VolumeSpec[] = [
  { name: 'scratch', 'ephemeral-volume': { size: '4MiB', 'file-mode': '0770', 'file-ownership': '1000:1001' } },
  { name: 'fast', 'ephemeral-volume': { size: '4MiB', 'file-mode': '0711', ...onFast } },
  {
    name: 'memory',
    'ephemeral-volume': { size: '2MiB', medium: 'memory', 'file-mode': '0750', 'file-ownership': '7:8' },
  },
  { name: 'data', 'persistent-volume': { size: '6MiB', 'file-mode': '0700', 'file-ownership': '3:4' } },
  { name: 'archive', 'persistent-volume': { size: '8MiB', ...onFast } },
];
const ON_DISK = ['archive', 'data', 'fast', 'scratch'];
const PERSISTENT = ['archive', 'data'];

function mounts(mode?: MountSpec['mode']): MountSpec[] {
  return volumes.map(({ name }) => ({ 'volume-name': name, 'mount-path': `/v/${name}`, ...(mode && { mode }) }));
}

function web(replicas: number): ServiceSpec {
  const fields = { image: busyboxImage, cmd: ['sleep', '100000'], 'shutdown-timeout': '1s' };
  const fill = ['sh', '-c', 'touch /v/scratch/by-init; touch /v/data/refused 2> /v/scratch/told; true'];
  const writable = mounts().map((mount) =>
    mount['volume-name'] === 'scratch' ? mount : { ...mount, mode: 'read-only' as const },
  );
  return service('web', {
    replicas,
    volumes: [...volumes],
    'init-containers': [{ name: 'fill', image: busyboxImage, cmd: fill, mounts: writable }],
    containers: [
      container('main', { ...fields, mounts: mounts() }),
      container('reader', { ...fields, mounts: mounts('read-only') }),
    ],
  });
}

const store = (version: string, replicas = 2) =>
  applicationFiles('acme', 'store', { version, services: [web(replicas)] });

function siteFile(path: string): Record<string, string> {
  const site: SiteSpec = {
    name: 'lab',
    hosts: [
      {
        name: 'bench',
        'local-volumes': [{ name: 'default' }, { name: 'ssd', path, labels: { 'example.com/speed': 'fast' } }],
      },
    ],
  };
  return { 'sites/lab.yaml': stringify(site) };
}

beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), 'fairlead-disk-'));
  deployed = await deploy(OWNER, { ...siteFile(join(disk, 'ssd')), ...store('1.0') });
});

afterAll(async () => {
  await deployed.stop();
  await sweep(OWNER);
  await rm(disk, { recursive: true });
});

const run = async (name: string, script: string) => (await execIn(ENGINE, name, ['sh', '-c', script])).trim();
const write = (name: string, text: string) =>
  run(name, ON_DISK.map((volume) => `echo ${text} > /v/${volume}/note`).join(' && '));
const read = (name: string) => run(name, `cat ${ON_DISK.map((volume) => `/v/${volume}/note`).join(' ')}`);
const everywhere = (text: string) => ON_DISK.map(() => text).join('\n');
const named = (instances: readonly string[], kinds: readonly string[]) =>
  instances.flatMap((instance) => kinds.map((volume) => `acme.store.${instance}.${volume}`)).sort();

async function converges(files: Readonly<Record<string, string | null>>): Promise<void> {
  const revision = await deployed.repository.commit(files);
  await deployed.daemon.said('converged', { revision });
}

/** The data is read in the container as soon as it runs again. */
async function keepsData(text: string): Promise<void> {
  await eventually(async () => expect(await read(MAIN)).toBe(everywhere(text)), 30_000);
}

async function persistentInState(): Promise<HostState['persistent-volumes']> {
  const [host] = await deployed.daemon.get<readonly HostState[]>('/v1/state/system/cluster/hosts');
  return host?.['persistent-volumes'] ?? [];
}

describe('a volume for which the site has a folder', () => {
  it('is not made while the folder is missing, and the state says so', async () => {
    await eventually(async () => {
      const state = await deployed.daemon.get<ApplicationState>('/v1/state/applications/store');
      expect(state).toMatchObject({ 'oper-status': 'error' });
      expect(state['error-message']).toContain(`${join(disk, 'ssd')} is not there on the host of the engine`);
      expect(state['error-message']).toContain('`path` of `local-volumes`');
    }, 60_000);
    expect(await containersOf(OWNER)).toEqual([]);
    expect(await readdir(disk)).toEqual([]);
  });

  it('lies in that folder, under its own name, once it is there', async () => {
    proves('site.name', 'site.hosts[].name');
    proves('site.hosts[].local-volumes[].name', 'site.hosts[].local-volumes[].path');
    proves('site.hosts[].local-volumes[].labels');
    proves('services[].volumes[].ephemeral-volume.match-volume-labels');
    proves('services[].volumes[].persistent-volume.match-volume-labels');
    await mkdir(join(disk, 'ssd'));
    await deployed.daemon.said('converged', { revision: deployed.revision });
    await write(MAIN, 'first');
    expect((await readdir(join(disk, 'ssd'))).sort()).toEqual(named(['web-1', 'web-2'], ['archive', 'fast']));
    expect(await readdir(join(disk, 'ssd', 'acme.store.web-1.archive'))).toEqual(['note']);
    expect(await volumesOf(OWNER)).toEqual(
      named(
        ['web-1', 'web-2'],
        volumes.map(({ name }) => name),
      ),
    );
    const { Config } = await inspect<{ Config: { Labels: Record<string, string> } }>(MAIN);
    expect(Config.Labels['io.fairlead.site']).toBe('lab');
    const [host] = await deployed.daemon.get<readonly HostState[]>('/v1/state/system/cluster/hosts');
    expect(host).toMatchObject({ 'cluster-hostname': 'bench' });
    expect(host?.['local-volumes'].map(({ name }) => name)).toEqual(['default', 'ssd']);
  });
});

describe('in its containers, a volume', () => {
  it('has the mode and the owner it was given, on disk and in memory', async () => {
    proves('services[].volumes[].name');
    proves('services[].volumes[].ephemeral-volume.file-mode', 'services[].volumes[].ephemeral-volume.file-ownership');
    proves('services[].volumes[].persistent-volume.file-mode', 'services[].volumes[].persistent-volume.file-ownership');
    proves('services[].containers[].mounts[].volume-name', 'services[].containers[].mounts[].mount-path');
    const paths = volumes.map(({ name }) => `/v/${name}`).join(' ');
    expect(await run(MAIN, `stat -c "%n %a %u:%g" ${paths}`)).toBe(
      [
        '/v/scratch 770 1000:1001',
        '/v/fast 711 0:0',
        '/v/memory 750 7:8',
        '/v/data 700 3:4',
        '/v/archive 755 0:0',
      ].join('\n'),
    );
  });

  it('in memory is a file system of its size', async () => {
    proves('services[].volumes[].ephemeral-volume.medium');
    expect(await run(MAIN, 'grep " /v/memory " /proc/mounts')).toMatch(/^tmpfs .*size=2048k/);
    expect(await run(MAIN, 'df -k /v/memory | tail -1')).toMatch(/^tmpfs +2048 /);
    expect(await run(MAIN, 'dd if=/dev/zero of=/v/memory/big bs=1M count=3')).toContain('No space left');
    expect(await run(MAIN, 'wc -c < /v/memory/big; rm /v/memory/big')).toBe(String(2 << 20));
  });

  it('on disk ends at its size, or the state warns that it does not', async () => {
    proves('services[].volumes[].ephemeral-volume.size', 'services[].volumes[].persistent-volume.size');
    const { warnings } = await deployed.daemon.get<ApplicationState>('/v1/state/applications/store');
    for (const volume of ON_DISK) {
      const file = `/v/${volume}/big`;
      const output = await run(MAIN, `dd if=/dev/zero of=${file} bs=1M count=10; rm ${file}`);
      const isEnforced = output.includes('No space left');
      const told = warnings.filter((warning) => warning.startsWith(`\`size\` of volume ${volume} of service web `));
      expect(told, `${volume}: ${output}`).toHaveLength(isEnforced ? 0 : 1);
    }
  });

  it('mounted read-only refuses to be written to, by a container and an init container', async () => {
    proves('services[].containers[].mounts[].mode', 'services[].init-containers[].mounts[].mode');
    proves('services[].init-containers[].mounts[].volume-name', 'services[].init-containers[].mounts[].mount-path');
    for (const { name } of volumes) {
      expect(await run('acme.store.web-1.reader', `touch /v/${name}/new`)).toContain('Read-only file system');
    }
    expect(await run('acme.store.web-1.reader', 'cat /v/data/note')).toBe('first');
    expect(await run(MAIN, 'ls /v/scratch/by-init')).toBe('/v/scratch/by-init');
    expect(await run(MAIN, 'cat /v/scratch/told; ls /v/data')).toMatch(/Read-only file system\nnote$/);
  });
});

describe('what a container wrote to a volume on disk', () => {
  it('is there after its process died', async () => {
    await write(MAIN, 'before-crash');
    const before = await lifeOf(MAIN);
    process.kill(before.pid, 'SIGKILL');
    await eventually(async () => expect((await lifeOf(MAIN)).startedAt > before.startedAt).toBe(true));
    await keepsData('before-crash');
  });

  it('is there after somebody restarted, and removed, the container', async () => {
    await write(MAIN, 'before-restart');
    await act(MAIN, 'restart', { t: '0' });
    await keepsData('before-restart');
    await removeByHand(MAIN);
    await keepsData('before-restart');
  });

  it('is there after the whole instance was made anew', async () => {
    await write(MAIN, 'before-loss');
    const before = await inspect<{ Id: string }>('acme.store.web-1');
    await removeByHand('acme.store.web-1');
    await eventually(
      async () => expect((await inspect<{ Id: string }>('acme.store.web-1')).Id).not.toBe(before.Id),
      30_000,
    );
    await keepsData('before-loss');
  });

  it('is there in the next version, each instance its own', async () => {
    await write(MAIN, 'before-version');
    await write('acme.store.web-2.main', 'of-the-other');
    await converges(store('2.0'));
    const { Config } = await inspect<{ Config: { Labels: Record<string, string> } }>(MAIN);
    expect(Config.Labels['io.fairlead.application-version']).toBe('2.0');
    expect(await read(MAIN)).toBe(everywhere('before-version'));
    expect(await read('acme.store.web-2.main')).toBe(everywhere('of-the-other'));
  });
});

describe('fewer replicas', () => {
  it('take the ephemeral volumes of what goes with them, and leave the persistent ones, which the host lists', async () => {
    const others = ['acme.store.web-1', MAIN];
    const before = await livesOf(others);
    await converges(store('2.0', 1));
    expect(await volumesOf(OWNER)).toEqual(
      [
        ...named(
          ['web-1'],
          volumes.map(({ name }) => name),
        ),
        ...named(['web-2'], PERSISTENT),
      ].sort(),
    );
    const folders = [...named(['web-1'], ['archive', 'fast']), ...named(['web-2'], ['archive'])];
    expect((await readdir(join(disk, 'ssd'))).sort()).toEqual(folders);
    const left = (await persistentInState()).filter((volume) => !volume['in-use']);
    expect(left.map(({ name }) => name).sort()).toEqual(named(['web-2'], PERSISTENT));
    expect(await livesOf(others)).toEqual(before);
  });

  it('that come back find the persistent volumes with what is in them, and the others empty', async () => {
    await converges(store('2.0', 2));
    const script = 'cat /v/data/note /v/archive/note; ls /v/scratch /v/fast | grep -c note';
    expect(await run('acme.store.web-2.main', script)).toBe('of-the-other\nof-the-other\n0');
    expect((await persistentInState()).every((volume) => volume['in-use'])).toBe(true);
  });
});

describe('an application that is removed', () => {
  it('leaves its persistent volumes, listed on the host, and nothing else', async () => {
    const gone = Object.fromEntries(Object.keys(store('2.0')).map((file) => [file, null]));
    await converges(gone);
    expect(await containersOf(OWNER)).toEqual([]);
    expect(await volumesOf(OWNER)).toEqual(named(['web-1', 'web-2'], PERSISTENT));
    const listed = await persistentInState();
    expect(listed.map(({ name }) => name).sort()).toEqual(named(['web-1', 'web-2'], PERSISTENT));
    expect(listed).toContainEqual({
      name: 'acme.store.web-1.archive',
      tenant: 'acme',
      application: 'store',
      'service-instance': 'web-1',
      size: '8MiB',
      'host-volume': 'ssd',
      'in-use': false,
    });
  });

  it('finds its data again when it returns', async () => {
    await converges(store('3.0', 1));
    const script = 'cat /v/data/note /v/archive/note; ls /v/scratch /v/fast | grep -c note';
    expect(await run(MAIN, script)).toBe('before-version\nbefore-version\n0');
  });
});
