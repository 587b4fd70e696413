import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InitContainerSpec, ServiceSpec } from '../../../src/model/application-spec.ts';
import { askEngine } from '../../engine-hosts/engine-client.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, inspect, logOf, runningOf, sweep } from '../daemon/engine-view.ts';
import { proves } from '../daemon/proves.ts';
import { buildTellingImage, tellingImage, toldBy } from '../daemon/telling-image.ts';

// How much of the host a container gets, and what it may do there.

const OWNER = 'limits';
const LOG_BYTES = 256 * 1024;
let deployed: Deployed;

/** A service whose container and init container have the same limits; `script` is run by both. */
function limited(name: string, fields: Partial<InitContainerSpec>): ServiceSpec {
  const both = { image: tellingImage, ...fields };
  return {
    name,
    'init-containers': [{ ...both, name: 'setup', env: { ENDS: 'yes' } }],
    containers: [{ ...both, name: 'main' }],
  };
}

/** Writes many times what its log may hold, and then sleeps or ends. */
const LOUD = 'seq 1 40000 | sed "s/.*/line & of a long log/"; [ -n "$ENDS" ] || exec sleep 100000';
const limits = { memory: '64MiB', cpus: 0.5, 'cpu-shares': 512 };

beforeAll(async () => {
  await buildTellingImage(ENGINE);
  const services = [
    limited('small', limits),
    limited('free', {}),
    limited('able', { 'additional-capabilities': ['CAP_SYS_TIME', 'NET_ADMIN'] }),
    limited('loud', { entrypoint: ['/bin/sh', '-c', LOUD], 'container-log-size': '256 KiB' }),
    limited('mute', { 'container-log-size': '0B' }),
  ];
  deployed = await deploy(OWNER, applicationFiles('acme', 'fair', { services }));
  await deployed.daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  await deployed.stop();
  await sweep(OWNER);
});

describe.each(['main', 'setup'])('container %s', (container) => {
  proves('services[].containers[].memory', 'services[].init-containers[].memory');
  proves('services[].containers[].cpus', 'services[].init-containers[].cpus');
  proves('services[].containers[].cpu-shares', 'services[].init-containers[].cpu-shares');
  proves('services[].containers[].additional-capabilities', 'services[].init-containers[].additional-capabilities');
  proves('services[].containers[].container-log-size', 'services[].init-containers[].container-log-size');

  it('finds its limits in its own cgroup, and none where it has none', async () => {
    const small = await toldBy(ENGINE, `acme.fair.small-1.${container}`);
    expect(small).toMatchObject({ memory: String(64 << 20), quota: '50000' });
    const free = await toldBy(ENGINE, `acme.fair.free-1.${container}`);
    expect(Number(free['memory']) || Infinity).toBeGreaterThan(2 ** 50);
    expect(['-1', 'max']).toContain(free['quota']);
  });

  it('has its weight there: 512 shares, which cgroup v2 counts as 20', async () => {
    const { shares } = await toldBy(ENGINE, `acme.fair.small-1.${container}`);
    expect(['512', '20']).toContain(shares);
  });

  it('has the capabilities it asks for, with or without CAP_, on top of the usual ones', async () => {
    const { capabilities = '' } = await toldBy(ENGINE, `acme.fair.able-1.${container}`);
    const { capabilities: usual = '' } = await toldBy(ENGINE, `acme.fair.free-1.${container}`);
    expect(BigInt(`0x${capabilities}`)).toBe(BigInt(`0x${usual}`) | SYS_TIME | NET_ADMIN);
    expect(BigInt(`0x${usual}`) & (SYS_TIME | NET_ADMIN)).toBe(0n);
  });

  it('keeps the newest of its log, on no more disk than it may', async () => {
    const name = `acme.fair.loud-1.${container}`;
    await eventually(async () => expect(await logOf(ENGINE, name)).toContain('line 40000 of a long log\n'));
    const used = await logBytes(name);
    expect(used).toBeGreaterThan(LOG_BYTES / 4);
    expect(used).toBeLessThanOrEqual(LOG_BYTES);
  });

  it('keeps no log at all with 0B', async () => {
    expect(await inspect(`acme.fair.mute-1.${container}`)).toMatchObject({
      HostConfig: { LogConfig: { Type: 'none' } },
      LogPath: '',
    });
    await expect(logOf(ENGINE, `acme.fair.mute-1.${container}`)).rejects.toThrow('does not support reading');
  });
});

describe('a container that does not end when asked to', () => {
  proves('services[].containers[].shutdown-timeout', 'services[].init-containers[].shutdown-timeout');

  it('is killed after its shutdown-timeout, be it an init container', async () => {
    const deaf = { image: tellingImage, entrypoint: ['/bin/sh', '-c', 'trap "" TERM; while :; do sleep 1; done'] };
    const services = [
      { name: 'slow', containers: [{ ...deaf, name: 'main', 'shutdown-timeout': '2s' }] },
      { name: 'early', 'init-containers': [{ ...deaf, name: 'setup', 'shutdown-timeout': '4s' }], ...SLEEPER },
    ];
    const files = applicationFiles('acme', 'deaf', { services });
    await deployed.repository.commit(files);
    const names = ['acme.deaf.slow-1.main', 'acme.deaf.early-1.setup'] as const;
    await eventually(async () => expect(await runningOf(OWNER)).toMatchObject(anyId(names)), 60_000);
    await deployed.repository.commit(Object.fromEntries(Object.keys(files).map((file) => [file, null])));
    await eventually(async () => {
      const left = (await containersOf(OWNER)).map(({ name }) => name).filter((name) => name.startsWith('acme.deaf.'));
      expect(left).toEqual([]);
    }, 60_000);
    expect(await secondsToKill(names[0])).toBeCloseTo(2, 0);
    expect(await secondsToKill(names[1])).toBeCloseTo(4, 0);
  });
});

const SYS_TIME = 1n << 25n;
const NET_ADMIN = 1n << 12n;
const SLEEPER = { containers: [{ name: 'main', image: tellingImage }] };

function anyId(names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.map((name) => [name, expect.any(String) as unknown]));
}

/** Of all files of a container's log. */
async function logBytes(container: string): Promise<number> {
  const { LogPath } = await inspect<{ LogPath: string }>(container);
  const folder = dirname(LogPath);
  const files = (await readdir(folder)).filter((file) => file.includes('-json.log'));
  const stats = await Promise.all(files.map((file) => stat(join(folder, file))));
  return stats.reduce((sum, { size }) => sum + size, 0);
}

/** From SIGTERM to SIGKILL, as the engine has noted them. */
async function secondsToKill(container: string): Promise<number> {
  const filters = JSON.stringify({ container: [container], event: ['kill'] });
  const now = Math.ceil(Date.now() / 1000);
  const query = { since: String(now - 110), until: String(now), filters };
  const events = (await askEngine(ENGINE, '/events', { query })).trim().split('\n');
  const kills = events.map(
    (line) => JSON.parse(line) as { timeNano: number; Actor: { Attributes: { signal: string } } },
  );
  const at = (signal: string) => kills.find(({ Actor }) => Actor.Attributes.signal === signal)?.timeNano ?? NaN;
  return (at('9') - at('15')) / 1e9;
}
