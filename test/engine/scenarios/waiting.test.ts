import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ApplicationState, DeploymentState } from '../../../src/status/documents.ts';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, execIn, removeByHand, sweep } from '../daemon/engine-view.ts';
import { lifeOf } from '../daemon/life.ts';
import { proves } from '../daemon/proves.ts';
import { at, versionsOf } from '../daemon/upgrading.ts';

// Changes that wait: for a suspension to end, for a time, for another application.

const OWNER = 'waiting';
let deployed: Deployed;

const suspended = (name: string, suspend: boolean) => ({
  [`tenants/acme/application-deployments/${name}.yaml`]: stringify({
    name,
    application: name,
    placement: { 'all-sites': {} },
    ...(suspend ? { suspend } : {}),
  }),
});

const site = (fields: object) => ({
  'sites/local.yaml': stringify({ name: 'local', hosts: [{ name: 'local' }], ...fields }),
});

/** Ready when somebody says so. */
const SLOW = 'trap "exit 0" TERM; until [ -e /tmp/ready ]; do sleep 0.1; done; httpd -f -p 8080 & wait';
const slow = container('main', {
  image: busyboxImage,
  cmd: ['sh', '-c', SLOW],
  probes: { readiness: { tcp: { port: 8080 }, period: '200ms' } },
});
const db = (version: string) =>
  applicationFiles('acme', 'db', { version, services: [service('db', { containers: [slow] })] });
const front = (version: string) => at('front', version, { replicas: 1, 'depends-on': ['db'] });

beforeAll(async () => {
  deployed = await deploy(OWNER, { ...site({}), ...at('shop', '1.0'), ...at('till', '1.0') });
  await deployed.daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  await deployed.stop();
  await sweep(OWNER);
});

const application = (name: string) => deployed.daemon.get<ApplicationState>(`/v1/state/applications/${name}`);
const deployment = (name: string) => deployed.daemon.get<DeploymentState>(`/v1/state/application-deployments/${name}`);

/** Commits, and waits until the state says that it waits. */
async function commitAndWait(files: Readonly<Record<string, string>>, name: string): Promise<ApplicationState> {
  await deployed.repository.commit(files);
  return eventually(async () => {
    const state = await application(name);
    expect(state.waiting?.what).not.toBe('nothing');
    expect(state.waiting).toBeDefined();
    return state;
  });
}

describe('a suspended deployment', () => {
  proves('deployment.suspend');

  it('changes nothing of what it deploys, keeps it running, and goes on when that is lifted', async () => {
    const state = await commitAndWait({ ...at('shop', '2.0'), ...suspended('shop', true) }, 'shop');
    expect(state).toMatchObject({
      version: '1.0',
      'oper-status': 'running',
      progress: 'version 2.0 waits: deployment shop is suspended',
    });
    expect((await deployment('shop')).status).toMatchObject({
      'oper-status': 'blocked',
      'error-message': 'version 2.0 waits: deployment shop is suspended',
    });
    await removeByHand('acme.shop.web-1.main');
    await eventually(async () => expect(await lifeOf('acme.shop.web-1.main')).toMatchObject({ status: 'running' }));
    expect(await versionsOf(OWNER, 'shop')).toEqual({ 'web-1': '1.0', 'web-2': '1.0' });
    const revision = await deployed.repository.commit(suspended('shop', false));
    await deployed.daemon.said('application waits no longer', { application: 'acme.shop' });
    await deployed.daemon.said('converged', { revision });
    expect(await versionsOf(OWNER, 'shop')).toEqual({ 'web-1': '2.0', 'web-2': '2.0' });
    expect((await deployment('shop')).status['oper-status']).toBe('deployed');
  });

  it('whose application never ran is shown as admin-down', async () => {
    const state = await commitAndWait({ ...at('fresh', '1.0'), ...suspended('fresh', true) }, 'fresh');
    expect(state).toMatchObject({ 'oper-status': 'admin-down', 'service-instances': [] });
    const revision = await deployed.repository.commit(suspended('fresh', false));
    await deployed.daemon.said('converged', { revision });
    expect(await versionsOf(OWNER, 'fresh')).toEqual({ 'web-1': '1.0', 'web-2': '1.0' });
  });
});

describe('an upgrade window', () => {
  proves('site.timezone', 'site.application-upgrades-blocked');
  proves('site.application-upgrade-windows[].days-of-week', 'site.application-upgrade-windows[].start-time');
  proves('site.application-upgrade-windows[].timezone', 'site.application-upgrade-windows[].duration');

  it('brings the version that waits when it opens', async () => {
    // A whole minute, and not one so near that there is no time to see it wait.
    const opens = Math.ceil((Date.now() + 25_000) / 60_000) * 60_000;
    const local = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Asia/Kolkata',
      weekday: 'long',
      hour: '2-digit',
      minute: '2-digit',
    });
    const parts = Object.fromEntries(local.formatToParts(opens).map(({ type, value }) => [type, value]));
    const { weekday = '', hour = '', minute = '' } = parts;
    const window = {
      'days-of-week': weekday,
      'start-time': `${hour}:${minute}`,
      timezone: 'site-local',
      duration: '1h',
    };
    const windows = { timezone: 'Asia/Kolkata', 'application-upgrade-windows': [window] };
    const state = await commitAndWait({ ...site(windows), ...at('till', '2.0'), ...at('extra', '1.0') }, 'till');
    expect(state.waiting).toEqual({
      what: 'upgrade',
      cause: 'upgrade-window',
      version: '2.0',
      until: new Date(opens).toISOString(),
      message: `version 2.0 waits: no upgrade window of site local is open; the next opens at ${new Date(opens).toISOString()}`,
    });
    const [status] = (
      await deployed.daemon.get<{ sites: readonly object[] }>('/v1/state/application-status/applications/till')
    ).sites;
    expect(status).toMatchObject({ 'application-version': '1.0', 'waiting-to-be-scheduled': 1 });
    await eventually(async () => expect(await versionsOf(OWNER, 'extra')).toEqual({ 'web-1': '1.0', 'web-2': '1.0' }));
    expect(await versionsOf(OWNER, 'till')).toEqual({ 'web-1': '1.0', 'web-2': '1.0' });
    await eventually(
      async () => expect(await versionsOf(OWNER, 'till')).toEqual({ 'web-1': '2.0', 'web-2': '2.0' }),
      200_000,
    );
    expect(Date.now()).toBeGreaterThanOrEqual(opens);
  });

  it('does not matter where upgrades are blocked, and a commit unblocks them', async () => {
    const state = await commitAndWait(
      { ...site({ 'application-upgrades-blocked': true }), ...at('till', '3.0') },
      'till',
    );
    expect(state.waiting).toMatchObject({ cause: 'upgrades-blocked', version: '3.0' });
    const revision = await deployed.repository.commit(site({}));
    await deployed.daemon.said('converged', { revision });
    expect(await versionsOf(OWNER, 'till')).toEqual({ 'web-1': '3.0', 'web-2': '3.0' });
  });
});

describe('an application that depends on another', () => {
  proves('depends-on');

  it('is started when that is ready, and upgraded after it', async () => {
    const state = await commitAndWait({ ...db('1.0'), ...front('1.0') }, 'front');
    expect(state).toMatchObject({
      'oper-status': 'starting',
      progress: 'it waits to be started: application db, which it depends on, is not ready',
    });
    expect((await deployment('front')).status['oper-status']).toBe('blocked');
    await eventually(async () => expect(await versionsOf(OWNER, 'db')).toEqual({ 'db-1': '1.0' }));
    expect(await versionsOf(OWNER, 'front')).toEqual({});
    await becomesReady();
    await eventually(async () => expect(await versionsOf(OWNER, 'front')).toEqual({ 'web-1': '1.0' }));

    await deployed.repository.commit({ ...db('2.0'), ...front('2.0') });
    await eventually(async () => expect(await versionsOf(OWNER, 'db')).toEqual({ 'db-1': '2.0' }), 30_000);
    await eventually(async () => expect((await application('front')).waiting).toMatchObject({ cause: 'dependency' }));
    expect(await versionsOf(OWNER, 'front')).toEqual({ 'web-1': '1.0' });
    await becomesReady();
    await eventually(async () => expect(await versionsOf(OWNER, 'front')).toEqual({ 'web-1': '2.0' }));
  });

  it('in a circle is rejected with every other in it, and runs on', async () => {
    const back = stringify({
      ...{ name: 'db', version: '3.0', 'depends-on': ['front'] },
      services: [service('db', { containers: [slow] })],
    });
    const revision = await deployed.repository.commit({ 'tenants/acme/applications/db.yaml': back });
    await deployed.daemon.said('revision fetched', { revision });
    const { problems } = await eventually(async () => {
      const found = await deployed.daemon.get<{ problems: readonly { file: string; message: string }[] }>(
        '/v1/state/repository',
      );
      expect(found.problems).toHaveLength(2);
      return found;
    });
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('db → front → db'),
      expect.stringContaining('front → db → front'),
    ]);
    expect(await versionsOf(OWNER, 'db')).toEqual({ 'db-1': '2.0' });
    expect(
      (await containersOf(OWNER)).filter(({ labels }) => labels['io.fairlead.application'] === 'front'),
    ).not.toEqual([]);
  });
});

async function becomesReady(): Promise<void> {
  await eventually(() => execIn(ENGINE, 'acme.db.db-1.main', ['touch', '/tmp/ready']));
}
