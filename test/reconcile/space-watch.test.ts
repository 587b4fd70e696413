import { describe, expect, it } from 'vitest';
import { DockerError, type Lease } from '../../src/docker/port.ts';
import type { FairleadEvent } from '../../src/events.ts';
import type { DiskSpace } from '../../src/model/observed.ts';
import { createSpaceWatch, fillsDisk } from '../../src/reconcile/space-watch.ts';
import { createMember } from '../contract/actions.ts';
import { SANDBOX_IMAGE } from '../builders.ts';
import { eventually } from '../eventually.ts';
import { FakeDocker } from '../fakes/fake-docker.ts';

const { signal } = new AbortController();
const AMPLE: DiskSpace = { totalBytes: 250e9, freeBytes: 80e9 };
const LOW: DiskSpace = { totalBytes: 250e9, freeBytes: 2e9 };
const FULL = new DockerError('pull-failed', 'cannot pull image x: write /a: no space left on device');

async function openWatch() {
  const docker = new FakeDocker({ now: () => 0 });
  docker.engine.images.set(SANDBOX_IMAGE, 'sha256:1');
  docker.space = AMPLE;
  const events: FairleadEvent[] = [];
  let changes = 0;
  const watch = createSpaceWatch({
    host: 'local',
    narrate: (event) => events.push(event),
    onChange: () => (changes += 1),
  });
  const takeLease = async (): Promise<Lease> => {
    const lease = await docker.acquireLease('test', 'this test', signal);
    if (lease.kind !== 'lease') throw new Error('the lease is taken');
    watch.setLease(lease);
    return lease;
  };
  const see = async (space: DiskSpace | undefined) => {
    docker.space = space;
    await watch.look();
  };
  return { docker, watch, takeLease, see, lease: await takeLease(), events, changes: () => changes };
}

describe('the space of a host', () => {
  it('is asked for when the lease comes, and unknown when it goes', async () => {
    const { watch, lease, takeLease } = await openWatch();
    await eventually(() => expect(watch.latest()).toEqual(AMPLE));
    watch.setLease(undefined);
    expect(watch.latest()).toBeUndefined();
    await lease.release();
    await takeLease();
    await eventually(() => expect(watch.latest()).toEqual(AMPLE));
  });

  it('is not that of a lease that went while it answered', async () => {
    const { watch } = await openWatch();
    const looking = watch.look();
    watch.setLease(undefined);
    await looking;
    expect(watch.latest()).toBeUndefined();
  });

  it('that is as it was rings for nobody', async () => {
    const { see, changes } = await openWatch();
    await see(AMPLE);
    expect(changes()).toBe(1);
    await see({ ...AMPLE });
    expect(changes()).toBe(1);
    await see(LOW);
    expect(changes()).toBe(2);
  });

  it('is unknown where its file system does not tell', async () => {
    const { watch, see } = await openWatch();
    await see(undefined);
    expect(watch.latest()).toBeUndefined();
    expect((await watch.explain(FULL)).message).toBe(FULL.message);
  });

  it('is told once when it becomes low, and once when it no longer is, over losses of the lease', async () => {
    const { watch, see, lease, takeLease, events } = await openWatch();
    await see(AMPLE);
    expect(events).toEqual([]);
    await see(LOW);
    await see({ ...LOW, freeBytes: 1e9 });
    watch.setLease(undefined);
    await lease.release();
    await takeLease();
    await see(LOW);
    expect(events).toEqual([{ kind: 'space-low', host: 'local', ...LOW }]);
    await see(AMPLE);
    await see({ ...AMPLE, freeBytes: 70e9 });
    expect(events.slice(1)).toEqual([{ kind: 'space-ample', host: 'local', ...AMPLE }]);
  });
});

describe('a failure', () => {
  it('for lack of space says how much there is now', async () => {
    const { docker, watch, see } = await openWatch();
    await see(AMPLE);
    docker.space = { totalBytes: 250e9, freeBytes: 12.34e6 };
    expect(await watch.explain(FULL)).toMatchObject({
      code: 'pull-failed',
      message: `${FULL.message}; 12.3MB of 250GB are free on the host`,
    });
  });

  it('of another kind stays as it is, and so does one on a host nobody knows the space of', async () => {
    const { watch } = await openWatch();
    const other = new DockerError('pull-failed', 'no such image');
    expect(await watch.explain(other)).toBe(other);
    watch.setLease(undefined);
    expect(await watch.explain(FULL)).toBe(FULL);
  });
});

it('a disk is looked at again when images come or go', () => {
  expect(fillsDisk({ kind: 'pull-image', image: 'x:1', note: undefined, for: '', signed: undefined })).toBe(true);
  expect(fillsDisk(createMember('test', 'a', 'sandbox', {}))).toBe(false);
  expect(fillsDisk({ kind: 'remove-network', network: 'net', id: '1' })).toBe(false);
});
