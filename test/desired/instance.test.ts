import { describe, expect, it } from 'vitest';
import type { ServiceSpec, VolumeSpec } from '../../src/model/application-spec.ts';
import type { DesiredInstance } from '../../src/model/desired.ts';
import type { SiteHost } from '../../src/model/site-host.ts';
import { application, container, desire, service, siteHost } from '../builders.ts';

function instance(fields: Partial<ServiceSpec>, host?: SiteHost): DesiredInstance {
  const site = desire([application('shop', { services: [service('web', fields)] })], host && { host });
  return site.applications['acme.shop']!.instances[0]!;
}

const CONFIG: VolumeSpec = {
  name: 'config',
  'config-map': {
    items: [
      { name: 'b.conf', data: 'b', 'file-mode': '0440', 'file-ownership': '100:200' },
      { name: 'a.conf', data: 'a' },
    ],
  },
};

describe('the volumes of an instance', () => {
  it('are named after the instance, of their kinds, in the order of the specification', () => {
    const { volumes } = instance({
      volumes: [
        { name: 'cache', 'ephemeral-volume': { size: '1 KiB' } },
        CONFIG,
        { name: 'db', 'persistent-volume': { size: '2kB' } },
      ],
    });
    expect(volumes.map(({ name, volume, kind, sizeBytes }) => [name, volume, kind, sizeBytes])).toEqual([
      ['acme.shop.web-1.cache', 'cache', 'ephemeral', 1024],
      ['acme.shop.web-1.config', 'config', 'files', 0],
      ['acme.shop.web-1.db', 'db', 'persistent', 2000],
    ]);
  });

  it('lie on the volume of the host that their labels match', () => {
    const host = siteHost({ volumes: [{ name: 'nvme', path: '/mnt/nvme', labels: { fast: 'yes' } }] });
    const { volumes } = instance(
      {
        volumes: [
          { name: 'db', 'persistent-volume': { size: '1GB', 'match-volume-labels': 'fast' } },
          { name: 'tmp', 'ephemeral-volume': { size: '1GB', medium: 'memory' } },
          CONFIG,
        ],
      },
      host,
    );
    expect(volumes.map(({ volume, hostVolume, hostPath }) => [volume, hostVolume, hostPath])).toEqual([
      ['db', 'nvme', '/mnt/nvme'],
      ['tmp', '', ''],
      ['config', '', ''],
    ]);
  });

  it('in memory are told mode and owner when they are made', () => {
    const memory = { size: '1MB', medium: 'memory' as const, 'file-mode': '0770', 'file-ownership': '1000:100' };
    const { volumes, sandbox } = instance({ volumes: [{ name: 'tmp', 'ephemeral-volume': memory }] });
    expect(volumes[0]).toMatchObject({ medium: 'memory', mode: 0o770, uid: 1000, gid: 100 });
    expect(sandbox.prepare).toEqual([]);
  });

  it('on disk get mode and owner through the sandbox, and are left to the engine where none is named', () => {
    const { volumes, sandbox } = instance({
      volumes: [
        { name: 'plain', 'ephemeral-volume': { size: '1GB' } },
        { name: 'moded', 'ephemeral-volume': { size: '1GB', 'file-mode': '1777' } },
        { name: 'owned', 'persistent-volume': { size: '1GB', 'file-ownership': '1000:100' } },
      ],
    });
    expect(volumes.map(({ mode }) => mode)).toEqual([undefined, undefined, undefined]);
    expect(sandbox.prepare).toEqual([
      { kind: 'directory', path: '/volumes/moded', mode: 0o1777, uid: 0, gid: 0 },
      { kind: 'directory', path: '/volumes/owned', mode: 0o755, uid: 1000, gid: 100 },
    ]);
  });

  it('are all mounted in the sandbox, to be written to', () => {
    const { sandbox } = instance({ volumes: [CONFIG, { name: 'cache', 'ephemeral-volume': { size: '1GB' } }] });
    expect(sandbox.mounts).toEqual([
      { volume: 'acme.shop.web-1.config', path: '/files/config', readOnly: false },
      { volume: 'acme.shop.web-1.cache', path: '/volumes/cache', readOnly: false },
    ]);
  });
});

describe('the files of a config map', () => {
  it('are root’s and readable where nothing else is said, sorted, in a folder named by their hash', () => {
    const [files] = instance({ volumes: [CONFIG] }).files;
    expect(files).toEqual({
      volume: 'config',
      directory: '/files/config',
      generation: expect.stringMatching(/^\.\.[0-9a-f]{32}$/) as string,
      files: [
        { name: 'a.conf', data: 'a', mode: 0o644, uid: 0, gid: 0 },
        { name: 'b.conf', data: 'b', mode: 0o440, uid: 100, gid: 200 },
      ],
    });
  });

  it.each([
    ['its content', { name: 'a', data: '2' }],
    ['its name', { name: 'b', data: '1' }],
    ['its mode', { name: 'a', data: '1', 'file-mode': '600' }],
    ['its owner', { name: 'a', data: '1', 'file-ownership': '1:1' }],
  ])('have another generation when a file changes %s', (_what, item) => {
    const generation = (one: typeof item) =>
      instance({ volumes: [{ name: 'config', 'config-map': { items: [one] } }] }).files[0]!.generation;
    expect(generation(item)).not.toBe(generation({ name: 'a', data: '1' }));
  });

  it('expand variables; those of one container are empty, for the containers share them', () => {
    const data = '${COLOUR} on ${SYS_SERVICE_INSTANCE} in <${SYS_CONTAINER}>, not $${COLOUR}';
    const { files } = instance({
      variables: [{ name: 'COLOUR', value: 'green' }],
      volumes: [{ name: 'config', 'config-map': { items: [{ name: 'a', data }] } }],
    });
    expect(files[0]!.files[0]!.data).toBe('green on web-1 in <>, not ${COLOUR}');
  });
});

describe('the sandbox of an instance', () => {
  it('opens the ports of all its containers, sorted', () => {
    const { sandbox, containers } = instance({
      containers: [
        container('a', { ports: [{ 'container-port': 8080, 'host-port': 80, 'host-ip': '127.0.0.1' }] }),
        container('b', {
          ports: [
            { 'container-port': 53, protocol: 'udp', 'host-ip': '0.0.0.0' },
            { 'container-port': 53, 'host-port': 53 },
          ],
        }),
      ],
    });
    expect(sandbox.ports).toEqual([
      { containerPort: 53, protocol: 'tcp', hostPort: 53, hostIp: '' },
      { containerPort: 53, protocol: 'udp', hostPort: undefined, hostIp: '' },
      { containerPort: 8080, protocol: 'tcp', hostPort: 80, hostIp: '127.0.0.1' },
    ]);
    expect(containers.flatMap(({ ports }) => ports)).toEqual([]);
  });

  it('has the processes of the others with share-pid-namespace, and then it reaps in their place', () => {
    const init = { name: 'setup', image: 'x:1' };
    const { sandbox, initContainers, containers } = instance({
      'share-pid-namespace': true,
      'init-containers': [init],
    });
    expect([...initContainers, ...containers].map((one) => [one.pid, one.init])).toEqual([
      ['sandbox', false],
      ['sandbox', false],
    ]);
    expect(sandbox.pid).toBe('own');
    expect(instance({}).containers.map((one) => [one.pid, one.init])).toEqual([['own', true]]);
  });
});

describe('the init containers of an instance', () => {
  it('stand in order, and no engine starts them again', () => {
    const init = (name: string) => ({ name, image: 'x:1', env: { ME: '${SYS_CONTAINER}' } });
    const { initContainers } = instance({ 'init-containers': [init('one'), init('two')] });
    expect(initContainers.map(({ name, role, restart, env }) => [name, role, restart, env['ME']])).toEqual([
      ['acme.shop.web-1.one', 'init-container', 'no', 'one'],
      ['acme.shop.web-1.two', 'init-container', 'no', 'two'],
    ]);
  });
});
