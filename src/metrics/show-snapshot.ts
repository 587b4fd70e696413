import type { Registry } from 'prom-client';
import type { ApplicationEntry, HostFigures, Snapshot } from '../store/store.ts';
import type { HostState } from '../status/documents.ts';
import { isLow } from '../status/disk-state.ts';
import { METRICS } from './definitions.ts';
import { openGauge } from './instruments.ts';
import { createSyncStatus } from './sync-status.ts';

/** What a snapshot is shown with. */
export interface Moment {
  /** ms since the epoch. */
  readonly now: number;
  /** When this daemon began: what never was is as old as that. */
  readonly startedAt: number;
}

/** Sets the gauges that follow from a snapshot; what is no longer in it goes. Asks nobody anything. */
export function createSnapshotGauges(registry: Registry): (snapshot: Snapshot, moment: Moment) => void {
  const showApplications = createApplicationGauges(registry);
  const showRepository = createRepositoryGauges(registry);
  const showHosts = createHostGauges(registry);
  const ready = openGauge(registry, METRICS.ready);
  return (snapshot, moment) => {
    ready.set(toNumber(snapshot.ready));
    showApplications(snapshot);
    showRepository(snapshot, moment);
    showHosts(snapshot, moment);
  };
}

function createApplicationGauges(registry: Registry): (snapshot: Snapshot) => void {
  const info = openGauge(registry, METRICS.application);
  const wanted = openGauge(registry, METRICS.instancesWanted);
  const ready = openGauge(registry, METRICS.instancesReady);
  const restarts = openGauge(registry, METRICS.restarts);
  const recent = openGauge(registry, METRICS.recentRestarts);
  const countsOf = createCounts();
  return (snapshot) => {
    const { site, applications } = snapshot;
    const syncOf = createSyncStatus(snapshot);
    for (const gauge of [info, wanted, ready, restarts, recent]) gauge.reset();
    for (const [key, entry] of applications) {
      const { tenant, name: application, state } = entry;
      const counts = countsOf(entry);
      const [sync, health] = [syncOf(key, entry), state['oper-status']];
      info.set({ tenant, application, site, sync, health, ...optionalLabels(entry) }, 1);
      wanted.set({ tenant, application }, counts.wanted);
      ready.set({ tenant, application }, counts.ready);
      restarts.set({ tenant, application }, counts.restarts);
      recent.set({ tenant, application }, counts.recent);
    }
  };
}

/** An absent label and an empty one are the same to Prometheus. */
function optionalLabels({ state }: ApplicationEntry): { version?: string; deployment?: string } {
  const { version, 'application-deployment': deployment } = state;
  return { ...(version === undefined ? {} : { version }), ...(deployment === undefined ? {} : { deployment }) };
}

interface Counts {
  readonly wanted: number;
  readonly ready: number;
  readonly restarts: number;
  readonly recent: number;
}

/** Counts the instances of an entry once: an entry nothing moved in is the same object as before. */
function createCounts(): (entry: ApplicationEntry) => Counts {
  const known = new WeakMap<ApplicationEntry, Counts>();
  return (entry) => {
    const before = known.get(entry);
    if (before !== undefined) return before;
    const counts = countInstances(entry);
    known.set(entry, counts);
    return counts;
  };
}

function countInstances({ state }: ApplicationEntry): Counts {
  const instances = state['service-instances'];
  const present = instances.filter(({ lingering }) => !lingering);
  const containers = instances.flatMap((one) => [...one['init-containers'], ...one.containers]);
  return {
    wanted: present.length,
    ready: present.filter(({ ready }) => ready).length,
    restarts: containers.reduce((sum, one) => sum + one['total-restarts'], 0),
    recent: containers.reduce((sum, one) => sum + one['current-restarts'], 0),
  };
}

function createRepositoryGauges(registry: Registry): (snapshot: Snapshot, moment: Moment) => void {
  const up = openGauge(registry, METRICS.repositoryUp);
  const fetchedAt = openGauge(registry, METRICS.fetchedAt);
  const wantedAge = openGauge(registry, METRICS.wantedAge);
  const appliedAge = openGauge(registry, METRICS.appliedAge);
  const verified = openGauge(registry, METRICS.verified);
  const problems = openGauge(registry, METRICS.problems);
  const held = openGauge(registry, METRICS.heldRemovals);
  const complete = openGauge(registry, METRICS.historyComplete);
  return ({ repository, figures }, { now }) => {
    const fetched = Date.parse(repository['fetch-time']);
    const refused = repository.verification?.['error-message'];
    // What is refused was read well.
    up.set(toNumber(repository['error-message'] === refused && fetched > 0));
    fetchedAt.set(fetched / 1000);
    const { wantedSince, outdatedSince } = figures;
    wantedAge.set(outdatedSince === 0 || wantedSince === 0 ? 0 : toAge(wantedSince, now));
    appliedAge.set(outdatedSince === 0 ? 0 : toAge(outdatedSince, now));
    verified.set(toNumber(refused === undefined));
    for (const severity of ['error', 'warning'] as const)
      problems.set({ severity }, repository.problems.filter((problem) => problem.severity === severity).length);
    held.set(repository['held-removals'].length);
    complete.set(toNumber(repository['history-complete']));
  };
}

function createHostGauges(registry: Registry): (snapshot: Snapshot, moment: Moment) => void {
  const up = openGauge(registry, METRICS.hostUp);
  const lease = openGauge(registry, METRICS.hostLease);
  const lastPass = openGauge(registry, METRICS.lastPass);
  const passAge = openGauge(registry, METRICS.passAge);
  const total = openGauge(registry, METRICS.diskTotal);
  const free = openGauge(registry, METRICS.diskFree);
  const low = openGauge(registry, METRICS.diskLow);
  const showFigures = (site: string, { host, lastPassAt, holdsLease, space }: HostFigures, moment: Moment): void => {
    lease.set({ site, host }, toNumber(holdsLease));
    lastPass.set({ site, host }, lastPassAt / 1000);
    passAge.set({ site, host }, toAge(lastPassAt === 0 ? moment.startedAt : lastPassAt, moment.now));
    if (space === undefined) return;
    total.set({ site, host }, space.totalBytes);
    free.set({ site, host }, space.freeBytes);
    low.set({ site, host }, toNumber(isLow(space)));
  };
  return ({ site, hosts, figures }, moment) => {
    for (const gauge of [up, lease, lastPass, passAge, total, free, low]) gauge.reset();
    for (const state of hosts) up.set({ site, host: nameOf(state) }, toNumber(state['oper-status'] === 'up'));
    for (const host of figures.hosts) showFigures(site, host, moment);
  };
}

function nameOf(host: HostState): string {
  return host['cluster-hostname'];
}

function toNumber(value: boolean): number {
  return value ? 1 : 0;
}

/** s; never negative, whatever happens to the clock. */
function toAge(since: number, now: number): number {
  return Math.max(0, now - since) / 1000;
}
