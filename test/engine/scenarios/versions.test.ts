import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { eventually } from '../../eventually.ts';
import { startDaemon } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, runningOf, sweep } from '../daemon/engine-view.ts';
import { proves } from '../daemon/proves.ts';

// Which version runs, read from what is on the engine, while a deployment pins one after another.

const OWNER = 'versions';
const CONFIG = '/v1/config/applications/shop';
let deployed: Deployed;

beforeAll(async () => {
  deployed = await deploy(OWNER, applicationFiles('acme', 'shop'));
  await deployed.daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  await deployed.stop();
  await sweep(OWNER);
});

async function pin(version: string): Promise<string> {
  const spec = {
    name: 'shop',
    application: 'shop',
    'application-version': version,
    placement: { 'all-sites': {} },
  };
  return await deployed.repository.commit({ 'tenants/acme/application-deployments/shop.yaml': stringify(spec) });
}

async function release(version: string): Promise<string> {
  const files = applicationFiles('acme', 'shop', { version });
  const file = 'tenants/acme/applications/shop.yaml';
  return await deployed.repository.commit({ [file]: files[file]! });
}

/** Versions and commits that the labels of the running containers name. */
async function labelled(): Promise<readonly string[]> {
  const running = (await containersOf(OWNER)).filter(({ state }) => state === 'running');
  const names = running.map(
    ({ labels }) => `${labels['io.fairlead.application-version']} ${labels['io.fairlead.revision']}`,
  );
  return [...new Set(names)];
}

const get = <T>(path: string) => deployed.daemon.get<T>(path);
const deployment = () => get<{ readonly status: object }>('/v1/state/application-deployments/shop');

describe('a deployment', () => {
  it('of any version runs the newest, and the last three are listed', async () => {
    const revisions = [await release('2.0'), await release('3.0'), await release('4.0')];
    await deployed.daemon.said('converged', { revision: revisions[2]! });
    expect(await labelled()).toEqual([`4.0 ${revisions[2]!}`]);
    await eventually(async () => expect(await get(`${CONFIG}?version-list`)).toEqual(['4.0', '3.0', '2.0']));
    expect(await get('/v1/state/repository')).toMatchObject({ 'history-complete': true });
  });

  it('of an older version runs that one, from its own commit, found in history', async () => {
    proves('deployment.application-version');
    const revision = await pin('1.0');
    await deployed.daemon.said('converged', { revision });
    expect(await labelled()).toEqual([`1.0 ${deployed.revision}`]);
    expect(await get('/v1/state/applications/shop')).toMatchObject({ version: '1.0', 'oper-status': 'running' });
    expect(await get(CONFIG)).toMatchObject({ version: '4.0' });
    expect(await get(`${CONFIG}?version=1.0`)).toMatchObject({ version: '1.0' });
    expect(await get(`${CONFIG}?version-list`)).toEqual(['4.0', '3.0', '2.0', '1.0']);
    expect(await deployment()).toMatchObject({
      'application-version': '1.0',
      status: { 'oper-status': 'deployed', 'application-versions': [{ version: '1.0', 'deployed-to': [{}] }] },
    });
  });

  it('goes on the same under another daemon that knows nothing but git and the engine', async () => {
    const before = await runningOf(OWNER);
    await deployed.daemon.stop();
    const daemon = await startDaemon({ repository: deployed.repository.path, owner: OWNER });
    const former = deployed;
    const stop = async () => {
      await daemon.stop();
      await former.stop();
    };
    deployed = { ...deployed, daemon, stop };
    await daemon.said('converged', { revision: deployed.repository.head() });
    expect(await runningOf(OWNER)).toEqual(before);
    await eventually(async () => expect(await get(`${CONFIG}?version-list`)).toEqual(['4.0', '3.0', '2.0', '1.0']));
    expect(daemon.log.filter(({ msg }) => msg === 'step done')).toEqual([]);
  });

  it('of a version that there is not is an error, and what runs stays', async () => {
    const before = await runningOf(OWNER);
    await deployed.daemon.said('converged', { revision: await pin('0.9') });
    expect(await deployment()).toMatchObject({
      status: {
        'oper-status': 'error',
        'error-message': 'deployment shop wants version 0.9 of application shop, which has 4.0, 3.0, 2.0, 1.0',
      },
    });
    expect(await runningOf(OWNER)).toEqual(before);
    expect(await get('/v1/state/applications/shop')).toMatchObject({
      version: '1.0',
      'oper-status': 'error',
      'service-instances': [{ 'application-version': '1.0', 'oper-status': 'running' }],
    });
  });

  it('of any version again runs the newest', async () => {
    const revision = await pin('*');
    await deployed.daemon.said('converged', { revision });
    expect((await labelled())[0]).toMatch(/^4\.0 /);
    await eventually(async () => {
      expect(await deployment()).toMatchObject({ status: { 'oper-status': 'deployed' } });
      expect(await get(`${CONFIG}?version-list`)).toEqual(['4.0', '3.0', '2.0']);
    });
  });
});
