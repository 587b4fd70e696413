import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { eventually } from '../../eventually.ts';
import { startDaemon } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, removeByHand, runningOf, sweep } from '../daemon/engine-view.ts';

// A policy in the repository, and the daemon that is the only gate before the engine: what is forbidden does not come, and
// what runs goes on.

const OWNER = 'policy';
let deployed: Deployed;

beforeAll(async () => {
  deployed = await deploy(OWNER, {
    'policy.yaml': 'containers: { capabilities: [] }\nquotas: { instances: 3 }\n',
    ...shop('1.0'),
  });
  await deployed.daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  await deployed.daemon.stop();
  await deployed.stop();
  await sweep(OWNER);
});

function shop(version: string, capabilities: string[] = [], replicas = 1): Record<string, string> {
  const main = container('main', { image: busyboxImage, cmd: ['sleep', '100000'] });
  const containers = [{ ...main, ...(capabilities.length === 0 ? {} : { 'additional-capabilities': capabilities }) }];
  return applicationFiles('acme', 'shop', { version, services: [service('web', { replicas, containers })] });
}

async function commit(files: Record<string, string | null>): Promise<string> {
  const revision = await deployed.repository.commit(files);
  await deployed.daemon.said('converged', { revision });
  return revision;
}

interface State {
  readonly 'oper-status': string;
  readonly 'error-message'?: string;
  readonly version: string;
  readonly warnings: readonly string[];
  readonly 'service-instances': readonly Readonly<Record<string, unknown>>[];
}
const state = () => deployed.daemon.get<State>('/v1/state/applications/shop');
/** Ids of everything that runs, by name. */
const running = () => runningOf(OWNER);

describe('a commit that a policy forbids', () => {
  it('is rejected with file, line and column, and what ran goes on untouched', async () => {
    const before = await running();
    await commit(shop('1.1', ['SYS_ADMIN']));
    expect(await running()).toEqual(before);
    expect(await state()).toMatchObject({ 'oper-status': 'running', version: '1.0' });
    const sentence = 'the capability SYS_ADMIN may not be had (`containers.capabilities` of policy.yaml)';
    expect((await state())['error-message']).toContain(sentence);
    const { problems } = await deployed.daemon.get<{ problems: readonly object[] }>('/v1/state/repository');
    expect(problems).toEqual([
      expect.objectContaining({
        file: 'tenants/acme/applications/shop.yaml',
        line: expect.any(Number) as number,
        message: expect.stringContaining(sentence) as string,
      }),
    ]);
  });

  it('is applied when it is mended', async () => {
    const mended = await commit(shop('1.2'));
    const revisions = (await containersOf(OWNER)).map(({ labels }) => labels['io.fairlead.revision']);
    expect(new Set(revisions)).toEqual(new Set([mended]));
    expect(await state()).toMatchObject({ 'oper-status': 'running', version: '1.2' });
    expect(await state()).not.toHaveProperty('error-message');
  });
});

describe('a policy', () => {
  it('that is tightened stops nothing, and what is killed comes back, for another daemon as well', async () => {
    const before = await running();
    await commit({ 'policy.yaml': 'images: { registries: [registry.example.com] }\n' });
    expect(await running()).toEqual(before);
    deployed.daemon.signal('SIGKILL');
    await deployed.daemon.exited;
    await removeByHand('acme.shop.web-1.main');
    deployed = { ...deployed, daemon: await startDaemon({ repository: deployed.repository.path, owner: OWNER }) };
    await eventually(async () => expect(Object.keys(await running())).toEqual(Object.keys(before)), 30_000);
    await eventually(async () => {
      expect((await state()).warnings).toEqual([expect.stringContaining('nothing new is made from this text')]);
    });
    expect((await state())['error-message']).toContain('is not from a registry that is allowed');
    const healed = await running();
    await commit(shop('1.3'));
    expect(await running()).toEqual(healed);
  });

  it('that is broken stays in force as it last was', async () => {
    const before = await running();
    await commit({ 'policy.yaml': 'images: [\n', ...shop('1.4') });
    expect(await running()).toEqual(before);
  });

  it('that is gone restricts nothing', async () => {
    await commit({ 'policy.yaml': null });
    expect(await state()).toMatchObject({ 'oper-status': 'running', version: '1.4' });
  });

  it('with a quota lets be made what there is room for, what is there first, and says of the rest why not', async () => {
    await commit({ 'tenants/acme/policy.yaml': 'quotas: { instances: 2 }\n', ...shop('1.4', [], 3) });
    expect(Object.keys(await running()).sort()).toEqual([
      'acme.shop.web-1',
      'acme.shop.web-1.main',
      'acme.shop.web-2',
      'acme.shop.web-2.main',
    ]);
    const { 'service-instances': instances } = await state();
    expect(instances.map(({ name, 'oper-status': status }) => [name, status])).toEqual([
      ['web-1', 'running'],
      ['web-2', 'running'],
      ['web-3', 'error'],
    ]);
    expect(instances[2]).toMatchObject({
      host: '',
      'error-message': expect.stringContaining('tenant acme may have 2 instances at a site') as string,
    });
    await commit({ 'tenants/acme/policy.yaml': 'quotas: { instances: 1 }\n' });
    expect(Object.keys(await running())).toHaveLength(4);
    await commit({ 'tenants/acme/policy.yaml': 'quotas: { instances: 3 }\n' });
    expect(Object.keys(await running())).toHaveLength(6);
  });
});
