import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDocker } from '../../src/docker/engine.ts';
import { parseEndpoint } from '../../src/docker/endpoint.ts';
import type { DesiredContainer } from '../../src/model/desired.ts';
import { createSandbox, startOf } from '../contract/actions.ts';
import { waitFor } from '../contract/wait.ts';
import { askEngine } from '../engine-hosts/engine-client.ts';
import { ensureTestImage, testEndpoint } from './test-image.ts';

const { signal } = new AbortController();
const owner = `settings-${randomBytes(4).toString('hex')}`;
const endpoint = testEndpoint();
const docker = openDocker(parseEndpoint(endpoint));
let made = 0;

beforeAll(() => ensureTestImage(endpoint));
afterAll(async () => {
  for (const { id } of await docker.listContainers(owner, signal)) await docker.removeContainer(id, signal);
  await askEngine(endpoint, `/volumes/${owner}.volume`, { method: 'DELETE' });
});

/** Starts a container without network that runs a shell script. */
async function start(name: string, script: string, settings: Partial<DesiredContainer>): Promise<void> {
  const network = { kind: 'network', network: 'none', aliases: [] } as const;
  const own = { role: 'container', container: 'main', network, cmd: ['sh', '-c', script] } as const;
  await docker.createContainer(createSandbox(owner, name, 'none', { ...own, ...settings }), signal);
  await docker.startContainer(startOf(name), signal);
}

/** Runs a shell script in a container to its end and returns its last lines. */
async function run(script: string, settings: Partial<DesiredContainer> = {}): Promise<readonly string[]> {
  const name = `${owner}.${++made}`;
  await start(name, script, settings);
  const { lastLines } = await waitFor('the end', async () => {
    const seen = await docker.inspectContainer(name, signal);
    return seen?.status === 'exited' && seen;
  });
  return lastLines;
}

/** Whether a process has the capability of this number, by its `/proc/self/status`. */
async function hasCapability(number: number, settings: Partial<DesiredContainer>): Promise<boolean> {
  const [line = ''] = await run('grep CapEff /proc/self/status', settings);
  return ((BigInt(`0x${line.replace('CapEff:', '').trim()}`) >> BigInt(number)) & 1n) === 1n;
}

describe('a container on a real engine', () => {
  const NET_ADMIN = 12;
  const NET_RAW = 13;

  it('has the capabilities added and lacks those dropped', async () => {
    expect(await hasCapability(NET_ADMIN, {})).toBe(false);
    expect(await hasCapability(NET_ADMIN, { capabilitiesAdded: ['NET_ADMIN'] })).toBe(true);
    expect(await hasCapability(NET_RAW, { capabilitiesDropped: ['NET_RAW'] })).toBe(false);
  });

  it('has a device of the host at its own path', async () => {
    expect(await run('test -c /dev/loop-control || echo none')).toEqual(['none']);
    expect(await run('test -c /dev/loop-control && echo there', { devices: ['/dev/loop-control'] })).toEqual(['there']);
  });

  it('sees in a volume what another wrote, and writes only where it may', async () => {
    const mount = { volume: `${owner}.volume`, path: '/data', readOnly: false };
    await run('echo hello > /data/a', { mounts: [mount] });
    const look = { mounts: [{ ...mount, readOnly: true }] };
    expect(await run('cat /data/a; touch /data/b 2> /dev/null || echo refused', look)).toEqual(['hello', 'refused']);
  });

  it('keeps no more log than it may, and the newest of it', async () => {
    const bytes = 200_000;
    const script = 'i=0; while [ $i -lt 20000 ]; do echo "line $i of a long log"; i=$((i+1)); done';
    const lastLines = await run(script, { log: { kind: 'bounded', bytes } });
    expect(lastLines.at(-1)).toBe('line 19999 of a long log');
    const query = { stdout: '1', stderr: '1' };
    const kept = await askEngine(endpoint, `/containers/${owner}.${made}/logs`, { query });
    expect(kept.length).toBeGreaterThan(10_000);
    expect(kept.length).toBeLessThan(bytes);
  });
});

describe('a container that crashed while nobody looked', () => {
  it('shows what it said before, not what it says since it is up again', async () => {
    const name = `${owner}.crashed`;
    const script = '[ -e /tmp/up ] && echo again && sleep 1000; touch /tmp/up; echo before; sleep 0.5; exit 1';
    await start(name, script, { restart: 'unless-stopped' });
    expect(await docker.inspectContainer(name, signal)).toMatchObject({ status: 'running', lastLines: [] });
    const query = { stdout: '1' };
    await waitFor('its second life', async () =>
      (await askEngine(endpoint, `/containers/${name}/logs`, { query })).includes('again'),
    );
    expect(await docker.inspectContainer(name, signal)).toMatchObject({ totalRestarts: 1, lastLines: ['before'] });
  });
});
