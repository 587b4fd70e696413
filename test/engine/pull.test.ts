import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEndpoint, type DockerEndpoint } from '../../src/docker/endpoint.ts';
import { openDocker } from '../../src/docker/engine.ts';
import type { DockerPort } from '../../src/docker/port.ts';
import { startHosts, type Hosts } from '../engine-hosts/engine-hosts.ts';
import { openSmallRegistry, type SmallRegistry } from './small-registry.ts';

const { signal } = new AbortController();
const PASSWORD = 'pass:word-91';

describe('pulling from a registry that wants credentials', () => {
  let hosts: Hosts;
  let endpoint: DockerEndpoint;
  let registry: SmallRegistry;
  let folder: string;

  beforeAll(async () => {
    // Other than from its own loopback, an engine takes plain HTTP only where it is told to.
    hosts = await startHosts(1, { flags: ['--insecure-registry', '0.0.0.0/0'] });
    const [host] = hosts.hosts;
    endpoint = parseEndpoint(host!.endpoint);
    registry = await openSmallRegistry(machineAddress(host!.address), { account: { user: 'me', password: PASSWORD } });
    folder = await mkdtemp(join(tmpdir(), 'fairlead-pull-'));
  });
  afterAll(async () => {
    await registry.close();
    await hosts.stop();
    await rm(folder, { recursive: true });
  });

  async function openWith(password: string): Promise<DockerPort> {
    const configFile = join(folder, 'config.json');
    const auth = Buffer.from(`me:${password}`).toString('base64');
    await writeFile(configFile, JSON.stringify({ auths: { [registry.host]: { auth } } }));
    return openDocker(endpoint, { configFile });
  }

  it('fails without saying what the wrong password was', async () => {
    const docker = await openWith('wrong-91');
    const failure: unknown = await docker.pullImage(`${registry.host}/web:1`, signal).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'pull-failed' });
    expect(String(failure)).not.toContain('wrong-91');
  });

  it('says that a tag does not exist', async () => {
    const docker = await openWith(PASSWORD);
    const failure = docker.pullImage(`${registry.host}/web:2`, signal);
    await expect(failure).rejects.toMatchObject({
      code: 'pull-failed',
      message: expect.stringContaining('web:2') as string,
    });
  });

  it('works with those of the Docker config file, and again when there is nothing new', async () => {
    const docker = await openWith(PASSWORD);
    await docker.pullImage(`${registry.host}/web:1`, signal);
    await docker.pullImage(`${registry.host}/web:1`, signal);
    const image = await docker.inspectImage(`${registry.host}/web:1`, signal);
    expect(image?.tags).toEqual([`${registry.host}/web:1`]);
    expect(image?.digests).toEqual([expect.stringMatching(/^[\d.]+:\d+\/web@sha256:/)]);
  });

  it('ends when its caller gives up', async () => {
    const docker = await openWith(PASSWORD);
    const giveUp = new AbortController();
    const pulling = docker.pullImage(`${registry.host}/web:1`, giveUp.signal);
    giveUp.abort(new Error('shutting down'));
    await expect(pulling).rejects.toThrow('shutting down');
  });
});

/** The machine is number 1 on the hosts' network. */
function machineAddress(host: string): string {
  return host.replace(/\d+$/, '1');
}
