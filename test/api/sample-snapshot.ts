import { readFile } from 'node:fs/promises';
import type { ApplicationSpec, ContainerSpec } from '../../src/model/application-spec.ts';
import type { ResolvedCatalog } from '../../src/model/catalog.ts';
import { UNPROBED, type ObservedHost } from '../../src/model/observed.ts';
import { secretId } from '../../src/model/secret-values.ts';
import { UNTRIED } from '../../src/reconcile/host-loop.ts';
import { UNREAD } from '../../src/reconcile/repository-loop.ts';
import { createSummarizer } from '../../src/reconcile/summarize.ts';
import { parseFile } from '../../src/spec/parse-file.ts';
import type { Snapshot } from '../../src/store/store.ts';
import { application, desire, observedApplication, resolved, siteHost } from '../builders.ts';

export const SAMPLE = new URL('../engine/scenarios/fixtures/sample-application.yaml', import.meta.url);

/** The host that the sample application was written for. */
const HOST = siteHost({
  name: 'host-001',
  labels: { 'movie-theater-owner.com/host_size': 'medium' },
  devices: [{ path: '/dev/rtc0', deviceLabels: ['rtc'] }],
  gpus: [{ id: 'GPU-de663f3f', labels: ['gpu-all'], properties: { 'display-mode': 'Enabled' } }],
  volumes: [{ name: 'fast-host-storage', path: '', labels: { 'movie-theater-owner.com/speed': 'fast' } }],
});

const SECRETS = {
  values: new Map([[secretId('acme', { vault: 'foo', secret: 'for-all', key: 'cax' }), 'forty-two']]),
  hashKey: 'a key of a test',
};

const PASSED = { ...UNPROBED, startup: 'success', readiness: 'success', liveness: 'success' } as const;

/**
 * The sample application (seed 002) of the tenant `acme`, running as it should: from its text, by the code that makes
 * states; and one that is not deployed.
 */
export async function sampleSnapshot(): Promise<Snapshot> {
  const { documents } = parseFile('tenants/acme/applications/myapp.yaml', await readFile(SAMPLE));
  const specs = documents.flatMap(({ kind, spec }): ApplicationSpec[] => (kind === 'application' ? [spec] : []));
  const desired = desire(specs.map(withoutVaults), { host: HOST, secrets: SECRETS });
  const changes = { mydb: { health: PASSED } };
  const applications = Object.entries(desired.applications).map(
    ([key, application]) => [key, observedApplication(application, changes)] as const,
  );
  const observed: ObservedHost = {
    ...{ host: 'host-001', applications: Object.fromEntries(applications), sharedNetworks: [], logs: [], markers: [] },
    images: [{ id: 'sha256:1', tags: ['popcorn-systems/mydb:3.2'], digests: [] }],
    ...{ persistentVolumes: [], takenSubnets: [] },
  };
  const pulls = new Map([['popcorn-systems/mydb:3.2', { at: 1000, ms: 2000 }]]);
  return createSummarizer()({
    repository: { ...UNREAD, catalog: withSpare(resolved(specs)) },
    host: { ...UNTRIED, host: 'local', status: 'up', desired, observed, pulls },
    site: 'local',
    ages: { wantedSince: 0, outdatedSince: 0 },
    siteLabels: { 'system/name': 'local', 'system/type': 'edge' },
    now: 1_000_000,
  });
}

/** One more application, `spare`, that no deployment names. */
function withSpare(catalog: ResolvedCatalog): ResolvedCatalog {
  return { ...catalog, applications: { ...catalog.applications, ...resolved([application('spare')]).applications } };
}

/** Secrets as files, and roles, are not supported yet. */
function withoutVaults(spec: ApplicationSpec): ApplicationSpec {
  return {
    ...spec,
    services: spec.services.map((service) => ({
      ...service,
      volumes: (service.volumes ?? []).filter((volume) => volume['vault-secret'] === undefined),
      'init-containers': (service['init-containers'] ?? []).map(withoutRole),
      containers: (service.containers ?? []).map(withoutRole).map((container) => ({
        ...container,
        mounts: (container.mounts ?? []).filter((mount) => mount['volume-name'] !== 'my-secrets'),
      })),
    })),
  };
}

function withoutRole<C extends ContainerSpec>({ approle: _role, ...container }: C) {
  const env = Object.entries(container.env ?? {}).filter(([name]) => name !== 'APPROLE_SECRET_ID');
  return { ...container, env: Object.fromEntries(env) };
}
