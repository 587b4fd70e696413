import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { runningOf, sweep } from '../daemon/engine-view.ts';
import { abortedOf } from '../daemon/markers.ts';
import { proves } from '../daemon/proves.ts';
import { openTimeline, type Timeline } from '../daemon/timeline.ts';
import { at, oneByOne, runs, versionsOf } from '../daemon/upgrading.ts';

// An upgrade that fails in its second batch and is to be taken back.

const OWNER = 'upgrade-rollback';
const ROLLBACK = { 'upgrade-from': [oneByOne('300ms', { 'on-failure': 'rollback' })], replicas: 3 };
/** It ends in the second instance. */
const failsLater = runs('[ "$SYS_INSTANCE_INDEX" = 2 ] && exit 3; exec sleep 100000', {
  env: { SYS_INSTANCE_INDEX: '${SYS_INSTANCE_INDEX}' },
});
const OLD = { 'web-1': '1.0', 'web-2': '1.0', 'web-3': '1.0' };

let deployed: Deployed;
let daemon: DaemonProcess;
let timeline: Timeline;
let before: Readonly<Record<string, string>>;

beforeAll(async () => {
  timeline = await openTimeline();
  deployed = await deploy(OWNER, at('shop', '1.0', ROLLBACK));
  daemon = deployed.daemon;
  await daemon.said('converged', { revision: deployed.revision });
  before = await runningOf(OWNER);
});

afterAll(async () => {
  timeline.close();
  await daemon.stop();
  await deployed.stop();
  await sweep(OWNER);
});

/** The versions the sandboxes of an instance were made in, one after the other. */
function historyOf(instance: string): readonly string[] {
  const made = timeline.deeds('acme.shop').filter(({ action, isSandbox }) => action === 'create' && isSandbox);
  return made.filter((deed) => deed.instance === instance).map(({ version }) => version);
}

describe('an upgrade that is rolled back when it fails', () => {
  proves('upgrade-from[].on-failure');

  it('brings what was upgraded back to the version before, and touches nothing else', async () => {
    const revision = await deployed.repository.commit(at('shop', '2.0', { ...ROLLBACK, main: failsLater }));
    await daemon.said('converged', { revision });
    expect(await versionsOf(OWNER, 'shop')).toEqual(OLD);
    expect(['web-1', 'web-2', 'web-3'].map(historyOf)).toEqual([['1.0', '2.0', '1.0'], ['1.0', '2.0', '1.0'], ['1.0']]);
    expect((await runningOf(OWNER))['acme.shop.web-3.main']).toBe(before['acme.shop.web-3.main']);
    const [aborted] = await abortedOf(OWNER, 'shop');
    expect(aborted).toMatchObject({ from: ['1.0'], to: '2.0' });
    expect(aborted?.reason).toMatch(/^web-2: main: it ended with exit code 3/);
  });

  it('stays there, whatever else is committed and whichever daemon looks', async () => {
    const since = Date.now();
    const running = await runningOf(OWNER);
    daemon.signal('SIGKILL');
    await daemon.exited;
    daemon = await startDaemon({ repository: deployed.repository.path, owner: OWNER });
    const revision = await deployed.repository.commit(applicationFiles('acme', 'other'));
    await daemon.said('converged', { revision });
    expect(await runningOf(OWNER)).toMatchObject(running);
    expect(timeline.deeds('acme.shop', since)).toEqual([]);
  });

  it('gives way to a fix, which is an upgrade from the version before', async () => {
    const revision = await deployed.repository.commit(at('shop', '2.1', ROLLBACK));
    await daemon.said('converged', { revision });
    expect(await versionsOf(OWNER, 'shop')).toEqual({ 'web-1': '2.1', 'web-2': '2.1', 'web-3': '2.1' });
    await eventually(async () => expect(await abortedOf(OWNER, 'shop')).toEqual([]));
  });
});
