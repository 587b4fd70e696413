import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBusybox } from '../../../scripts/setup.mjs';
import type { InitContainerSpec, ServiceSpec } from '../../../src/model/application-spec.ts';
import { askEngine, tarOf } from '../../engine-hosts/engine-client.ts';
import { startHosts, type Hosts } from '../../engine-hosts/engine-hosts.ts';
import { eventually } from '../../eventually.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { execIn, logOf } from '../daemon/engine-view.ts';
import { proves } from '../daemon/proves.ts';
import { openSmallRegistry, type SmallRegistry } from '../small-registry.ts';

// Which image a container is made from, when the registry has another one under the same tag by then.

const ACCOUNT = { user: 'me', password: 'pass:word-91' };
const SLEEP = ['/busybox', 'sleep', '100000'];
let folder: string;
let hosts: Hosts;
let endpoint: string;
let registry: SmallRegistry;
let first: string;
let deployed: Deployed;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-scenario-'));
  // Other than from its own loopback, an engine takes plain HTTP only where it is told to.
  hosts = await startHosts(1, { flags: ['--insecure-registry', '0.0.0.0/0'] });
  const [host] = hosts.hosts;
  endpoint = host!.endpoint;
  // The machine is number 1 on the hosts' network.
  registry = await openSmallRegistry(host!.address.replace(/\d+$/, '1'), { account: ACCOUNT });
  const auth = Buffer.from(`${ACCOUNT.user}:${ACCOUNT.password}`).toString('base64');
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));
  first = await publish('first');
  const flags = ['--docker', endpoint, '--network-pool', hosts.networkPool];
  deployed = await deploy('images', tour('1.0'), { flags, env: { DOCKER_CONFIG: folder } });
  await deployed.daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  await deployed.stop();
  await registry.close();
  await hosts.stop();
  await rm(folder, { recursive: true });
});

/** Puts an image of this release under these tags, and resolves to its digest. */
async function publish(release: string, tags = ['1', 'newest']): Promise<string> {
  const files = join(folder, release);
  await mkdir(files);
  await copyFile(await ensureBusybox(), join(files, 'busybox'));
  await writeFile(join(files, 'release'), release);
  const digests = tags.map((tag) => registry.publish(tag, { files: tarOf(files), cmd: SLEEP }));
  return (await Promise.all(digests))[0]!;
}

/** A service whose container and init container have the same image; the init container says of which release it is. */
function using(name: string, image: Pick<InitContainerSpec, 'image' | 'image-pull'>): ServiceSpec {
  const setup = { ...image, name: 'setup', cmd: ['/busybox', 'cat', '/release'] };
  return { name, 'init-containers': [setup], containers: [{ ...image, name: 'main' }] };
}

function tour(version: string): Record<string, string> {
  const { host } = registry;
  const services = [
    using('tag', { image: `${host}/web:1` }),
    using('digest', { image: `${host}/web@${first}` }),
    using('newest', { image: `${host}/web:newest`, 'image-pull': 'always' }),
  ];
  return applicationFiles('acme', 'tour', { version, services });
}

/** Of the container and of the init container. */
async function releasesOf(service: string): Promise<readonly string[]> {
  const name = `acme.tour.${service}-1`;
  const main = await execIn(endpoint, `${name}.main`, ['/busybox', 'cat', '/release']);
  return [main, await logOf(endpoint, `${name}.setup`)];
}

describe('an image', () => {
  proves('services[].containers[].image', 'services[].init-containers[].image');
  proves('services[].containers[].image-pull', 'services[].init-containers[].image-pull');

  it.each(['tag', 'digest', 'newest'])('is brought by its %s', async (service) => {
    expect(await releasesOf(service)).toEqual(['first', 'first']);
  });

  it('that has changed under its tag is brought only to those who always pull', async () => {
    await publish('second');
    const revision = await deployed.repository.commit(tour('2.0'));
    await deployed.daemon.said('converged', { revision });
    expect(await releasesOf('newest')).toEqual(['second', 'second']);
    expect(await releasesOf('tag')).toEqual(['first', 'first']);
    expect(await releasesOf('digest')).toEqual(['first', 'first']);
  });

  it.each([
    ['whose tag does not exist', 'web:9', 'web:9'],
    ['whose digest does not exist', `web@sha256:${'0'.repeat(64)}`, 'sha256:0000'],
    ['that does not exist', 'shop:1', 'shop:1'],
  ])('%s is an error that names it', async (_, image, named) => {
    const services = [{ name: 'web', containers: [{ name: 'main', image: `${registry.host}/${image}` }] }];
    await deployed.repository.commit(applicationFiles('acme', 'lost', { services }));
    await eventually(async () => {
      const state = await deployed.daemon.get<Record<string, string>>('/v1/state/applications/lost');
      expect(state['oper-status']).toBe('error');
      expect(state['error-message']).toContain(named);
    }, 60_000);
  });
});

describe('an upgrade', () => {
  const services = (image: string): ServiceSpec[] => [
    { name: 'web', replicas: 2, containers: [{ name: 'main', image: `${registry.host}/${image}` }] },
  ];
  const upgrade = (version: string, image: string) =>
    applicationFiles('acme', 'shop', {
      version,
      services: services(image),
      'upgrade-from': [{ 'version-regexp': '.', method: 'stop-and-restart' }],
    });

  /** Id and version of every container of the application. */
  async function containers(): Promise<readonly string[]> {
    const filters = JSON.stringify({ label: ['io.fairlead.application=shop'] });
    const found = JSON.parse(await askEngine(endpoint, '/containers/json', { query: { filters } })) as {
      readonly Id: string;
      readonly Labels: Readonly<Record<string, string>>;
    }[];
    return found.map(({ Id, Labels }) => `${Labels['io.fairlead.application-version'] ?? ''} ${Id}`).sort();
  }

  it('stops nothing before its images are there', async () => {
    await deployed.repository.commit(upgrade('1.0', 'web:1'));
    await eventually(async () => expect(await containers()).toHaveLength(4), 60_000);
    const before = await containers();
    await deployed.repository.commit(upgrade('2.0', 'web:3'));
    await deployed.daemon.said('step failed', { step: `pull image ${registry.host}/web:3` });
    expect(await containers()).toEqual(before);
    await publish('third', ['3']);
    await eventually(async () => {
      const now = await containers();
      expect(now).toHaveLength(4);
      expect(now.filter((one) => one.startsWith('2.0'))).toHaveLength(4);
    }, 60_000);
  });
});
