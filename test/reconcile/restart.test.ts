import { describe, expect, it } from 'vitest';
import { DockerError } from '../../src/docker/port.ts';
import type { ServiceSpec } from '../../src/model/application-spec.ts';
import { application, container, desire, IMAGE, service } from '../builders.ts';
import { eventually } from '../eventually.ts';
import { FakeDocker } from '../fakes/fake-docker.ts';
import { converged, engine, names, startDaemon, type Daemon } from './loop-daemon.ts';

// Contract 5.4: an instance is made anew because somebody asked for it, whatever becomes of the daemon meanwhile.

const KEY = 'acme.shop.web-1';
const DELAYED = { 'delayed-shutdown': { timeout: '1h' } };
const REFUSED = new DockerError('refused', 'no space left on device');

const shop = (fields: Partial<ServiceSpec> = {}) =>
  desire([application('shop', { services: [service('web', fields)] })]);

/** A daemon that has brought the host to the shop. */
async function running(docker: FakeDocker, fields: Partial<ServiceSpec> = {}): Promise<Daemon> {
  const daemon = startDaemon(docker);
  daemon.desire(shop(fields));
  await converged(daemon, 'r1');
  daemon.events.length = 0;
  return daemon;
}

const idOf = (docker: FakeDocker, name: string) => docker.engine.get(name, 'find it').id;
const steps = ({ events }: Daemon) => events.flatMap((event) => (event.kind === 'step-done' ? [event.step] : []));
const markers = (docker: FakeDocker) => docker.engine.volumes.markersOf('test').map(({ kind }) => kind);

const failed = ({ events }: Daemon) =>
  eventually(() => expect(events.some(({ kind }) => kind === 'step-failed')).toBe(true));

/** Nothing of the instance is what it was, nothing is noted any more, and all runs. */
async function madeAnew(docker: FakeDocker, former: readonly string[]): Promise<void> {
  await eventually(() => {
    const now = docker.engine.containers().filter(({ name }) => name.startsWith('acme.'));
    expect(now.map(({ name }) => name).sort()).toEqual([KEY, `${KEY}.main`]);
    expect(now.filter(({ id, status }) => former.includes(id) || status !== 'running')).toEqual([]);
    expect(markers(docker)).toEqual([]);
  });
}

describe('a restart that was asked for', () => {
  it('makes everything of the instance anew but its volumes, init containers first, and nothing else', async () => {
    const docker = new FakeDocker({
      now: () => Date.now(),
      exitAtStart: ({ role }) => (role === 'init-container' ? 0 : undefined),
    });
    docker.engine.images.set(IMAGE, 'sha256:1');
    const volumes = [{ name: 'cache', 'ephemeral-volume': { size: '1MB' } }];
    const daemon = await running(docker, { replicas: 2, volumes, 'init-containers': [container('setup')] });
    const other = idOf(docker, 'acme.shop.web-2.main');
    expect(daemon.restart(KEY, { delayed: true })).toBe('accepted');
    await eventually(() => expect(daemon.events.at(-1)?.kind).toBe('converged'));
    expect(steps(daemon).map(({ id }) => id.replace(/sandbox [0-9a-f]+$/, 'sandbox …'))).toEqual([
      'note restart of sandbox …',
      'stop container acme.shop.web-1.main',
      'remove container acme.shop.web-1.setup',
      'remove container acme.shop.web-1.main',
      'remove container acme.shop.web-1',
      expect.stringMatching(/^(create sandbox|end restart of)/),
      expect.stringMatching(/^(create sandbox|end restart of)/),
      'start container acme.shop.web-1',
      'create init container acme.shop.web-1.setup',
      'start container acme.shop.web-1.setup',
      'create container acme.shop.web-1.main',
      'start container acme.shop.web-1.main',
    ]);
    const reasons = steps(daemon).flatMap(({ target, intent, reason }) =>
      target === KEY ? [`${intent}: ${reason}`] : [],
    );
    expect(new Set(reasons)).toEqual(new Set(['replace: a restart was asked for']));
    expect(idOf(docker, 'acme.shop.web-2.main')).toBe(other);
  });

  it('is made beside the old one where the service has a delayed shutdown', async () => {
    const docker = engine();
    const daemon = await running(docker, DELAYED);
    const [sandbox, main] = [idOf(docker, KEY), idOf(docker, `${KEY}.main`)];
    daemon.restart(KEY, { delayed: true });
    await eventually(() => expect(markers(docker).sort()).toEqual(['lingering', 'shutdown-asked']));
    expect([idOf(docker, 'acme.shop.web-2'), idOf(docker, 'acme.shop.web-2.main')]).toEqual([sandbox, main]);
    expect(names(docker)).toContain(`${KEY}.main`);
    docker.engine.endProcess('acme.shop.web-2.main', 0);
    await madeAnew(docker, [sandbox, main]);
  });

  it('does without the delayed shutdown when that was asked for', async () => {
    const docker = engine();
    const daemon = await running(docker, DELAYED);
    const former = [idOf(docker, KEY), idOf(docker, `${KEY}.main`)];
    daemon.restart(KEY, { delayed: false });
    await madeAnew(docker, former);
    expect(steps(daemon).filter(({ id }) => id.startsWith('let linger'))).toEqual([]);
  });

  it('is carried on by the next daemon, and done once', async () => {
    const docker = engine();
    const first = await running(docker);
    const former = [idOf(docker, KEY), idOf(docker, `${KEY}.main`)];
    // More often than it gets to try.
    for (let times = 0; times < 3; times += 1) docker.failNext('stopContainer', REFUSED);
    first.restart(KEY, { delayed: true });
    await failed(first);
    await first.stop();
    expect(markers(docker)).toEqual(['restart']);
    expect(idOf(docker, KEY)).toBe(former[0]);
    const second = startDaemon(docker);
    second.desire(shop());
    await madeAnew(docker, former);
    const anew = idOf(docker, KEY);
    await converged(second, 'r1');
    expect(idOf(docker, KEY)).toBe(anew);
  });

  it('is refused while one is under way, and taken again when it is done', async () => {
    const docker = engine();
    const daemon = await running(docker);
    const former = [idOf(docker, KEY), idOf(docker, `${KEY}.main`)];
    docker.failNext('createMarker', REFUSED);
    docker.failNext('stopContainer', REFUSED);
    expect(daemon.restart(KEY, { delayed: true })).toBe('accepted');
    expect(daemon.restart(KEY, { delayed: true })).toBe('under-way');
    await eventually(() => expect(markers(docker)).toEqual(['restart']));
    expect(daemon.restart(KEY, { delayed: false })).toBe('under-way');
    await madeAnew(docker, former);
    await eventually(() => expect(daemon.restart(KEY, { delayed: true })).toBe('accepted'));
  });

  it('is refused for what has no place here', async () => {
    const docker = engine();
    const daemon = await running(docker, DELAYED);
    expect(daemon.restart('acme.shop.web-2', { delayed: true })).toBe('not-placed');
    expect(daemon.restart('acme.till.web-1', { delayed: true })).toBe('not-placed');
    daemon.restart(KEY, { delayed: true });
    await eventually(() => expect(names(docker)).toContain('acme.shop.web-2'));
    expect(daemon.restart('acme.shop.web-2', { delayed: true })).toBe('not-placed');
  });

  it('is done when the instance is made anew for another reason', async () => {
    const docker = engine();
    const daemon = await running(docker);
    for (let times = 0; times < 3; times += 1) docker.failNext('createMarker', REFUSED);
    daemon.restart(KEY, { delayed: true });
    await failed(daemon);
    daemon.desire(desire([application('shop', { version: '2.0' })], { revision: 'r2' }));
    await converged(daemon, 'r2');
    expect(steps(daemon).filter(({ id }) => id.startsWith('note restart'))).toEqual([]);
    expect(daemon.restart(KEY, { delayed: true })).toBe('accepted');
  });
});

describe('a delayed shutdown', () => {
  it('is ended in time by whichever daemon is there, and only then the revision is applied', async () => {
    const docker = engine();
    const delayed = { 'delayed-shutdown': { timeout: '2s' } };
    const first = await running(docker, delayed);
    const next = desire([application('shop', { version: '2.0', services: [service('web', delayed)] })], {
      revision: 'r2',
    });
    first.desire(next);
    await eventually(() => expect(markers(docker).sort()).toEqual(['lingering', 'shutdown-asked']));
    const asked = Date.now();
    await first.stop();
    const second = startDaemon(docker);
    second.desire(next);
    await eventually(() => expect(second.view().plan?.later[0]?.waitingFor).toBe('it to end by itself'));
    expect(second.view().appliedRevision).toBe('');
    await converged(second, 'r2');
    expect(Date.now() - asked).toBeGreaterThan(1_500);
    expect(names(docker)).toEqual([KEY, `${KEY}.main`, 'fairlead.test.lease']);
    expect(markers(docker)).toEqual([]);
  });

  it('is told in the words of what is done, not of what it began with', async () => {
    const docker = engine();
    const daemon = await running(docker, DELAYED);
    daemon.desire(
      desire([application('shop', { version: '2.0', services: [service('web', DELAYED)] })], { revision: 'r2' }),
    );
    await eventually(() => expect(markers(docker)).toContain('shutdown-asked'));
    docker.engine.endProcess('acme.shop.web-2.main', 0);
    await converged(daemon, 'r2');
    const told = steps(daemon).map(({ target, intent, reason }) => `${target}: ${intent} — ${reason}`);
    expect([...new Set(told)]).toEqual([
      'acme.shop.web-1: replace — version 1.0 → 2.0',
      'acme.shop.web-2: remove — delayed shutdown: web-1 is ready',
      'acme.shop.web-2: remove — delayed shutdown: it has ended',
      'acme.shop: remove — nothing is left of it',
    ]);
  });
});
