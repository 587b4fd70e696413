import type { ApplicationSpec, ServiceSpec } from '../../src/model/application-spec.ts';
import { application, container, service } from '../builders.ts';
import type { Commits, Documents } from './reviewed.ts';

// Twenty kinds of change and some more. What each leads to stands in golden/.

export interface Change extends Commits {
  /** Of its golden text. */
  readonly name: string;
  /** A sentence: what `fairlead plan` says of it. */
  readonly says: string;
}

const APPLICATION = 'tenants/acme/applications/shop.json';
const DEPLOYMENT = 'tenants/acme/application-deployments/shop.json';
const ALL_SITES = { name: 'shop', application: 'shop', placement: { 'all-sites': {} } };

/** An application and its deployment, in any tenant. */
function deployed(spec: ApplicationSpec, tenant = 'acme'): Documents {
  const { name } = spec;
  return {
    [`tenants/${tenant}/applications/${name}.json`]: spec,
    [`tenants/${tenant}/application-deployments/${name}.json`]: {
      ...ALL_SITES,
      name,
      application: name,
    },
  };
}

const gone = (spec: ApplicationSpec, tenant?: string): Documents =>
  Object.fromEntries(Object.keys(deployed(spec, tenant)).map((file) => [file, null]));

/** The application `shop` under two texts. */
function shop(before: ApplicationSpec, after: ApplicationSpec): Commits {
  return { before: [deployed(before)], change: { [APPLICATION]: after } };
}

const withServices = (...services: readonly ServiceSpec[]) => application('shop', { services: [...services] });

/** The service `web` under two texts, in one version. */
const web = (before: Partial<ServiceSpec>, after: Partial<ServiceSpec>) =>
  shop(withServices(service('web', before)), withServices(service('web', after)));

/** Its container under two texts. */
const main = (before: Parameters<typeof container>[1], after: Parameters<typeof container>[1]) =>
  web({ containers: [container('main', before)] }, { containers: [container('main', after)] });

const upgrade = (version: string, from?: NonNullable<ApplicationSpec['upgrade-from']>[number]) =>
  application('shop', {
    version,
    services: [service('web', { replicas: 2 })],
    ...(from === undefined ? {} : { 'upgrade-from': [from] }),
  });

const PER_SERVICE = {
  'version-regexp': '^1\\.',
  method: 'per-service' as const,
  services: [{ name: 'web', 'instances-in-parallel': 1, 'healthy-time': '30s' }],
  'on-failure': 'rollback' as const,
};
const ALL_AT_ONCE = { 'version-regexp': '.', method: 'stop-and-restart' as const };

const configured = (data: string, onChange: object = {}) => ({
  volumes: [{ name: 'conf', 'config-map': { items: [{ name: 'app.conf', data }] } }],
  containers: [container('main', { mounts: [{ 'volume-name': 'conf', 'mount-path': '/etc/app' }], ...onChange })],
});
const TOLD = { 'on-mounted-file-change': { cmd: ['reload'] } };

const storing = (volumes: NonNullable<ServiceSpec['volumes']>) => ({
  volumes,
  containers: [
    container('main', { mounts: volumes.map(({ name }) => ({ 'volume-name': name, 'mount-path': `/${name}` })) }),
  ],
});
const LIMITED = { replicas: 2, containers: [container('main', { memory: '64MiB' })] };
const DATA = { name: 'data', 'persistent-volume': { size: '1GB' } };
const CACHE = { name: 'cache', 'ephemeral-volume': { size: '1GB' } };

const site = (name: string, stage: string) => ({ name, labels: { stage }, hosts: [{ name: `${name}-1` }] });
const WITH_WINDOW = {
  ...site('berlin', 'test'),
  'application-upgrade-windows': [
    { 'days-of-week': 'Sunday', 'start-time': '02:00', duration: '1h', timezone: 'Europe/Berlin' },
  ],
};
const SITES = { 'sites/berlin.json': site('berlin', 'test'), 'sites/paris.json': site('paris', 'production') };
const placedAt = (stage: string) => ({
  [DEPLOYMENT]: { ...ALL_SITES, placement: { 'match-site-labels': `stage = ${stage}` } },
});

const MANY = ['a', 'b', 'c', 'd', 'e'].map((name) => application(name));
const MANY_DEPLOYED = Object.assign({}, ...MANY.map((one) => deployed(one))) as Documents;
const MOST_GONE = Object.assign({}, ...MANY.slice(0, 4).map((one) => gone(one))) as Documents;

export const CHANGES: readonly Change[] = [
  {
    name: 'application-added',
    says: 'an application that is new is made, with all it needs',
    before: [deployed(application('shop'))],
    change: deployed(
      application('blog', { services: [service('web', { containers: [container('main', { image: 'blog:1' })] })] }),
    ),
  },
  {
    name: 'application-removed',
    says: 'an application that is gone is removed, its data stays behind',
    before: [{ ...deployed(withServices(service('db', storing([DATA])))), ...deployed(application('blog')) }],
    change: gone(application('shop')),
  },
  {
    name: 'upgrade-per-service',
    says: 'a new version comes in the batches of the entry that matches, with their healthy-time',
    ...shop(upgrade('1.0'), upgrade('2.0', PER_SERVICE)),
  },
  {
    name: 'upgrade-stop-and-restart',
    says: 'a new version may stop everything before it starts anything',
    ...shop(upgrade('1.0'), upgrade('2.0', ALL_AT_ONCE)),
  },
  {
    name: 'version-without-entry',
    says: 'a new version that no entry coordinates restarts everything at once, which is said loudly',
    ...shop(upgrade('1.0'), upgrade('2.0', { ...PER_SERVICE, 'version-regexp': '^0\\.' })),
  },
  {
    name: 'env-changed',
    says: 'a change without a new version restarts without coordination; credentials are masked',
    ...main(
      { env: { LOG: 'info', DB_PASSWORD: 'hunter2', URL: 'https://me:hunter3@db' } },
      { env: { LOG: 'debug', DB_PASSWORD: 'hunter4', URL: 'https://me:hunter5@db' } },
    ),
  },
  {
    name: 'version-forgotten',
    says: 'a change that keeps the version is none that an entry of upgrade-from coordinates',
    ...shop(upgrade('1.0', PER_SERVICE), { ...upgrade('1.0', PER_SERVICE), services: [service('web', LIMITED)] }),
  },
  { name: 'replicas-up', says: 'more replicas are made', ...web({}, { replicas: 2 }) },
  { name: 'replicas-down', says: 'of fewer replicas the highest numbers go', ...web({ replicas: 3 }, { replicas: 1 }) },
  {
    name: 'service-added',
    says: 'a service that is new is made',
    ...shop(withServices(service('web')), withServices(service('web'), service('db'))),
  },
  {
    name: 'service-removed',
    says: 'a service that is gone goes',
    ...shop(withServices(service('web'), service('db')), withServices(service('web'))),
  },
  {
    name: 'config-map-told',
    says: 'changed files reach a container that can be told without a restart',
    ...web(configured('a = 1\nb = 2\nc = 3\n', TOLD), configured('a = 1\nb = 5\nc = 3\n', TOLD)),
  },
  {
    name: 'config-map-restart',
    says: 'changed files restart a container that cannot be told, which is said loudly',
    ...web(
      configured('token: abc\n', { 'on-mounted-file-change': { restart: true } }),
      configured('token: abd\n', { 'on-mounted-file-change': { restart: true } }),
    ),
  },
  {
    name: 'limits-changed',
    says: 'other limits make the container anew',
    ...main({ memory: '64MiB' }, { memory: '128MiB' }),
  },
  {
    name: 'labels-changed',
    says: 'labels touch nothing that runs',
    ...shop(application('shop'), application('shop', { labels: { team: 'till' } })),
  },
  {
    name: 'port-changed',
    says: 'another port makes the whole instance anew',
    ...main(
      { ports: [{ 'container-port': 80, 'host-port': 8080 }] },
      { ports: [{ 'container-port': 80, 'host-port': 8081 }] },
    ),
  },
  { name: 'volume-added', says: 'a volume that is new is made', ...web(storing([CACHE]), storing([CACHE, DATA])) },
  {
    name: 'volume-removed',
    says: 'of volumes that are gone a persistent one stays behind, an ephemeral one goes',
    ...web(storing([CACHE, DATA]), storing([])),
  },
  {
    name: 'image-changed',
    says: 'another image is pulled first',
    ...main({ image: 'shop:1' }, { image: 'shop:2' }),
  },
  {
    name: 'moved-to-another-site',
    says: 'another site gets it, the one before loses it',
    before: [{ ...SITES, [APPLICATION]: application('shop'), ...placedAt('test') }],
    change: placedAt('production'),
  },
  {
    name: 'version-pinned',
    says: 'a version that is pinned is found in history and comes back',
    before: [deployed(application('shop')), { [APPLICATION]: application('shop', { version: '2.0' }) }],
    change: { [DEPLOYMENT]: { ...ALL_SITES, 'application-version': '1.0' } },
  },
  {
    name: 'prune-guarded',
    says: 'more than three and more than half are not removed without a trailer',
    before: [MANY_DEPLOYED],
    change: MOST_GONE,
  },
  {
    name: 'rejected',
    says: 'a document that is rejected leaves what runs as it is, and says so',
    before: [deployed(application('shop'))],
    change: { [APPLICATION]: { ...application('shop', { version: '2.0' }), replica: 2 } },
  },
  {
    name: 'tenant-removed',
    says: 'with a tenant go all its applications',
    before: [{ ...deployed(application('shop')), ...deployed(application('till'), 'zeta') }],
    change: gone(application('till'), 'zeta'),
  },
  {
    name: 'site-added',
    says: 'a site that is new gets what is meant for every site',
    before: [
      {
        'sites/berlin.json': site('berlin', 'test'),
        'sites/rome.json': site('rome', 'test'),
        ...deployed(application('shop')),
      },
    ],
    change: { 'sites/paris.json': site('paris', 'test') },
  },
  {
    name: 'upgrade-window',
    says: 'a new version waits for a window of the site; its times are counted from when that opens',
    before: [{ 'sites/berlin.json': WITH_WINDOW, ...deployed(upgrade('1.0', PER_SERVICE)) }],
    change: { [APPLICATION]: upgrade('2.0', { ...PER_SERVICE, 'version-regexp': '.' }) },
  },
  {
    name: 'site-renamed',
    says: 'at a site that goes, and be it for another name, what runs stays',
    before: [{ ...SITES, ...deployed(application('shop')) }],
    change: { 'sites/paris.json': null, 'sites/lyon.json': site('lyon', 'production') },
  },
  {
    name: 'placement-reworded',
    says: 'another wording that selects the same sites touches nothing',
    before: [{ ...SITES, [APPLICATION]: application('shop'), ...placedAt('test') }],
    change: { [DEPLOYMENT]: { ...ALL_SITES, placement: { 'match-site-labels': 'stage = test or stage = dev' } } },
  },
  {
    name: 'policy-violated',
    says: 'what a policy forbids is rejected and leaves what runs as it is, and says so',
    before: [{ 'policy.yaml': 'containers: { capabilities: [] }', ...deployed(application('shop')) }],
    change: {
      [APPLICATION]: application('shop', {
        version: '2.0',
        services: [service('web', { containers: [container('main', { 'additional-capabilities': ['SYS_ADMIN'] })] })],
      }),
    },
  },
  {
    name: 'policy-tightened',
    says: 'a policy that forbids what runs touches nothing of it',
    before: [deployed(application('shop'))],
    change: { 'policy.yaml': 'images: { registries: [registry.example.com] }' },
  },
  {
    name: 'quota-crossed',
    says: 'what a quota has no room for is not made',
    before: [
      {
        'tenants/acme/policy.yaml': 'quotas: { instances: 3 }',
        ...deployed(application('shop')),
        ...deployed(application('till')),
      },
    ],
    change: deployed(application('shop', { services: [service('web', { replicas: 3 })] })),
  },
  {
    name: 'quota-raised',
    says: 'a larger quota lets be made what there was no room for',
    before: [
      {
        'policy.yaml': 'quotas: { instances: 2 }',
        ...deployed(application('shop', { services: [service('web', { replicas: 3 })] })),
      },
    ],
    change: { 'policy.yaml': 'quotas: { instances: 3 }' },
  },
  {
    name: 'suspended',
    says: 'of what is suspended nothing is changed, and it is told what waits',
    before: [deployed(application('shop'))],
    change: {
      [APPLICATION]: application('shop', { version: '2.0' }),
      [DEPLOYMENT]: { ...ALL_SITES, suspend: true },
    },
  },
  {
    name: 'depended-on',
    says: 'what others depend on is restarted by itself',
    before: [{ ...deployed(application('till', { 'depends-on': ['shop'] })), ...deployed(application('shop')) }],
    change: { [APPLICATION]: withServices(service('web', { containers: [container('main', { env: { A: 'b' } })] })) },
  },
  {
    name: 'upgrades-blocked',
    says: 'where upgrades are blocked a new version waits',
    before: [{ 'sites/berlin.json': site('berlin', 'test'), ...deployed(application('shop')) }],
    change: {
      'sites/berlin.json': { ...site('berlin', 'test'), 'application-upgrades-blocked': true },
      [APPLICATION]: application('shop', { version: '2.0' }),
    },
  },
];
