import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InitContainerSpec } from '../../../src/model/application-spec.ts';
import { busyboxImage, importBusybox } from '../../engine-hosts/busybox-image.ts';
import { startHosts, type Hosts } from '../../engine-hosts/engine-hosts.ts';
import { makeLoopStore, type LoopStore } from '../../engine-hosts/loop-store.ts';
import { eventually } from '../../eventually.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { logOf } from '../daemon/engine-view.ts';
import { proves } from '../daemon/proves.ts';

// How much a container may write into its own file system: on btrfs, where an engine can limit that, and on ext4.

let store: LoopStore;
let hosts: Hosts;
let deployed: Deployed;

/** Writes 8 MiB and then 32 more, and says what it could. */
const WRITE = `for size in 8 32; do
  dd if=/dev/zero of=/written-$size bs=1M count=$size conv=fsync 2> /dev/null && echo "$size MiB fit" || echo "$size MiB do not fit"
done`;

async function start(type: 'btrfs' | 'ext4', driver: string): Promise<void> {
  store = await makeLoopStore(type);
  hosts = await startHosts(1, { flags: ['--data-root', store.directory, '--storage-driver', driver] });
  const { endpoint } = hosts.hosts[0]!;
  await importBusybox(endpoint);
  const both = { image: busyboxImage, 'container-layer-size': '20 MiB' } satisfies Partial<InitContainerSpec>;
  const setup = { ...both, name: 'setup', cmd: ['sh', '-c', WRITE] };
  const main = { ...both, name: 'main', cmd: ['sh', '-c', `${WRITE}; exec sleep 100000`] };
  const files = applicationFiles('acme', 'tour', {
    services: [{ name: 'web', 'init-containers': [setup], containers: [main] }],
  });
  const flags = ['--docker', endpoint, '--network-pool', hosts.networkPool];
  deployed = await deploy('layers', files, { flags });
  await deployed.daemon.said('converged', { revision: deployed.revision });
}

async function stop(): Promise<void> {
  await deployed.stop();
  await hosts.stop();
  await store.remove();
}

/** What a container could write. */
function written(container: string): Promise<string> {
  return eventually(async () => {
    const log = await logOf(hosts.hosts[0]!.endpoint, `acme.tour.web-1.${container}`);
    expect(log).toContain('32 MiB');
    return log;
  }, 60_000);
}

async function warnings(): Promise<readonly string[]> {
  return (await deployed.daemon.get<{ warnings: readonly string[] }>('/v1/state/applications/tour')).warnings;
}

describe('on an engine whose store is on btrfs', () => {
  beforeAll(() => start('btrfs', 'btrfs'));
  afterAll(stop);

  it.each(['main', 'setup'])('container %s can write as much as its container-layer-size', async (container) => {
    proves('services[].containers[].container-layer-size', 'services[].init-containers[].container-layer-size');
    expect(await written(container)).toBe('8 MiB fit\n32 MiB do not fit\n');
    expect(await warnings()).toEqual([]);
  });
});

describe('on an engine whose store is on ext4', () => {
  beforeAll(() => start('ext4', 'overlay2'));
  afterAll(stop);

  it.each(['main', 'setup'])(
    'container %s is made without that limit, and the application says so',
    async (container) => {
      expect(await written(container)).toBe('8 MiB fit\n32 MiB fit\n');
      expect(await warnings()).toContain(
        `\`container-layer-size\` of container ${container} of service web has no effect: ` +
          'the engine of host local cannot limit it; it can with the storage driver overlay2 on an XFS file system ' +
          'mounted with `pquota`, or with btrfs or zfs',
      );
    },
  );
});
