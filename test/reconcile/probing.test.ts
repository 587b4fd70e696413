import { expect, it } from 'vitest';
import { DockerError, type Lease } from '../../src/docker/port.ts';
import { createMirror } from '../../src/reconcile/mirror.ts';
import { createProbing } from '../../src/reconcile/probing.ts';
import { application, container, desire, service } from '../builders.ts';
import { createFakeClock } from '../probe/fake-clock.ts';
import { createWorld } from '../world.ts';

const PROBED = service('web', {
  containers: [container('main', { probes: { readiness: { exec: { cmd: ['true'] } } } })],
});

/** One on an engine that is too slow to say where it is, the first time it is asked. */
function slowLease(): Lease {
  const answers = [() => Promise.reject(new DockerError('timeout', 'no answer within 10 s'))];
  return {
    kind: 'lease',
    lost: new Promise(() => undefined),
    routes: () => Promise.resolve([]),
    space: () => Promise.resolve({ totalBytes: 100e9, freeBytes: 80e9 }),
    sharesNetwork: () => answers.shift()?.() ?? Promise.resolve(false),
    release: () => Promise.resolve(),
  };
}

it('the probes of a host are asked also when its engine was slow to say how it is reached', async () => {
  const world = createWorld();
  const desired = desire([application('shop', { services: [PROBED] })]);
  await world.converge(desired);
  const mirror = createMirror(world.docker, { host: 'local', owner: 'test', now: () => world.now });
  await mirror.load(new AbortController().signal);
  const clock = createFakeClock();
  const probing = createProbing({ docker: world.docker, owner: 'test', mirror, onChange: () => undefined, clock });
  const asked = () => world.docker.calls.filter(({ method }) => method === 'exec').length;
  probing.setLease(slowLease());
  probing.watch(desired, mirror.snapshot());
  await clock.advance(4_000);
  expect(asked()).toBe(0);
  await clock.advance(3_000);
  expect(asked()).toBe(1);
  await probing.close();
  expect(clock.pending()).toBe(0);
});
