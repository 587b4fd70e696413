import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UpgradeFromSpec } from '../../../src/model/application-spec.ts';
import { service } from '../../builders.ts';
import { eventually } from '../../eventually.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { sweep, volumesOf } from '../daemon/engine-view.ts';
import { lifeOf } from '../daemon/life.ts';
import { proves } from '../daemon/proves.ts';
import { changesTo, openTimeline, type Timeline } from '../daemon/timeline.ts';
import { at, oneByOne, runs, versionsOf } from '../daemon/upgrading.ts';

// Upgrades that succeed: who is stopped and made anew when, as the engine tells it.

const OWNER = 'upgrades';
const HEALTHY_MS = 700;
let deployed: Deployed;
let timeline: Timeline;

const shop = (version: string) =>
  at('shop', version, {
    services: [
      service('side', { containers: [runs()] }),
      service('web', { replicas: 4, containers: [runs()] }),
      service('db', { replicas: 2, containers: [runs()] }),
    ],
    'upgrade-from': [
      {
        'version-regexp': '^1\\.',
        method: 'per-service',
        services: [{ name: 'db' }, { name: 'web', 'instances-in-parallel': 2, 'healthy-time': `${HEALTHY_MS}ms` }],
      },
    ],
  });

const STOP: UpgradeFromSpec = { 'version-regexp': '^1', method: 'stop-and-restart' };
const till = (version: string) => at('till', version, { replicas: 3, 'upgrade-from': [STOP] });
const stall = (version: string) => at('stall', version, { replicas: 3, 'upgrade-from': [oneByOne('1s')] });

beforeAll(async () => {
  timeline = await openTimeline();
  deployed = await deploy(OWNER, { ...shop('1.0'), ...till('1.0'), ...stall('1.0') });
  await deployed.daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  timeline.close();
  await deployed.stop();
  await sweep(OWNER);
});

/** Commits files and waits until nothing is left to do for them. */
async function commit(files: Readonly<Record<string, string>>): Promise<void> {
  const revision = await deployed.repository.commit(files);
  await deployed.daemon.said('converged', { revision });
}

describe('an upgrade service by service', () => {
  proves('upgrade-from[].version-regexp', 'upgrade-from[].method', 'upgrade-from[].services[].name');
  proves('upgrade-from[].services[].instances-in-parallel', 'upgrade-from[].services[].healthy-time');

  it('goes through the listed services in their order, batch by batch, then through the others', async () => {
    await commit(shop('2.0'));
    const changes = changesTo('2.0', timeline.deeds('acme.shop'));
    const batches = [['db-1'], ['db-2'], ['web-1', 'web-2'], ['web-3', 'web-4'], ['side-1']];
    const found = batches.map((batch) => changes.filter(({ instance }) => batch.includes(instance)));
    expect(found.map((batch) => batch.map(({ instance }) => instance).sort())).toEqual(batches);
    for (const [index, batch] of found.entries()) {
      const before = found.slice(0, index).flat();
      const firstStop = Math.min(...batch.map(({ stopped }) => stopped));
      for (const { instance, up } of before) expect(firstStop, instance).toBeGreaterThan(up);
    }
  });

  it('gives each batch its healthy-time before the next is stopped', async () => {
    const changes = new Map(changesTo('2.0', timeline.deeds('acme.shop')).map((one) => [one.instance, one]));
    const [first, second, side] = [['web-1', 'web-2'], ['web-3', 'web-4'], ['side-1']].map((batch) =>
      batch.map((instance) => changes.get(instance)!),
    );
    for (const [before, next] of [
      [first!, second!],
      [second!, side!],
    ] as const) {
      const waited = Math.min(...next.map(({ stopped }) => stopped)) - Math.max(...before.map(({ up }) => up));
      expect(waited).toBeGreaterThanOrEqual(HEALTHY_MS - 1);
    }
    const started = await Promise.all(['web-2', 'web-3'].map((name) => lifeOf(`acme.shop.${name}.main`)));
    const [web2, web3] = started.map(({ startedAt }) => Date.parse(startedAt));
    expect(web3! - web2!).toBeGreaterThan(HEALTHY_MS);
  });

  it('leaves no trace of itself', async () => {
    expect(timeline.markers('acme.shop')).toEqual(['upgrade']);
    expect((await volumesOf(OWNER)).filter((name) => name.startsWith('acme.shop'))).toEqual([]);
  });

  it('is taken for the versions that its expression finds, and others are replaced all at once', async () => {
    await commit(shop('3.0'));
    const changes = changesTo('3.0', timeline.deeds('acme.shop'));
    expect(changes).toHaveLength(7);
    const lastStop = Math.max(...changes.map(({ stopped }) => stopped));
    const firstUp = Math.min(...changes.map(({ up }) => up));
    expect(lastStop).toBeLessThan(firstUp);
    expect(timeline.markers('acme.shop')).toEqual(['upgrade']);
  });

  it('that another commit comes into goes straight to the newest version', async () => {
    await deployed.repository.commit(stall('2.0'));
    await eventually(async () => expect(await versionsOf(OWNER, 'stall')).toMatchObject({ 'web-1': '2.0' }));
    await commit(stall('3.0'));
    const made = timeline.deeds('acme.stall').filter(({ action, isSandbox }) => action === 'create' && isSandbox);
    const versions = (instance: string) =>
      made.filter((deed) => deed.instance === instance).map(({ version }) => version);
    expect(['web-1', 'web-2', 'web-3'].map(versions)).toEqual([
      ['1.0', '2.0', '3.0'],
      ['1.0', '3.0'],
      ['1.0', '3.0'],
    ]);
    const changes = changesTo('3.0', timeline.deeds('acme.stall'));
    expect(changes.map(({ instance }) => instance)).toEqual(['web-1', 'web-2', 'web-3']);
  });
});

describe('an upgrade that stops and restarts', () => {
  it('stops every old instance before it starts any new one', async () => {
    await commit(till('2.0'));
    const deeds = timeline.deeds('acme.till');
    const ends = deeds.filter(({ action, version }) => action === 'die' && version === '1.0');
    const begins = deeds.filter(({ action, version }) => action === 'create' && version === '2.0');
    expect(begins.filter(({ isSandbox }) => isSandbox)).toHaveLength(3);
    expect(ends.filter(({ isSandbox }) => isSandbox)).toHaveLength(3);
    expect(Math.max(...ends.map((deed) => deed.at))).toBeLessThan(Math.min(...begins.map((deed) => deed.at)));
    expect(timeline.markers('acme.till')).toEqual(['upgrade']);
  });
});
