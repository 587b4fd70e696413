import { desiredSite } from '../../src/desired/site.ts';
import { perform } from '../../src/execute/perform.ts';
import type { ResolvedCatalog } from '../../src/model/catalog.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import { planHost } from '../../src/plan/plan-host.ts';
import { UNTRIED } from '../../src/reconcile/host-loop.ts';
import { createLatestViews, type LatestViews } from '../../src/reconcile/latest-views.ts';
import { createMirror, type Mirror } from '../../src/reconcile/mirror.ts';
import { UNREAD } from '../../src/reconcile/repository-loop.ts';
import { application, IMAGE, resolved, SANDBOX_IMAGE, service, siteContext } from '../builders.ts';
import { FakeDocker } from '../fakes/fake-docker.ts';

// Many applications on a fake engine, seen by the real mirror and summarized as the daemon does it.

export interface FleetSize {
  readonly tenants: number;
  /** Of all tenants. */
  readonly applications: number;
  /** Of each application. */
  readonly instances: number;
}

/** Every application in one version, on an engine of its own. */
export interface Generation {
  readonly version: string;
  /** Shows it to the API in place of whatever was shown before. */
  show(): void;
  /** A container crashes in the first instance of each of these applications and runs again; all of it shown at once. */
  crash(...applications: readonly number[]): Promise<void>;
}

export interface Fleet {
  readonly views: LatestViews;
  /** Brings a fake engine to the version. Nothing is shown yet. */
  make(version: string): Promise<Generation>;
}

/** So far apart that they are no loop. */
const BETWEEN_CRASHES_MS = 3_600_000;
const signal = new AbortController().signal;

export function createFleet(size: FleetSize): Fleet {
  let now = 1_000_000_000_000;
  const clock = () => now;
  const views = createLatestViews({ site: { site: 'local', labels: {} }, host: 'local', now: clock });
  return {
    views,
    async make(version) {
      const catalog = catalogOf(size, version);
      const desired = desiredSite(catalog, siteContext());
      const docker = new FakeDocker({ now: clock });
      docker.engine.images.set(IMAGE, 'sha256:1');
      docker.engine.images.set(SANDBOX_IMAGE, 'sha256:2');
      const mirror = createMirror(docker, { host: 'local', owner: 'test', now: clock });
      await converge(docker, { mirror, desired, clock });
      const showHost = () =>
        views.showHost({
          ...UNTRIED,
          ...UP,
          host: 'local',
          desired,
          observed: mirror.snapshot(),
          appliedRevision: version,
        });
      return {
        version,
        show() {
          views.showRepository({ ...UNREAD, wantedRevision: version, fetchedRevision: version, catalog });
          showHost();
        },
        async crash(...applications) {
          now += BETWEEN_CRASHES_MS;
          for (const index of applications) {
            const container = `${keyOf(index, size)}.web-1.main`;
            docker.engine.endProcess(container, 1);
            mirror.noteContainer(docker.engine.get(container, 'look at it').id);
          }
          await mirror.refresh(signal);
          showHost();
        },
      };
    },
  };
}

const UP = { status: 'up', tried: true } as const;

/** `tenant-3.app-17`; an application's name is in no other tenant. */
export function keyOf(index: number, { tenants }: FleetSize): string {
  return `tenant-${index % tenants}.app-${index}`;
}

function catalogOf(size: FleetSize, version: string): ResolvedCatalog {
  const indices = Array.from({ length: size.applications }, (_, index) => index);
  const catalogs = Array.from({ length: size.tenants }, (_, tenant) => {
    const specs = indices
      .filter((index) => index % size.tenants === tenant)
      .map((index) =>
        application(`app-${index}`, { version, services: [service('web', { replicas: size.instances })] }),
      );
    return resolved(specs, { tenant: `tenant-${tenant}`, revision: version });
  });
  const [first] = catalogs;
  if (first === undefined) throw new TypeError('a fleet has at least one tenant');
  return {
    ...first,
    applications: Object.assign({}, ...catalogs.map(({ applications }) => applications)) as typeof first.applications,
    deployments: Object.assign({}, ...catalogs.map(({ deployments }) => deployments)) as typeof first.deployments,
  };
}

export interface Surroundings {
  readonly mirror: Mirror;
  readonly desired: DesiredSite;
  readonly clock: () => number;
}

/** Brings the engine to what is desired. */
export async function converge(docker: FakeDocker, { mirror, desired, clock }: Surroundings): Promise<void> {
  for (;;) {
    await mirror.load(signal);
    const shared = { inFlight: [], attempts: [], ongoing: [], networkPool: '10.0.0.0/8', now: clock() };
    const { plan } = planHost({ ...shared, desired, observed: mirror.snapshot() });
    if (plan.steps.length === 0) return;
    for (const { action } of plan.steps) await perform(docker, action, signal);
  }
}
