import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../scripts/setup/run.mjs';
import { parseEndpoint } from '../../src/docker/endpoint.ts';
import { openDocker } from '../../src/docker/engine.ts';
import type { Lease } from '../../src/docker/port.ts';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';
import type { DiskSpace } from '../../src/model/observed.ts';
import { startHosts, type Hosts } from '../engine-hosts/engine-hosts.ts';
import { makeLoopStore, type LoopStore } from '../engine-hosts/loop-store.ts';

const MIB = 2 ** 20;
const signal = AbortSignal.timeout(300_000);

describe('the lease of an engine whose layers lie on a disk of their own', () => {
  let dataRoot: LoopStore;
  let layers: LoopStore;
  let hosts: Hosts;
  let lease: Lease;

  beforeAll(async () => {
    dataRoot = await makeLoopStore('ext4', 4096 * MIB);
    layers = await makeLoopStore('ext4', 2048 * MIB);
    const place = join(dataRoot.directory, 'overlay2');
    await mkdir(place);
    await run('mount', ['--bind', layers.directory, place]);
    hosts = await startHosts(1, { flags: ['--data-root', dataRoot.directory, '--storage-driver', 'overlay2'] });
    const docker = openDocker(parseEndpoint(hosts.hosts[0]!.endpoint));
    await docker.importSandboxImage(SANDBOX_IMAGE, signal);
    const answer = await docker.acquireLease('space', 'this test', signal);
    if (answer.kind !== 'lease') throw new Error('the lease is taken');
    lease = answer;
  });
  afterAll(async () => {
    await lease.release();
    await hosts.stop();
    await run('umount', ['--lazy', join(dataRoot.directory, 'overlay2')]);
    await layers.remove();
    await dataRoot.remove();
  });

  async function expectSpaceOf({ directory }: LoopStore, { totalBytes, freeBytes }: DiskSpace): Promise<void> {
    const { blocks, bavail, bsize } = await statfs(directory);
    expect(totalBytes).toBe(blocks * bsize);
    expect(Math.abs(freeBytes - bavail * bsize)).toBeLessThan(8 * MIB);
  }

  it('tells the space of the fuller of the two, as that disk tells it', async () => {
    await expectSpaceOf(layers, await lease.space(signal));
    await run('fallocate', ['--length', String(3072 * MIB), join(dataRoot.directory, 'ballast')]);
    await expectSpaceOf(dataRoot, await lease.space(signal));
  });
});
