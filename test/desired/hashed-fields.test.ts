import { describe, expect, it } from 'vitest';
import { desiredSite } from '../../src/desired/site.ts';
import type { ContainerSpec, InitContainerSpec, ServiceSpec, VolumeSpec } from '../../src/model/application-spec.ts';
import type { DesiredApplication } from '../../src/model/desired.ts';
import { application, desire, resolved, siteContext, siteHost } from '../builders.ts';

const HOST = siteHost({
  devices: ['rtc', 'serial'].map((label) => ({ path: `/dev/${label}`, deviceLabels: [label] })),
  gpus: ['first', 'second'].map((label) => ({ id: `GPU-${label}`, labels: [label], properties: {} })),
  volumes: ['slow', 'fast'].map((label) => ({ name: label, path: `/mnt/${label}`, labels: { [label]: 'yes' } })),
});

/** Every field that a container and an init container share and that is carried out. */
const SHARED: Omit<InitContainerSpec, 'name'> = {
  image: 'registry.example.com/db:3.2',
  'image-pull': 'always',
  entrypoint: ['/bin/db'],
  cmd: ['-s', '${COLOUR}'],
  env: { A: '1' },
  user: '1000:1000',
  memory: '64 MiB',
  cpus: 0.5,
  'cpu-shares': 512,
  'shutdown-timeout': '30s',
  'no-builtin-init': true,
  mounts: [
    { 'volume-name': 'cache', 'mount-path': '/cache' },
    { 'volume-name': 'config', files: [{ name: 'a', 'mount-path': '/etc/a' }], mode: 'read-only' },
  ],
  'additional-capabilities': ['NET_ADMIN'],
  devices: { 'device-labels': ['rtc'] },
  'container-layer-size': '10 MiB',
  'container-log-size': '100 MB',
  security: { selinux: { disabled: true } },
  gpu: { labels: ['first'], 'nvidia-driver-capabilities': 'compute' },
};

const MAIN: ContainerSpec = {
  name: 'main',
  ...SHARED,
  ports: [{ 'container-port': 80, 'host-port': 8080, 'host-ip': '127.0.0.1' }],
  'on-mounted-file-change': { cmd: ['reload'] },
  probes: { readiness: { tcp: { port: 80 } } },
};

const SETUP: InitContainerSpec = { name: 'setup', ...SHARED };

function disk(fields: object): VolumeSpec {
  return { name: 'cache', 'ephemeral-volume': { size: '1GB', 'file-mode': '770', 'file-ownership': '1:2', ...fields } };
}

function files(fields: object): VolumeSpec {
  return { name: 'config', 'config-map': { items: [{ name: 'a', data: 'x', ...fields }] } };
}

const SERVICE: ServiceSpec = {
  name: 'web',
  volumes: [disk({}), files({})],
  variables: [{ name: 'COLOUR', value: 'green' }],
  'share-pid-namespace': true,
  'init-containers': [SETUP],
  containers: [MAIN, { name: 'side', image: 'side:1' }],
};

function desired(changes: Partial<ServiceSpec> = {}): DesiredApplication {
  const spec = application('shop', { services: [{ ...SERVICE, ...changes }] });
  return desire([spec], { host: HOST }).applications['acme.shop']!;
}

function main(changes: Partial<ContainerSpec>): DesiredApplication {
  return desired({ containers: [{ ...MAIN, ...changes }, ...SERVICE.containers!.slice(1)] });
}

function hashes(of: DesiredApplication): Map<string, string> {
  const { sandbox, initContainers, containers } = of.instances[0]!;
  return new Map(
    [sandbox, ...initContainers, ...containers].map((one) => [one.container || 'sandbox', one.configHash]),
  );
}

/** The containers that have to be made anew. */
function changed(now: DesiredApplication): readonly string[] {
  const before = hashes(desired());
  return [...hashes(now)].flatMap(([name, hash]) => (before.get(name) === hash ? [] : [name]));
}

describe('the config-hash of an instance with everything', () => {
  it('never changes from release to release', () => {
    const { volumes, files: contents } = desired().instances[0]!;
    // GOLDEN: a change here restarts containers in the field and writes all files anew.
    expect(Object.fromEntries(hashes(desired()))).toEqual({
      sandbox: '1:b2bf7520bfa90d964c509b337502f1ea',
      setup: '1:7cf88276cdf04b6713def5a003c5ea07',
      main: '1:1e0c4c8ee7d8d8bed20ec8fa8ae8de53',
      side: '1:13b1e7af85308333098a0fa6b4c17fd3',
    });
    expect(volumes.map(({ configHash }) => configHash)).toEqual([
      '1:1a204a26a0f419af9b46d0e0adc93440',
      '1:db3d6a0bfc50dba39049c2dce4fc5d76',
    ]);
    expect(contents.map(({ generation }) => generation)).toEqual(['..a518e8db0e93bf1436579f0128554503']);
  });

  it.each<[string, Partial<ContainerSpec>]>([
    ['the image', { image: 'db:4' }],
    ['the entrypoint', { entrypoint: ['/bin/other'] }],
    ['the command', { cmd: [] }],
    ['the environment', { env: { A: '2' } }],
    ['the user', { user: '2' }],
    ['the memory limit', { memory: '65 MiB' }],
    ['the share of processors', { cpus: 0.6 }],
    ['the weight', { 'cpu-shares': 513 }],
    ['the time to shut down', { 'shutdown-timeout': '31s' }],
    ['the capabilities', { 'additional-capabilities': ['SYS_TIME'] }],
    ['the devices', { devices: { 'device-labels': ['serial'] } }],
    ['the size of the layer', { 'container-layer-size': '11 MiB' }],
    ['the size of the log', { 'container-log-size': '101 MB' }],
    ['a log that outlives it', { 'container-log-archive': true }],
    ['how long its log outlives it', { 'container-log-archive': true, 'container-log-max-days': 14 }],
    ['a log that is not kept', { 'container-log-size': '0B' }],
    ['the mechanism that is off', { security: { apparmor: { disabled: true } } }],
    ['the GPUs', { gpu: { ...MAIN.gpu, labels: ['second'] } }],
    ['the capabilities of the GPU', { gpu: { ...MAIN.gpu, 'nvidia-driver-capabilities': 'video' } }],
    ['the path of a mount', { mounts: [{ 'volume-name': 'cache', 'mount-path': '/other' }] }],
    ['the volume of a mount', { mounts: [{ 'volume-name': 'config', 'mount-path': '/cache' }] }],
    ['the mode of a mount', { mounts: [{ ...MAIN.mounts![0]!, mode: 'read-only' }, MAIN.mounts![1]!] }],
    [
      'the path of a single file',
      { mounts: [MAIN.mounts![0]!, { ...MAIN.mounts![1]!, files: [{ name: 'a', 'mount-path': '/etc/b' }] }] },
    ],
  ])('changes for that container alone with %s', (_what, fields) => {
    expect(changed(main(fields))).toEqual(['main']);
  });

  it.each<[string, Partial<ContainerSpec>]>([
    ['a port of the host', { ports: [{ 'container-port': 80, 'host-port': 8081, 'host-ip': '127.0.0.1' }] }],
    ['an address of the host', { ports: [{ 'container-port': 80, 'host-port': 8080, 'host-ip': '127.0.0.2' }] }],
    ['a port of a container', { ports: [{ 'container-port': 81, 'host-port': 8080, 'host-ip': '127.0.0.1' }] }],
    ['a protocol', { ports: [{ ...MAIN.ports![0]!, protocol: 'udp' }] }],
    ['no port', { ports: [] }],
  ])('changes for the sandbox, so for the whole instance, with %s', (_what, fields) => {
    expect(changed(main(fields))).toEqual(['sandbox']);
  });

  it.each<[string, Partial<ServiceSpec>, readonly string[]]>([
    ['a volume more', { volumes: [...SERVICE.volumes!, { ...disk({}), name: 'new' }] }, ['sandbox']],
    ['the mode of a volume', { volumes: [disk({ 'file-mode': '700' }), files({})] }, ['sandbox']],
    ['the owner of a volume', { volumes: [disk({ 'file-ownership': '1:3' }), files({})] }, ['sandbox']],
    ['an init container', { 'init-containers': [{ ...SETUP, user: '2' }] }, ['sandbox', 'setup']],
    ['no init container', { 'init-containers': [] }, ['sandbox']],
    [
      'a variable, for those that refer to it',
      { variables: [{ name: 'COLOUR', value: 'red' }] },
      ['sandbox', 'setup', 'main'],
    ],
    ['the PID namespace', { 'share-pid-namespace': false }, ['sandbox', 'setup', 'main', 'side']],
  ])('changes with %s', (_what, fields, names) => {
    expect(changed(desired(fields))).toEqual(names);
  });

  it('changes with the init process', () => {
    const apart = { ...SERVICE, 'share-pid-namespace': false };
    const hashWith = (fields: Partial<ContainerSpec>) =>
      hashes(desired({ ...apart, containers: [{ ...MAIN, ...fields }] })).get('main');
    expect(hashWith({ 'no-builtin-init': false })).not.toBe(hashWith({}));
  });

  it.each<[string, DesiredApplication]>([
    ['a probe', main({ probes: { readiness: { tcp: { port: 81 } } } })],
    ['no probe', main({ probes: {} })],
    ['what follows a changed file', main({ 'on-mounted-file-change': { restart: true } })],
    ['when the image is pulled', main({ 'image-pull': 'when-absent' })],
    ['a delayed shutdown', desired({ 'delayed-shutdown': { timeout: '30m' } })],
    ['what asks it to shut down', main({ 'delayed-shutdown-cmd': ['leave'] })],
    ['the content of a file', desired({ volumes: [disk({}), files({ data: 'y' })] })],
    ['the mode of a file', desired({ volumes: [disk({}), files({ 'file-mode': '600' })] })],
    ['the owner of a file', desired({ volumes: [disk({}), files({ 'file-ownership': '1:1' })] })],
    ['the size of a volume', desired({ volumes: [disk({ size: '2GB' }), files({})] })],
    ['where a volume lies', desired({ volumes: [disk({ 'match-volume-labels': 'fast' }), files({})] })],
  ])('does not change with %s, but earlier failures of the application are forgotten', (_what, now) => {
    expect(changed(now)).toEqual([]);
    expect(now.hash).not.toBe(desired().hash);
  });

  it('does not change with the sandbox image: a newer Fairlead brings its own and restarts nothing', () => {
    const spec = application('shop', { services: [SERVICE] });
    const of = (sandboxImage: string) =>
      desiredSite(resolved([spec]), siteContext({ host: HOST, sandboxImage })).applications['acme.shop']!;
    expect(of('fairlead/sandbox:newer').instances[0]!.sandbox.image).toBe('fairlead/sandbox:newer');
    expect(changed(of('fairlead/sandbox:newer'))).toEqual([]);
    expect(of('fairlead/sandbox:newer').hash).toBe(of('fairlead/sandbox:older').hash);
  });

  it('is that of a container without the new fields where they are at their defaults', () => {
    const plain: ServiceSpec = { name: 'web', containers: [{ name: 'main', image: 'x:1' }] };
    const defaults: ServiceSpec = {
      ...plain,
      volumes: [],
      variables: [],
      'share-pid-namespace': false,
      'init-containers': [],
      containers: [
        {
          ...plain.containers![0]!,
          'additional-capabilities': [],
          devices: {},
          security: { apparmor: { disabled: false } },
          mounts: [],
          ports: [],
          'shutdown-timeout': '10s',
          'no-builtin-init': false,
        },
      ],
    };
    const of = (spec: ServiceSpec) =>
      hashes(desire([application('shop', { services: [spec] })]).applications['acme.shop']!);
    expect(of(defaults)).toEqual(of(plain));
  });
});

describe('the hash of an application', () => {
  it('changes when its host can no longer take an instance, and with the reason', () => {
    const of = (host: typeof HOST) => desire([application('shop', { services: [SERVICE] })], { host }).applications;
    const noGpus = of({ ...HOST, gpus: [] })['acme.shop']!.hash;
    expect(noGpus).not.toBe(desired().hash);
    expect(of({ ...HOST, devices: [] })['acme.shop']!.hash).not.toBe(noGpus);
  });

  it('stays when nothing that is done for it changes', () => {
    expect(desired().hash).toBe(desired().hash);
    const labelled = desire([application('shop', { labels: { a: 'b' }, services: [SERVICE] })], { host: HOST });
    expect(labelled.applications['acme.shop']!.hash).toBe(desired().hash);
  });
});
