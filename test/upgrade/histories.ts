import fc from 'fast-check';
import type {
  ApplicationSpec,
  ContainerSpec,
  ProbesSpec,
  ServiceSpec,
  UpgradeFromSpec,
} from '../../src/model/application-spec.ts';
import { container, IMAGE, service } from '../builders.ts';
import { BEHAVIOUR_VARIABLE, type Behaviour } from './behaviour.ts';

// What may happen to one application: commits, and whatever else befalls a host.

export type Happening =
  | { readonly kind: 'commit'; readonly spec: ApplicationSpec }
  /** The newest text with a few changes. */
  | { readonly kind: 'edit'; readonly changes: Changes }
  /** A text that was committed before; 1: the one before the newest. */
  | { readonly kind: 'revert'; readonly back: number }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'daemon-restarts' | 'engine-restarts' }
  | { readonly kind: 'crash' | 'kill' | 'remove' | 'hang' | 'instance-removed'; readonly which: number }
  | { readonly kind: 'unready'; readonly which: number; readonly ms: number }
  | { readonly kind: 'pulls-fail'; readonly times: number }
  | { readonly kind: 'calls-fail'; readonly method: FailingMethod; readonly times: number };

export interface Changes {
  /** undefined: the version stays. */
  readonly version: string | undefined;
  /** Of one service; undefined: nothing is changed in it. */
  readonly service:
    | { readonly which: number; readonly behaviour: Behaviour; readonly probes: ProbesSpec; readonly replicas: number }
    | undefined;
}

export type FailingMethod =
  | 'createContainer'
  | 'startContainer'
  | 'stopContainer'
  | 'removeContainer'
  | 'createMarker'
  | 'removeMarker'
  | 'createVolume';

/** A happening, and how much goes on afterwards. */
export interface Chapter {
  readonly happening: Happening;
  /** How often something goes on with a step under way. */
  readonly work: number;
}

export interface History {
  readonly seed: number;
  readonly first: ApplicationSpec;
  readonly chapters: readonly Chapter[];
}

export interface Wishes {
  readonly methods: readonly UpgradeFromSpec['method'][];
  readonly behaviours: readonly Behaviour[];
  readonly happenings: fc.Arbitrary<Happening>;
}

const SERVICES = ['web', 'db', 'job'];
const TCP = { tcp: { port: 80 } };
const PROBES: readonly ProbesSpec[] = [
  {},
  { readiness: TCP },
  { readiness: TCP },
  { startup: TCP },
  { liveness: TCP },
  { startup: TCP, readiness: TCP, liveness: TCP },
];

function containers(behaviours: readonly Behaviour[]): fc.Arbitrary<readonly ContainerSpec[]> {
  const main = fc.record({
    probes: fc.constantFrom(...PROBES),
    behaviour: fc.oneof({ weight: 2, arbitrary: fc.constant('well' as const) }, fc.constantFrom(...behaviours)),
    image: fc.constantFrom(IMAGE, IMAGE, 'shop:1', 'shop:2'),
    volumes: fc.subarray(['cache', 'data']),
  });
  const more = fc.constantFrom([], [], [container('side')]);
  return fc.tuple(main, more).map(([{ probes, behaviour, image, volumes }, others]) => [
    container('main', {
      ...(Object.keys(probes).length === 0 ? {} : { probes }),
      image,
      env: { [BEHAVIOUR_VARIABLE]: behaviour },
      mounts: volumes.map((name) => ({ 'volume-name': name, 'mount-path': `/${name}` })),
    }),
    ...others,
  ]);
}

function serviceSpecs(behaviours: readonly Behaviour[]): fc.Arbitrary<ServiceSpec[]> {
  const one = fc.record({
    name: fc.constantFrom(...SERVICES),
    replicas: fc.constantFrom(0, 1, 2, 2, 3, 3, 4),
    containers: containers(behaviours),
    failures: fc.constantFrom(undefined, undefined, undefined, 0, 1, 2, 4),
  });
  return fc
    .uniqueArray(one, { minLength: 1, maxLength: 3, selector: ({ name }) => name })
    .map((list) =>
      list.map(({ name, replicas, containers: own, failures }) => toService(name, { replicas, own, failures })),
    );
}

interface ServiceWish {
  readonly replicas: number;
  readonly own: readonly ContainerSpec[];
  readonly failures: number | undefined;
}

function toService(name: string, { replicas, own, failures }: ServiceWish): ServiceSpec {
  const mounted = own.flatMap(({ mounts = [] }) => mounts.map((mount) => mount['volume-name']));
  const initial = container('setup', { env: { FAILURES: String(failures) } });
  return service(name, {
    replicas,
    containers: [...own],
    volumes: mounted.map((volume) =>
      volume === 'data'
        ? { name: volume, 'persistent-volume': { size: '1MB' } }
        : { name: volume, 'ephemeral-volume': { size: '1MB' } },
    ),
    ...(failures === undefined ? {} : { 'init-containers': [initial] }),
  });
}

/** The text with these changes. */
export function edited(spec: ApplicationSpec, { version, service: changed }: Changes): ApplicationSpec {
  const services = spec.services.map((one, index) =>
    changed === undefined || changed.which % spec.services.length !== index ? one : editedService(one, changed),
  );
  return { ...spec, services, ...(version === undefined ? {} : { version }) };
}

function editedService(
  one: ServiceSpec,
  { behaviour, probes, replicas }: NonNullable<Changes['service']>,
): ServiceSpec {
  const [main, ...others] = one.containers ?? [];
  if (main === undefined) return one;
  return { ...one, replicas, containers: [{ ...main, probes, env: { [BEHAVIOUR_VARIABLE]: behaviour } }, ...others] };
}

function edits({ behaviours }: Wishes): fc.Arbitrary<Happening> {
  const changed = fc.record({
    which: fc.nat({ max: 2 }),
    behaviour: fc.oneof(fc.constant('well' as const), fc.constantFrom(...behaviours)),
    probes: fc.constantFrom(...PROBES),
    replicas: fc.constantFrom(1, 2, 3, 4),
  });
  const changes = fc.record({
    version: fc.constantFrom(undefined, '1.0', '1.1', '2.0', '2.1'),
    service: fc.option(changed, { nil: undefined }),
  });
  return changes.map((one) => ({ kind: 'edit', changes: one }));
}

function upgradesFrom(methods: readonly UpgradeFromSpec['method'][]): fc.Arbitrary<readonly UpgradeFromSpec[]> {
  const batches = fc.record({
    name: fc.constantFrom(...SERVICES),
    'instances-in-parallel': fc.constantFrom(1, 1, 2, 3),
    'healthy-time': fc.constantFrom('0s', '10s', '60s'),
  });
  const entry = fc.record({
    'version-regexp': fc.constantFrom('', '', '', '.', '^1', '^2', '^$', '^9'),
    method: fc.constantFrom(...methods),
    services: fc.uniqueArray(batches, { maxLength: 3, selector: ({ name }) => name }),
    'progress-deadline': fc.constantFrom('1m', '5m'),
    'on-failure': fc.constantFrom('stop' as const, 'rollback' as const),
  });
  return fc.array(entry, { minLength: 0, maxLength: 2, size: 'max' });
}

const VERSIONS = ['1.0', '1.1', '2.0', '2.1', undefined];

export function specs({ methods, behaviours }: Wishes): fc.Arbitrary<ApplicationSpec> {
  return fc
    .record({
      version: fc.constantFrom(...VERSIONS),
      services: serviceSpecs(behaviours),
      upgrades: upgradesFrom(methods),
    })
    .map(({ version, services, upgrades }) => {
      const names = services.map(({ name }) => name);
      const entries = upgrades.map((entry) => toEntry(entry, names));
      return { name: 'shop', services, 'upgrade-from': entries, ...(version === undefined ? {} : { version }) };
    });
}

/** Only services that exist are listed. */
function toEntry({ services = [], ...entry }: UpgradeFromSpec, names: readonly string[]): UpgradeFromSpec {
  if (entry.method === 'stop-and-restart') return entry;
  return { ...entry, services: services.filter(({ name }) => names.includes(name)) };
}

const which = fc.nat({ max: 60 });

export const TIME: fc.Arbitrary<Happening> = fc
  .constantFrom(500, 3_000, 11_000, 30_000, 61_000, 400_000)
  .map((ms) => ({ kind: 'time', ms }));
export const DAEMON_RESTARTS: fc.Arbitrary<Happening> = fc.constant({ kind: 'daemon-restarts' });
export const ENGINE_RESTARTS: fc.Arbitrary<Happening> = fc.constant({ kind: 'engine-restarts' });
export const ENDS: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constantFrom(
    'crash' as const,
    'kill' as const,
    'remove' as const,
    'hang' as const,
    'instance-removed' as const,
  ),
  which,
});
export const UNREADY: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('unready' as const),
  which,
  ms: fc.constantFrom(1_000, 8_000, 40_000, 700_000),
});
export const FAILING_CALLS: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant('pulls-fail' as const), times: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    kind: fc.constant('calls-fail' as const),
    method: fc.constantFrom<FailingMethod>(
      ...(['createContainer', 'startContainer', 'stopContainer', 'removeContainer'] as const),
      ...(['createMarker', 'removeMarker', 'createVolume'] as const),
    ),
    times: fc.integer({ min: 1, max: 4 }),
  }),
);

export function histories(wishes: Wishes): fc.Arbitrary<History> {
  const commit = specs(wishes).map((spec): Happening => ({ kind: 'commit', spec }));
  const revert = fc.integer({ min: 1, max: 3 }).map((back): Happening => ({ kind: 'revert', back }));
  const commits = fc.oneof(commit, { weight: 2, arbitrary: edits(wishes) }, revert);
  const chapter = fc.record({
    happening: fc.oneof({ weight: 2, arbitrary: commits }, { weight: 3, arbitrary: wishes.happenings }),
    work: fc.constantFrom(0, 1, 3, 10, 30, 100),
  });
  return fc.record({
    seed: fc.nat(),
    first: specs(wishes),
    chapters: fc.array(chapter, { minLength: 2, maxLength: 12, size: 'max' }),
  });
}
