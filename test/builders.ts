import { builtInSiteLabels, desiredSite } from '../src/desired/site.ts';
import type { ApplicationSpec, ContainerSpec, ServiceSpec } from '../src/model/application-spec.ts';
import type { DocumentInForce, ResolvedCatalog } from '../src/model/catalog.ts';
import type { DesiredApplication, DesiredContainer, DesiredInstance, DesiredSite } from '../src/model/desired.ts';
import type { ObservedApplication, ObservedContainer, ObservedInstance } from '../src/model/observed.ts';

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

const AT = { file: 'tenants/acme/test.yaml', line: 1, column: 1, warnings: [] };

export interface CatalogOptions {
  readonly revision?: string;
  readonly tenant?: string;
  readonly leftAlone?: Readonly<Record<string, string>>;
  readonly frozenTenants?: Readonly<Record<string, string>>;
}

/** A revision holding these applications, each deployed to all sites. */
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
  return { revision, applications, deployments, leftAlone, frozenTenants, problems: [] };
}

/** What the site `local` of owner `test` should look like under these applications. */
export function desire(
  specs: readonly ApplicationSpec[],
  options: CatalogOptions & { former?: DesiredSite } = {},
): DesiredSite {
  const context = { site: 'local', owner: 'test', labels: builtInSiteLabels('local'), sandboxImage: SANDBOX_IMAGE };
  return desiredSite(resolved(specs, options), context, options.former);
}

/** A container as an engine shows it when it runs as it should, started at 1,000 ms. */
export function observedContainer(
  application: DesiredApplication,
  { name }: DesiredInstance,
  desired: DesiredContainer,
  fields: Partial<ObservedContainer> = {},
): ObservedContainer {
  const { network } = desired;
  const networks = network.kind === 'network' ? [network.network] : [];
  return {
    id: desired.name.replaceAll(/[^a-z0-9]/g, '').padEnd(64, '0'),
    name: desired.name,
    identity: {
      ...name,
      owner: 'test',
      site: 'local',
      applicationVersion: application.version,
      container: desired.container,
      role: desired.role,
      revision: application.revision,
      configHash: desired.configHash,
    },
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
    image: desired.image,
    imageId: 'sha256:1',
    resources: desired.resources,
    restartPolicy: desired.restart,
    stopTimeoutMs: desired.stopTimeoutMs,
    sandboxId: network.kind === 'sandbox' ? 'sandbox' : undefined,
    addresses: Object.fromEntries(networks.map((one) => [one, '10.201.0.2/26'])),
    networkIds: Object.fromEntries(networks.map((one) => [one, 'network'])),
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
  const containers = [desired.sandbox, ...desired.containers].flatMap((one) => {
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
  return { key: application.key, name: application.name, networks: [], instances: Object.fromEntries(instances) };
}
