import { randomBytes } from 'node:crypto';
import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../scripts/setup/run.mjs';
import { parseSize } from '../../../src/spec/units.ts';
import type { HostState } from '../../../src/status/documents.ts';
import { importBusybox } from '../../engine-hosts/busybox-image.ts';
import { startHosts, type Hosts } from '../../engine-hosts/engine-hosts.ts';
import { makeLoopStore, type LoopStore } from '../../engine-hosts/loop-store.ts';
import { eventually } from '../../eventually.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { openSmallRegistry, type SmallRegistry } from '../small-registry.ts';

// How full the disk of an engine is, on a data root of its own that is filled and emptied.

const MIB = 2 ** 20;
const STORE_BYTES = 8192 * MIB;
/** More than is left of a disk that is full here. */
const IMAGE_BYTES = 96 * MIB;
let store: LoopStore;
let hosts: Hosts;
let registry: SmallRegistry;
let deployed: Deployed;
const ballast: string[] = [];

beforeAll(async () => {
  store = await makeLoopStore('ext4', STORE_BYTES);
  const flags = ['--data-root', store.directory, '--storage-driver', 'overlay2', '--insecure-registry', '0.0.0.0/0'];
  hosts = await startHosts(1, { flags });
  const { address, endpoint } = hosts.hosts[0]!;
  await importBusybox(endpoint);
  // The machine is number 1 on the hosts' network.
  registry = await openSmallRegistry(address.replace(/\d+$/, '1'), { files: bigFile() });
  deployed = await deploy('space', applicationFiles('acme', 'shop'), {
    flags: ['--docker', endpoint, '--network-pool', hosts.networkPool, '--resync-interval', '1s'],
  });
  await deployed.daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  await deployed.stop();
  await registry.close();
  await hosts.stop();
  await store.remove();
});

/** Nothing that could be made smaller on the way. */
function bigFile(): Readable {
  const tar = pack();
  tar.entry({ name: 'big' }, randomBytes(IMAGE_BYTES));
  tar.finalize();
  return Readable.from(tar as AsyncIterable<Buffer>);
}

async function host(): Promise<HostState> {
  const [only] = await deployed.daemon.get<readonly HostState[]>('/v1/state/system/cluster/hosts');
  return only!;
}

/** Takes what is free but this much, of what is kept for root, too; resolves to the file that takes it. */
async function fillBut(bytes: number): Promise<string> {
  const { bfree, bsize } = await statfs(store.directory);
  const file = join(store.directory, `ballast-${bytes}`);
  await run('fallocate', ['--length', String(bfree * bsize - bytes), file]);
  return file;
}

describe('the disk of a host', () => {
  it('is shown as the file system of the data root tells it, and nothing is said as long as there is enough', async () => {
    const { disk, warnings } = await host();
    const { blocks, bavail, bsize } = await statfs(store.directory);
    expect(disk?.low).toBe(false);
    expect(Math.abs(parseSize(disk!.total) / (blocks * bsize) - 1)).toBeLessThan(0.01);
    expect(Math.abs(parseSize(disk!.free) / (bavail * bsize) - 1)).toBeLessThan(0.01);
    expect(warnings).toEqual([]);
    expect(deployed.daemon.log.filter(({ msg }) => msg.startsWith('disk space'))).toEqual([]);
  });

  it('that is low is told once, and warned of', async () => {
    ballast.push(await fillBut(900 * MIB));
    await deployed.daemon.said('disk space low');
    const { disk, warnings } = await host();
    expect(disk?.low).toBe(true);
    expect(warnings).toEqual([expect.stringMatching(/^only [\d.]+MB of [\d.]+GB are free for images/)]);
  });

  it('that is full lets a pull fail with how much there is, and lets it succeed when there is room again', async () => {
    ballast.push(await fillBut(64 * MIB));
    const image = `${registry.host}/web:1`;
    // It holds no program: an image is what is wanted here, not a container that runs.
    const files = applicationFiles('acme', 'big', {
      services: [{ name: 'web', containers: [{ name: 'main', image }] }],
    });
    await deployed.repository.commit(files);
    const failed = await deployed.daemon.said('step failed', { step: `pull image ${image}` });
    expect(failed['error']).toMatch(/no space left on device; 0B of [\d.]+GB are free on the host$/);
    for (const file of ballast) await rm(file);
    await deployed.daemon.said('disk space ample again');
    await deployed.daemon.said('step done', { step: `pull image ${image}` }, 110_000);
    await eventually(async () => expect((await host()).disk?.low).toBe(false));
    expect(deployed.daemon.log.filter(({ msg }) => msg === 'disk space low')).toHaveLength(1);
  });
});
