import { stringify } from 'yaml';
import type { ApplicationDeploymentSpec } from '../../src/model/application-deployment-spec.ts';
import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import type { ParsedFile, ResolvedCatalog } from '../../src/model/catalog.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import { buildCatalog } from '../../src/spec/build-catalog.ts';
import { parseFile } from '../../src/spec/parse-file.ts';
import { resolveCatalog } from '../../src/spec/resolve-catalog.ts';
import type {
  ApplicationState,
  HostState,
  InstanceState,
  RepositoryState,
  SiteState,
} from '../../src/status/documents.ts';
import type { ApplicationEntry, DeploymentEntry, Figures, Snapshot, Standing } from '../../src/store/store.ts';

// Snapshots for tests, with everything that does not matter filled in.

const START = '2026-01-02T03:04:05.678Z';

export function instance(name: string, fields: Partial<InstanceState> = {}): InstanceState {
  const container = {
    name: 'nginx',
    id: '189d9234f12c',
    'oper-status': 'running',
    ready: true,
    'start-time': START,
    'current-restarts': 0,
    'total-restarts': 0,
    probes: {},
    devices: [],
    gpus: [],
  } as const;
  return {
    name,
    'application-version': '1.0',
    'oper-status': 'running',
    ready: true,
    host: 'local',
    'application-network': { ips: ['10.201.0.2/26'], 'dns-records': [] },
    'gateway-network': { ips: [] },
    'ephemeral-volumes': [],
    'persistent-volumes': [],
    'init-containers': [],
    containers: [container],
    ...fields,
  };
}

export interface ApplicationOptions {
  readonly spec?: Partial<ApplicationSpec>;
  readonly state?: Partial<ApplicationState>;
  readonly config?: undefined;
  /** Newest first; the current one unless told. */
  readonly versions?: readonly ApplicationSpec[];
  readonly standing?: Standing;
}

/** `acme.shop`, version 1.0, with the one instance `web-1`. */
export function application(key: string, options: ApplicationOptions = {}): ApplicationEntry {
  const [tenant = '', name = ''] = key.split('.');
  const image = { name: 'nginx', image: 'nginx:1.27' };
  const config: ApplicationSpec = {
    name,
    version: '1.0',
    services: [{ name: 'web', containers: [image] }],
    ...options.spec,
  };
  const state: ApplicationState = {
    ...config,
    services: [{ name: 'web', containers: [{ ...image, ...IMAGE_STATUS }] }],
    'config-modified-time': START,
    'locally-deployed': true,
    'oper-status': 'running',
    warnings: [],
    'service-instances': [instance('web-1')],
    ...options.state,
  };
  const known = 'config' in options ? undefined : config;
  const versions = options.versions ?? (known?.version === undefined ? [] : [known]);
  return {
    tenant,
    name,
    config: known,
    configTag: `tag-of-${key}`,
    versions: versions.map((one) => ({ config: one, configTag: `tag-of-${key}-${one.version}` })),
    standing: options.standing ?? 'free',
    state,
  };
}

const IMAGE_STATUS = { 'image-status': { status: 'present', digest: 'sha256:00' } } as const;

/** `acme.shop`, of the application of that name. */
export function deployment(key: string): DeploymentEntry {
  const [tenant = '', name = ''] = key.split('.');
  const config: ApplicationDeploymentSpec = { name, application: name, placement: { 'all-sites': {} } };
  const status = { 'oper-status': 'deployed', images: [], 'application-versions': [] } as const;
  return { tenant, name, config, configTag: `tag-of-${key}`, state: { ...config, 'application-version': '*', status } };
}

export function host(name: string, fields: Partial<HostState> = {}): HostState {
  return {
    'cluster-hostname': name,
    hostname: `${name}.example.org`,
    'host-id': 'AAAA',
    version: '20.10.24',
    'maintenance-mode': 'off',
    controller: true,
    'oper-status': 'up',
    'started-at': START,
    warnings: [],
    labels: {},
    devices: [],
    'device-labels': {},
    gpus: [],
    'local-volumes': [],
    'persistent-volumes': [],
    ...fields,
  };
}

/** The site of the host `local`, served unless told otherwise. */
export function site(name: string, fields: Partial<SiteState> = {}): SiteState {
  const labels = { 'system/name': name, 'system/type': 'edge' };
  return { name, type: 'edge', labels, hosts: [{ name: 'local' }], 'served-here': true, ...fields };
}

const REPOSITORY: RepositoryState = {
  'wanted-revision': 'r1',
  'fetched-revision': 'r1',
  'applied-revision': 'r1',
  'fetch-time': START,
  problems: [],
  'held-removals': [],
  'history-complete': true,
};

const FIGURES: Figures = {
  wantedSince: Date.parse(START),
  outdatedSince: 0,
  inFlight: [],
  hosts: [{ host: 'local', lastPassAt: Date.parse(START), holdsLease: true, space: undefined }],
};

export interface SnapshotParts extends Partial<Omit<Snapshot, 'applications' | 'deployments'>> {
  readonly applications?: readonly ApplicationEntry[];
  readonly deployments?: readonly DeploymentEntry[];
}

export function snapshot({ applications = [], deployments = [], ...fields }: SnapshotParts = {}): Snapshot {
  const byKey = <E extends { tenant: string; name: string }>(entries: readonly E[]) =>
    new Map(entries.map((entry) => [`${entry.tenant}.${entry.name}`, entry]));
  return {
    site: 'local',
    applications: byKey(applications),
    deployments: byKey(deployments),
    catalog: catalogOf(applications, deployments),
    tenants: [...new Set([...applications, ...deployments].map(({ tenant }) => tenant))],
    sites: [site('local')],
    hosts: [host('local')],
    repository: REPOSITORY,
    plan: undefined,
    ready: true,
    figures: FIGURES,
    ...fields,
  };
}

/** What the repository would hold for the entries: each in a file of its own. */
function catalogOf(
  applications: readonly ApplicationEntry[],
  deployments: readonly DeploymentEntry[],
): ResolvedCatalog {
  const parsed = [
    ...applications.map((entry) => parseAs('applications', entry)),
    ...deployments.map((entry) => parseAs('application-deployments', entry)),
  ];
  return resolveCatalog(buildCatalog('r1', parsed, []), []);
}

function parseAs(folder: string, { tenant, name, config }: ApplicationEntry | DeploymentEntry): ParsedFile {
  const file = `tenants/${tenant}/${folder}/${name}.yaml`;
  return config === undefined
    ? { file, documents: [], rejected: [], problems: [] }
    : parseFile(file, new TextEncoder().encode(stringify(config)));
}

export function plan(fields: Partial<Plan> = {}): Plan {
  return { revision: 'r1', steps: [], later: [], held: [], blocked: {}, wakeAt: undefined, ...fields };
}

/** `stop container acme.shop.web-1.nginx`, of the instance `acme.shop.web-1`. */
export function stopStep(name: string, fields: Partial<Step> = {}): Step {
  const parts = name.split('.');
  return {
    id: `stop container ${name}`,
    action: { kind: 'stop-container', name, id: '1', graceMs: 10_000 },
    target: parts.slice(0, 3).join('.'),
    application: parts.slice(0, 2).join('.'),
    intent: 'replace',
    reason: 'version 1.0 → 1.1',
    after: [],
    ...fields,
  };
}
