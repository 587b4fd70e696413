import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanDocument } from '../../../src/status/documents.ts';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { eventually } from '../../eventually.ts';
import { startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { runningOf, sweep } from '../daemon/engine-view.ts';
import { act } from '../daemon/life.ts';
import { abortedOf } from '../daemon/markers.ts';
import { proves } from '../daemon/proves.ts';
import { changesTo, openTimeline, type Timeline } from '../daemon/timeline.ts';
import { at, oneByOne, runs, versionsOf } from '../daemon/upgrading.ts';

// Upgrades that fail, each in an application of its own and each in its first batch.

const OWNER = 'upgrade-failures';
const patiently = { 'upgrade-from': [oneByOne('60s')] };
const quickly = { 'upgrade-from': [oneByOne('1s', { 'progress-deadline': '2s' })] };
const neverReady = runs(undefined, { probes: { readiness: { exec: { cmd: ['false'] }, period: '500ms' } } });
const setup = container('setup', { image: busyboxImage, cmd: ['sh', '-c', 'echo no such table; exit 4'] });
const initial = { services: [service('web', { replicas: 2, 'init-containers': [setup], containers: [runs()] })] };

/** By application: what of its version 2.0 fails. */
const FAILING = {
  ends: at('ends', '2.0', { ...patiently, main: runs('exit 3') }),
  killed: at('killed', '2.0', patiently),
  late: at('late', '2.0', { ...quickly, main: neverReady }),
  setup: at('setup', '2.0', { ...patiently, ...initial }),
};
const names = Object.keys(FAILING);
const together = (files: readonly Record<string, string>[]) => Object.assign({}, ...files) as Record<string, string>;

let deployed: Deployed;
let daemon: DaemonProcess;
let timeline: Timeline;
let before: Readonly<Record<string, string>>;

beforeAll(async () => {
  deployed = await deploy(OWNER, together(names.map((name) => at(name, '1.0', patiently))));
  daemon = deployed.daemon;
  await daemon.said('converged', { revision: deployed.revision });
  before = await runningOf(OWNER);
  timeline = await openTimeline();
  await deployed.repository.commit(together(Object.values(FAILING)));
});

afterAll(async () => {
  timeline.close();
  await daemon.stop();
  await deployed.stop();
  await sweep(OWNER);
});

/** Waits for the end of an upgrade that is given up; why it was. */
async function reasonOf(application: string): Promise<string> {
  return await eventually(async () => {
    const [marker] = await abortedOf(OWNER, application);
    expect(marker).toMatchObject({ from: ['1.0'], to: '2.0' });
    return marker!.reason;
  }, 60_000);
}

/** Commits another application and waits until it is up: by then a daemon has looked at all of them. */
async function lookedAround(name: string): Promise<void> {
  await deployed.repository.commit(applicationFiles('acme', name));
  await eventually(async () => expect(await versionsOf(OWNER, name)).toEqual({ 'web-1': '1.0' }), 60_000);
}

/** What was made, and what was ended by somebody: an engine that starts a container again does neither. */
function interventions(application: string, since: number): readonly string[] {
  const deeds = timeline.deeds(application, since);
  return deeds.flatMap(({ action, instance }) =>
    action === 'create' || action === 'destroy' || action === 'kill' ? [`${action} ${instance}`] : [],
  );
}

describe('an upgrade is given up', () => {
  proves('upgrade-from[].progress-deadline');

  it('when a container of the new version ends', async () => {
    expect(await reasonOf('ends')).toMatch(/^web-1: main: it ended with exit code 3/);
  });

  it('when one is killed by hand before its healthy-time is over', async () => {
    await eventually(async () => {
      const { later } = await daemon.get<PlanDocument>('/v1/state/plan');
      const next = later.find(({ id }) => id === 'create sandbox acme.killed.web-2');
      expect(next?.['waiting-for']).toBe('web-1 to have been ready for the healthy-time');
    }, 60_000);
    await act('acme.killed.web-1.main', 'kill');
    expect(await reasonOf('killed')).toMatch(/^web-1: main: it ended with exit code 137/);
  });

  it('when it is not ready within the progress-deadline', async () => {
    expect(await reasonOf('late')).toBe('web-1: it has not become ready in time');
  });

  it('when an init container of it has failed three times', async () => {
    expect(await reasonOf('setup')).toMatch(
      /^web-1: setup: it ended with exit code 4; last it logged: "no such table"/,
    );
  });
});

describe('an upgrade that was given up', () => {
  it.each(names)('of %s leaves what was not upgraded as it was', async (name) => {
    const now = await runningOf(OWNER);
    for (const old of [`acme.${name}.web-2`, `acme.${name}.web-2.main`]) expect(now[old]).toBe(before[old]);
    expect(await versionsOf(OWNER, name)).toEqual({ 'web-1': '2.0', 'web-2': '1.0' });
    expect(timeline.markers(`acme.${name}`)).toEqual(['upgrade', 'upgrade-aborted']);
  });

  it('is not taken up again, whatever else is committed and whichever daemon looks', async () => {
    const since = Date.now();
    await lookedAround('other');
    daemon.signal('SIGKILL');
    await daemon.exited;
    daemon = await startDaemon({ repository: deployed.repository.path, owner: OWNER });
    await lookedAround('another');
    for (const name of ['ends', 'late']) expect(interventions(`acme.${name}`, since), name).toEqual([]);
    for (const name of names) expect(await versionsOf(OWNER, name), name).toEqual({ 'web-1': '2.0', 'web-2': '1.0' });
  });

  it('gives way to a fix at once, which begins with what is sick', async () => {
    await deployed.repository.commit(at('ends', '2.1', { 'upgrade-from': [oneByOne('100ms')] }));
    await eventually(
      async () => expect(await versionsOf(OWNER, 'ends')).toEqual({ 'web-1': '2.1', 'web-2': '2.1' }),
      60_000,
    );
    await eventually(async () => expect(await abortedOf(OWNER, 'ends')).toEqual([]));
    expect(changesTo('2.1', timeline.deeds('acme.ends')).map(({ instance }) => instance)).toEqual(['web-1', 'web-2']);
  });

  it('gives way to a revert, which touches only what was upgraded', async () => {
    await deployed.repository.commit(at('killed', '1.0', patiently));
    await eventually(
      async () => expect(await versionsOf(OWNER, 'killed')).toEqual({ 'web-1': '1.0', 'web-2': '1.0' }),
      60_000,
    );
    await eventually(async () => expect(await abortedOf(OWNER, 'killed')).toEqual([]));
    expect((await runningOf(OWNER))['acme.killed.web-2.main']).toBe(before['acme.killed.web-2.main']);
  });
});
