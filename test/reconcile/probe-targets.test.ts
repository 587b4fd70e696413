import { describe, expect, it } from 'vitest';
import type { DesiredApplication, DesiredSite } from '../../src/model/desired.ts';
import { UNPROBED, type ObservedHost } from '../../src/model/observed.ts';
import type { Probes } from '../../src/model/probes.ts';
import { createProbeTargets } from '../../src/reconcile/probe-targets.ts';
import { application, container, desire, observedApplication, service, type ContainerChanges } from '../builders.ts';
import { probe, tcp } from '../probe/probe-builders.ts';

const PROBES: Probes = { readiness: probe(tcp(80)) };

/** Two applications, each of one instance with a container `main` that has probes and a `side` that has none. */
function site(probes = PROBES): DesiredSite {
  const services = [service('web', { containers: [container('main'), container('side')] })];
  const desired = desire([application('shop', { services }), application('till', { services })]);
  const applications = Object.entries(desired.applications).map(
    ([key, one]) => [key, withProbes(one, probes)] as const,
  );
  return { ...desired, applications: Object.fromEntries(applications) };
}

function withProbes(desired: DesiredApplication, probes: Probes): DesiredApplication {
  const instances = desired.instances.map((instance) => ({
    ...instance,
    containers: instance.containers.map((one) => (one.container === 'main' ? { ...one, probes } : one)),
  }));
  return { ...desired, instances };
}

function host(desired: DesiredSite, changes: ContainerChanges = {}): ObservedHost {
  const sandboxId = 'sandbox-id';
  const members = { main: { sandboxId, ...changes['main'] }, side: { sandboxId } };
  const all: ContainerChanges = { '': { id: sandboxId, ...changes[''] }, ...members };
  const applications = Object.values(desired.applications).map(
    (one) => [one.key, observedApplication(one, all)] as const,
  );
  return {
    host: 'local',
    applications: Object.fromEntries(applications),
    sharedNetworks: [],
    images: [],
    persistentVolumes: [],
    logs: [],
    markers: [],
    takenSubnets: [],
  };
}

/** What the labels of a container of the site say of it. */
function ownerOf(desired: DesiredSite) {
  const containers = host(desired).applications['acme.shop']!.instances['acme.shop.web-1']!.containers;
  return containers.find(({ identity }) => identity?.container === 'main')!.identity!;
}

describe('what is probed', () => {
  it("is each running container with probes, at its instance's address", () => {
    const desired = site();
    const targets = createProbeTargets()(desired, host(desired));
    expect(targets).toHaveLength(2);
    expect(targets[0]).toEqual({
      id: expect.stringMatching(/^acmeshopweb1main0/) as string,
      startedAt: 1000,
      address: '10.201.0.2',
      probes: PROBES,
      health: UNPROBED,
    });
  });

  it('is an old instance that waits for its turn, asked what its own text says', () => {
    const old = site();
    const services = [service('web', { containers: [container('main'), container('side')] })];
    const newer = desire([application('shop', { version: '2.0', services })]);
    const desired = { ...newer, earlier: { 'acme.shop': [old.applications['acme.shop']!] } };
    const asked = (wish: DesiredSite) => createProbeTargets()(wish, host(old)).map(({ probes }) => probes);
    expect(asked(desired)).toEqual([PROBES]);
    expect(asked(newer)).toEqual([]);
  });

  it('is not what does not run', () => {
    const desired = site();
    const none = (changes: ContainerChanges) => createProbeTargets()(desired, host(desired, changes));
    expect(none({ main: { status: 'exited' } })).toEqual([]);
    expect(none({ main: { status: 'paused' } })).toEqual([]);
  });

  describe('of a container that is to be made anew, as soon as its image is there,', () => {
    const before = site();
    const after = site({ liveness: probe(tcp(81)) });
    const stale = { main: { identity: { ...ownerOf(before), configHash: '1:old' } } };

    it('is asked what it was asked until now', () => {
      const targets = createProbeTargets();
      targets(before, host(before));
      expect(targets(after, host(after, stale)).map(({ probes }) => probes)).toEqual([PROBES, PROBES]);
    });

    it('is asked what its successor will be, where nobody knows what it was asked', () => {
      const [target] = createProbeTargets()(after, host(after, stale));
      expect(target?.probes).toEqual({ liveness: probe(tcp(81)) });
    });
  });

  it('is a container that somebody has renamed, too', () => {
    const desired = site();
    const targets = createProbeTargets()(desired, host(desired, { main: { name: 'renamed' } }));
    expect(targets).toHaveLength(2);
  });

  it('has no address while its sandbox has none', () => {
    const desired = site();
    const [target] = createProbeTargets()(desired, host(desired, { '': { addresses: { 'acme.shop': '' } } }));
    expect(target?.address).toBe('');
  });

  it('is the same list as long as nothing moved, and the same targets where nothing moved', () => {
    const targets = createProbeTargets();
    const desired = site();
    const observed = host(desired);
    const before = targets(desired, observed);
    expect(targets({ ...desired }, { ...observed })).toBe(before);
    const shop = observed.applications['acme.shop']!;
    const moved = { ...observed, applications: { ...observed.applications, 'acme.shop': { ...shop } } };
    const after = targets(desired, moved);
    expect(after).not.toBe(before);
    expect(after[1]).toBe(before[1]);
    const till = { 'acme.till': observed.applications['acme.till']! };
    expect(targets(desired, { ...observed, applications: till })).toEqual([before[1]]);
  });
});
