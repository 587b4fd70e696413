import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import type { ReviewDocument } from '../../../src/status/documents.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE, startDaemon, startFairlead, type DaemonProcess } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, removeByHand, sweep } from '../daemon/engine-view.ts';
import { askEngine } from '../../engine-hosts/engine-client.ts';

// A plan for a ref on an engine that somebody has been at by hand: it says what is done once the ref is merged.

const OWNER = 'live-plan';
const sleep = (...env: readonly [string, string][]) =>
  container('main', { image: busyboxImage, cmd: ['sleep', '100000'], env: Object.fromEntries(env) });
const shop = (version: string) =>
  applicationFiles('acme', 'shop', {
    version,
    'upgrade-from': [
      {
        'version-regexp': '^1',
        method: 'per-service',
        services: [{ name: 'web', 'instances-in-parallel': 1, 'healthy-time': '1s' }],
      },
    ],
    services: [service('web', { replicas: 2, containers: [sleep(['VERSION', version])] })],
  });
const blog = applicationFiles('acme', 'blog', { services: [service('web', { containers: [sleep()] })] });

let deployed: Deployed;
let dry: DaemonProcess;

beforeAll(async () => {
  deployed = await deploy(OWNER, { ...shop('1.0'), ...blog });
  const { repository, daemon, revision } = deployed;
  await daemon.said('converged', { revision });
  await daemon.stop();
  await repository.commit(shop('2.0'), 'the next version', { branch: 'next', parent: revision });
  await removeByHand('acme.blog.web-1.main');
  await askEngine(ENGINE, '/containers/acme.shop.web-2.main/stop', { method: 'POST', query: { t: '0' } });
  dry = await startDaemon({ repository: repository.path, owner: OWNER, flags: ['--dry-run'] });
  await eventually(async () => expect((await dry.ask('/readyz')).status).toBe(200), 30_000);
}, 120_000);

afterAll(async () => {
  await dry.stop();
  await deployed.stop();
  await sweep(OWNER);
});

function stepsOf({ sites }: ReviewDocument): readonly string[] {
  return sites.flatMap(({ applications, shared }) =>
    [...applications.flatMap(({ operations }) => operations), ...shared].flatMap(({ steps }) => steps),
  );
}

async function printed(...args: readonly string[]): Promise<readonly [number | null, string]> {
  const { address } = await dry.said('api listening');
  const child = startFairlead(['plan', ...args], {
    FAIRLEAD_SERVER: `http://${String(address)}`,
    FAIRLEAD_TOKEN_FILE: `${dry.stateDir}/admin.token`,
  });
  let text = '';
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return [code, text];
}

describe('the plan for a ref', () => {
  let announced: ReviewDocument;

  it('tells the upgrade it would begin, and what it would mend with it', async () => {
    announced = await dry.get<ReviewDocument>('/v1/state/plan?ref=next');
    const [site] = announced.sites;
    expect(site?.applications.map((one) => [one.application, one.change])).toEqual([
      ['acme.blog', 'changed'],
      ['acme.shop', 'upgraded'],
    ]);
    // What is down comes first (contract 8.4), whatever its number.
    const begins = site?.applications[1]?.upgrade?.batches.map((one) => [one.instances.join(), one.begins !== '0ms']);
    expect(begins).toEqual([
      ['web-1', true],
      ['web-2', false],
    ]);
    expect(stepsOf(announced)).toContain('create container acme.blog.web-1.main');
  });

  it('is printed as a comment, and ends with 3; of what is not there it ends with 1', async () => {
    const [code, text] = await printed('--ref', 'next', '--format', 'markdown');
    expect([code, text]).toEqual([3, expect.stringContaining('acme.shop')]);
    expect(await printed('--ref', 'nowhere')).toEqual([1, expect.stringContaining('nowhere')]);
  });

  it('touches nothing', async () => {
    const states = Object.fromEntries((await containersOf(OWNER)).map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ 'acme.shop.web-1.main': 'running', 'acme.shop.web-2.main': 'exited' });
    expect(states).not.toHaveProperty(['acme.blog.web-1.main']);
  });

  it('is what is done once it is merged', async () => {
    const revision = await deployed.repository.commit(shop('2.0'), 'merged');
    await dry.stop();
    const daemon = await startDaemon({ repository: deployed.repository.path, owner: OWNER });
    try {
      await daemon.said('converged', { revision });
      const done = daemon.log.filter(({ msg }) => msg === 'step done').map(({ step }) => String(step));
      expect(done.toSorted()).toEqual(stepsOf(announced).toSorted());
    } finally {
      await daemon.stop();
    }
  });
});
