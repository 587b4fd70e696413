import type { ApplicationSpec, ContainerSpec, ServiceSpec, UpgradeFromSpec } from '../../src/model/application-spec.ts';
import { application, container, service } from '../builders.ts';

// What people change in a repository, kind by kind.

export type Specs = readonly ApplicationSpec[];

/** `which`: picks what is changed. */
type Change = (specs: Specs, which: number) => Specs;

const SHARED = { 'shared-application-network': 'backbone' };

const IN_BATCHES: UpgradeFromSpec = {
  'version-regexp': '.',
  method: 'per-service',
  services: [
    { name: 'web', 'instances-in-parallel': 2, 'healthy-time': '30s' },
    { name: 'db', 'healthy-time': '10s' },
  ],
};

const READY_LATE = { startup: probe({ 'initial-delay': '4s' }), readiness: probe({ 'success-threshold': 3 }) };

function probe(fields: Readonly<Record<string, string | number>>) {
  return { exec: { cmd: ['ask'] }, period: '2s', ...fields };
}

const mount = (name: string) => ({ 'volume-name': name, 'mount-path': `/${name}` });
const files = (text: string) => ({ name: 'files', 'config-map': { items: [{ name: 'a.conf', data: text }] } });

/** An application with something of everything, upgraded in batches; one without any rule; one that is stopped first. */
export const FIRST: Specs = [
  application('shop', {
    'upgrade-from': [IN_BATCHES],
    services: [
      service('web', {
        replicas: 3,
        volumes: [{ name: 'cache', 'ephemeral-volume': { size: '1MB' } }, files('one')],
        'init-containers': [container('fetch'), container('unpack')],
        containers: [
          container('main', {
            image: 'web:1',
            mounts: [mount('cache'), mount('files')],
            'on-mounted-file-change': { cmd: ['reload'] },
            probes: READY_LATE,
          }),
          container('side'),
        ],
      }),
      service('db', {
        volumes: [{ name: 'data', 'persistent-volume': { size: '1MB' } }],
        containers: [
          container('main', {
            mounts: [mount('data')],
            probes: { liveness: probe({}), readiness: probe({ 'initial-delay': '5s' }) },
          }),
        ],
      }),
    ],
  }),
  application('till', {
    network: SHARED,
    services: [
      service('web', {
        replicas: 2,
        'delayed-shutdown': { timeout: '1m', 'max-number-of-instances': 50 },
        volumes: [files('one')],
        containers: [
          container('main', { mounts: [mount('files')], 'delayed-shutdown-cmd': ['leave'], probes: READY_LATE }),
          container('side'),
        ],
      }),
      service('job', {
        'delayed-shutdown': { timeout: '20s', 'max-number-of-instances': 50 },
        containers: [container('main', { image: 'job:1', 'image-pull': 'always' })],
      }),
    ],
  }),
  application('scale', {
    network: SHARED,
    'upgrade-from': [{ 'version-regexp': '', method: 'stop-and-restart' }],
    services: [
      service('web', {
        replicas: 2,
        containers: [container('main', { image: 'scale:1', 'container-log-archive': true, memory: '64MiB' })],
      }),
    ],
  }),
];

/** Another value each time, so that a change is one. */
const next = (text: string | undefined) => String(Number(/\d+$/.exec(text ?? '')?.[0] ?? 0) + 1);

function inApplication(change: (spec: ApplicationSpec, which: number) => ApplicationSpec): Change {
  return (specs, which) =>
    specs.map((spec, index) =>
      index === which % specs.length ? change(spec, Math.floor(which / specs.length)) : spec,
    );
}

function inService(change: (one: ServiceSpec) => ServiceSpec): Change {
  return inApplication((spec, which) => ({
    ...spec,
    services: spec.services.map((one, index) => (index === which % spec.services.length ? change(one) : one)),
  }));
}

function inContainer(change: (one: ContainerSpec) => ContainerSpec): Change {
  return inService(({ containers = [], ...rest }) => {
    const [main, ...others] = containers;
    return { ...rest, containers: main === undefined ? [] : [change(main), ...others] };
  });
}

function inVolume(name: string, change: Readonly<Record<string, object>>): Change {
  return inService((one) => ({
    ...one,
    volumes: [...(one.volumes ?? []).filter((volume) => volume.name !== name), { name, ...change }],
    containers: (one.containers ?? []).map((each) => ({
      ...each,
      mounts: [...(each.mounts ?? []).filter((one) => one['volume-name'] !== name), mount(name)],
    })),
  }));
}

function without<T extends object>(thing: T, key: keyof T): T {
  const rest = { ...thing };
  Reflect.deleteProperty(rest, key);
  return rest;
}

export const CHANGES = {
  'a new application': (specs) => [
    ...specs,
    application(`more-${specs.length}`, { services: [service('web', { replicas: 2 })] }),
  ],
  'an application that goes': (specs, which) => specs.filter((_, index) => index !== which % Math.max(1, specs.length)),
  'a new version': inApplication((spec) => ({ ...spec, version: `${next(spec.version?.split('.')[0])}.0` })),
  'a new version with a new image': inApplication((spec) => ({
    ...spec,
    version: `${next(spec.version?.split('.')[0])}.0`,
    services: spec.services.map((one) => ({
      ...one,
      containers: (one.containers ?? []).map((each) => ({ ...each, image: `app:${next(each.image)}` })),
    })),
  })),
  'another text of the same version': inContainer((one) => ({ ...one, env: { X: next(one.env?.['X']) } })),
  'another image': inContainer((one) => ({ ...one, image: `app:${next(one.image)}` })),
  'an image that is always pulled': inContainer((one) => ({ ...one, image: 'app:latest', 'image-pull': 'always' })),
  'more replicas': inService((one) => ({ ...one, replicas: (one.replicas ?? 1) + 2 })),
  'fewer replicas': inService((one) => ({ ...one, replicas: Math.max(0, (one.replicas ?? 1) - 1) })),
  'a new service': inApplication((spec) => ({
    ...spec,
    services: [...spec.services, service(`more-${spec.services.length}`)],
  })),
  'a service that goes': inApplication((spec, which) =>
    spec.services.length === 1
      ? spec
      : { ...spec, services: spec.services.filter((_, index) => index !== which % spec.services.length) },
  ),
  'another file in a config map': inService((one) => ({
    ...one,
    volumes: (one.volumes ?? []).map((volume) => (volume.name === 'files' ? files(next(undefined)) : volume)),
  })),
  'a new config map': inVolume('settings', { 'config-map': { items: [{ name: 'b.conf', data: 'two' }] } }),
  'a persistent volume for an ephemeral one': inVolume('cache', { 'persistent-volume': { size: '1MB' } }),
  'an ephemeral volume for a config map': inVolume('files', { 'ephemeral-volume': { size: '1MB' } }),
  'a volume that goes': inService((one) => ({
    ...without(one, 'volumes'),
    containers: (one.containers ?? []).map((each) => without(each, 'mounts')),
  })),
  'a new init container': inService((one) => ({ ...one, 'init-containers': [container('prepare')] })),
  'other probes': inContainer((one) => ({ ...one, probes: { readiness: probe({ 'initial-delay': '7s' }) } })),
  'no probes': inContainer((one) => without(one, 'probes')),
  'another memory limit': inContainer((one) => ({ ...one, memory: `${next(one.memory?.replace('MiB', ''))}MiB` })),
  'a delayed shutdown': inService((one) => ({
    ...one,
    'delayed-shutdown': { timeout: '30s', 'max-number-of-instances': 50 },
  })),
  'no delayed shutdown': inService((one) => without(one, 'delayed-shutdown')),
  'another network': inApplication((spec) =>
    spec.network === undefined ? { ...spec, network: SHARED } : without(spec, 'network'),
  ),
  'other rules of upgrades': inApplication((spec) => ({
    ...spec,
    'upgrade-from': spec['upgrade-from'] === undefined ? [{ 'version-regexp': '.', method: 'per-service' }] : [],
  })),
  'a log that is kept': inContainer((one) => ({ ...one, 'container-log-archive': true })),
  'a label and nothing else': inApplication((spec) => ({ ...spec, labels: { team: next(spec.labels?.['team']) } })),
  'nothing at all': (specs) => specs,
} as const satisfies Readonly<Record<string, Change>>;

export type ChangeName = keyof typeof CHANGES;
export const CHANGE_NAMES = Object.keys(CHANGES) as readonly ChangeName[];

/** The specifications after this change; as they are where there is nothing to change. */
export function after(specs: Specs, change: ChangeName, which: number): Specs {
  const apply: Change = CHANGES[change];
  return specs.length === 0 && change !== 'a new application' ? specs : apply(specs, which);
}
