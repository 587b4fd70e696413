import { HASH_FORMATS, type HashFormats } from '../src/desired/container-hash.ts';
import { desiredSite } from '../src/desired/site.ts';
import type { SiteContext } from '../src/desired/site-context.ts';
import type { ApplicationSpec, ContainerSpec, ServiceSpec } from '../src/model/application-spec.ts';
import { NO_POLICIES, UNKNOWN_HISTORY, type DocumentInForce, type ResolvedCatalog } from '../src/model/catalog.ts';
import type {
  DesiredApplication,
  DesiredContainer,
  DesiredFiles,
  DesiredInstance,
  DesiredSite,
  DesiredVolume,
} from '../src/model/desired.ts';
import type { InstanceName, Role } from '../src/model/names.ts';
import {
  UNPROBED,
  UNSEEN,
  type Identity,
  type ObservedApplication,
  type ObservedContainer,
  type ObservedFiles,
  type ObservedInstance,
  type ObservedVolume,
} from '../src/model/observed.ts';
import { NO_SECRET_VALUES, type SecretValues } from '../src/model/secret-values.ts';
import type { SiteHost } from '../src/model/site-host.ts';
import type { SiteSpec } from '../src/model/site-spec.ts';
import { builtInSiteLabels } from '../src/spec/site-labels.ts';

// Values for tests, with everything that does not matter filled in.

export const SANDBOX_IMAGE = 'fairlead/sandbox:test';
export const IMAGE = 'fairlead-test/busybox:1';

export function container(name: string, fields: Partial<ContainerSpec> = {}): ContainerSpec {
  return { name, image: IMAGE, cmd: ['sleep', '1000'], ...fields };
}

export function service(name: string, fields: Partial<ServiceSpec> = {}): ServiceSpec {
  return { name, containers: [container('main')], ...fields };
}

export function application(name: string, fields: Partial<ApplicationSpec> = {}): ApplicationSpec {
  return { name, version: '1.0', services: [service('web')], ...fields };
}

const AT = { file: 'tenants/acme/test.yaml', line: 1, column: 1, warnings: [], governed: [] };

export interface CatalogOptions {
  readonly revision?: string;
  readonly tenant?: string;
  readonly leftAlone?: Readonly<Record<string, string>>;
  readonly frozenTenants?: Readonly<Record<string, string>>;
}

/** A revision holding these applications, each deployed to all sites, and no other versions of them. */
export function resolved(specs: readonly ApplicationSpec[], options: CatalogOptions = {}): ResolvedCatalog {
  const { revision = 'r1', tenant = 'acme', leftAlone = {}, frozenTenants = {} } = options;
  const applications: Record<string, DocumentInForce<'application'>> = {};
  const deployments: Record<string, DocumentInForce<'application-deployment'>> = {};
  for (const spec of specs) {
    const { name } = spec;
    const specHash = JSON.stringify(spec);
    const shared = { ...AT, tenant, name, specHash };
    applications[`${tenant}.${name}`] = {
      document: { ...shared, kind: 'application', spec },
      revision,
      rejected: undefined,
    };
    const deployment = { name, application: name, placement: { 'all-sites': {} } };
    deployments[`${tenant}.${name}`] = {
      document: { ...shared, kind: 'application-deployment', spec: deployment },
      revision,
      rejected: undefined,
    };
  }
  const history = { ...UNKNOWN_HISTORY, isComplete: true };
  return {
    revision,
    applications,
    deployments,
    sites: {},
    tenants: {},
    leftAlone,
    frozenTenants,
    policies: NO_POLICIES,
    rejected: [],
    problems: [],
    history,
  };
}

/** A catalog of sites and nothing else. */
export function withSites(...specs: readonly SiteSpec[]): ResolvedCatalog {
  const sites = specs.map((spec): [string, DocumentInForce<'site'>] => {
    const at = { file: `sites/${spec.name}.yaml`, line: 1, column: 1, warnings: [], governed: [], specHash: spec.name };
    const document = { kind: 'site' as const, tenant: '', name: spec.name, spec, ...at };
    return [spec.name, { document, revision: 'r1', rejected: undefined }];
  });
  return { ...resolved([]), sites: Object.fromEntries(sites) };
}

/** A host called `local` with nothing but a volume in the engine's own store. */
export function siteHost(fields: Partial<SiteHost> = {}): SiteHost {
  const volumes = [{ name: 'default', path: '', labels: {} }];
  return { name: 'local', labels: {}, devices: [], gpus: [], volumes, ...fields };
}

/** The site `local` of owner `test`. */
export function siteContext(fields: Partial<SiteContext> = {}): SiteContext {
  const labels = builtInSiteLabels('local');
  const made = { owner: 'test', sandboxImage: SANDBOX_IMAGE, hashFormats: HASH_FORMATS, secrets: NO_SECRET_VALUES };
  const changeRules = { windows: undefined, upgradesBlocked: false };
  return { site: 'local', labels, host: siteHost(), changeRules, ...made, ...fields };
}

export interface DesireOptions extends CatalogOptions {
  readonly former?: DesiredSite;
  readonly host?: SiteHost;
  readonly hashFormats?: HashFormats;
  readonly secrets?: SecretValues;
}

/** What the site `local` of owner `test` should look like under these applications. */
export function desire(specs: readonly ApplicationSpec[], options: DesireOptions = {}): DesiredSite {
  const { host = siteHost(), hashFormats = HASH_FORMATS, secrets = NO_SECRET_VALUES, former } = options;
  return desiredSite(resolved(specs, options), siteContext({ host, hashFormats, secrets }), former);
}

/** A container as an engine shows it when it runs as it should, started at 1,000 ms. */
export function observedContainer(
  application: DesiredApplication,
  { name, files, variables, delayedShutdown }: DesiredInstance,
  desired: DesiredContainer,
  fields: Partial<ObservedContainer> = {},
): ObservedContainer {
  const { network } = desired;
  const networks = network.kind === 'network' ? [network.network] : [];
  return {
    id: desired.name.replaceAll(/[^a-z0-9]/g, '').padEnd(64, '0'),
    name: desired.name,
    identity: identityOf(application, name, {
      ...desired,
      variables: desired.role === 'sandbox' ? variables.hash : '',
    }),
    status: 'running',
    pid: 100,
    exitCode: 0,
    oomKilled: false,
    engineError: '',
    createdAt: 1000,
    startedAt: 1000,
    finishedAt: 0,
    restartCount: 0,
    restarts: [],
    totalRestarts: 0,
    currentRestarts: 0,
    lastLines: [],
    image: desired.image,
    imageId: 'sha256:1',
    resources: desired.resources,
    restartPolicy: desired.restart,
    stopTimeoutMs: desired.stopTimeoutMs,
    sandboxId: network.kind === 'sandbox' ? 'sandbox' : undefined,
    addresses: Object.fromEntries(networks.map((one) => [one, '10.201.0.2/26'])),
    networkIds: Object.fromEntries(networks.map((one) => [one, 'network'])),
    layerBytes: desired.layerBytes,
    logArchive: desired.logArchive,
    delayedShutdown: desired.role === 'sandbox' ? delayedShutdown : undefined,
    delayedShutdownCmd: desired.delayedShutdownCmd,
    ports: [],
    files: desired.role === 'sandbox' ? Object.fromEntries(files.map(observedFiles)) : {},
    upgrade: '',
    health: UNPROBED,
    sight: UNSEEN,
    ...(desired.role === 'init-container' ? ENDED_WELL : {}),
    ...fields,
  };
}

/** How an init container is found while its containers run. */
const ENDED_WELL = { status: 'exited', pid: 0, exitCode: 0, finishedAt: 1000 } as const;

/** Written before anything that could read it started. */
function observedFiles({ volume, generation }: DesiredFiles): [string, ObservedFiles] {
  return [volume, { generation, switchedAt: 1000, told: {} }];
}

interface Stamped {
  readonly role: Role;
  readonly container: string;
  readonly configHash: string;
  readonly variables: string;
}

function identityOf(application: DesiredApplication, name: InstanceName, stamped: Stamped): Identity {
  const { role, container, configHash, variables } = stamped;
  const { version: applicationVersion, revision } = application;
  return {
    ...name,
    owner: 'test',
    site: 'local',
    applicationVersion,
    container,
    role,
    revision,
    configHash,
    variables,
  };
}

/** A volume as an engine shows it when it was made as desired. */
export function observedVolume(
  application: DesiredApplication,
  { name }: DesiredInstance,
  desired: DesiredVolume,
  fields: Partial<ObservedVolume> = {},
): ObservedVolume {
  const { volume, kind, sizeBytes, hostVolume, hostPath, configHash } = desired;
  const identity = identityOf(application, name, { role: 'sandbox', container: '', configHash, variables: '' });
  return {
    ...{ name: desired.name, identity, volume, kind, sizeBytes, hostVolume, hostPath },
    sizeEnforced: sizeBytes > 0,
    ...fields,
  };
}

/** Changes to containers by their name inside the instance, '' for the sandbox; null: it is not there. */
export type ContainerChanges = Readonly<Record<string, Partial<ObservedContainer> | null>>;

/** An instance of which everything runs as it should, but for the changes. */
export function observedInstance(
  application: DesiredApplication,
  desired: DesiredInstance,
  changes: ContainerChanges = {},
): ObservedInstance {
  const containers = [desired.sandbox, ...desired.initContainers, ...desired.containers].flatMap((one) => {
    const change = changes[one.container];
    return change === null ? [] : [observedContainer(application, desired, one, change)];
  });
  return { key: desired.key, service: desired.name.service, index: desired.name.index, containers };
}

/** An application of which everything runs as it should, but for the changes to the containers of every instance. */
export function observedApplication(
  application: DesiredApplication,
  changes: ContainerChanges = {},
): ObservedApplication {
  const instances = application.instances.map((one) => [one.key, observedInstance(application, one, changes)] as const);
  const volumes = application.instances
    .flatMap((one) => one.volumes.map((volume) => observedVolume(application, one, volume)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { key, name } = application;
  return { key, name, networks: [], volumes, instances: Object.fromEntries(instances), lingering: [], markers: [] };
}
