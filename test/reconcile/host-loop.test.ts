import { describe, expect, it } from 'vitest';
import { desiredSite } from '../../src/desired/site.ts';
import { DockerError } from '../../src/docker/port.ts';
import type { HostLoopOptions } from '../../src/reconcile/host-loop.ts';
import type { Pass } from '../../src/reconcile/passes.ts';
import { MASS_REMOVAL_REASON } from '../../src/plan/prune-guard.ts';
import { application, container, desire, IMAGE, resolved, service, siteContext } from '../builders.ts';
import { FakeDocker } from '../fakes/fake-docker.ts';
import { eventually } from '../eventually.ts';
import { converged, engine, names, startDaemon, type Daemon } from './loop-daemon.ts';

// The shell on the fake engine: real loops, real timers, no Docker.

const FOUR = ['a', 'b', 'c', 'd'].map((name) => application(name));

const readiness = (daemon: Daemon) =>
  Object.values(daemon.view().observed?.applications ?? {})
    .flatMap(({ instances }) => Object.values(instances).flatMap(({ containers }) => containers))
    .flatMap(({ identity, health }) => (identity?.role === 'container' ? [health.readiness] : []));

/** A service with something of everything, its config map holding this text. */
function wholeService(text: string) {
  const probe = { exec: { cmd: ['true'] }, period: '1h' };
  return service('web', {
    volumes: [
      { name: 'cache', 'ephemeral-volume': { size: '1MB' } },
      { name: 'data', 'persistent-volume': { size: '1MB' } },
      { name: 'config', 'config-map': { items: [{ name: 'a.conf', data: text }] } },
    ],
    'init-containers': [container('setup')],
    containers: [
      container('main', {
        mounts: ['cache', 'data', 'config'].map((name) => ({ 'volume-name': name, 'mount-path': `/${name}` })),
        'on-mounted-file-change': { cmd: ['reload'] },
        probes: { readiness: probe, liveness: probe },
      }),
    ],
  });
}

const held = (daemon: Daemon) =>
  daemon.events.flatMap((event) => (event.kind === 'removal-held' ? [event.reason] : []));

describe('the daemon', () => {
  it('brings a host to a revision, tells each step and then that it is done', async () => {
    const docker = engine();
    const daemon = startDaemon(docker);
    daemon.desire(desire([application('shop')]));
    await converged(daemon, 'r1');
    expect(names(docker)).toEqual(['acme.shop.web-1', 'acme.shop.web-1.main', 'fairlead.test.lease']);
    const told = daemon.events.map((event) => (event.kind === 'step-done' ? event.step.id : event.kind));
    expect(told).toEqual([
      'host-up',
      'lease-acquired',
      'create network acme.shop',
      'create sandbox acme.shop.web-1',
      'start container acme.shop.web-1',
      'create container acme.shop.web-1.main',
      'start container acme.shop.web-1.main',
      'converged',
    ]);
  });

  it('gives every step of an operation the reason it began with', async () => {
    const docker = engine();
    const daemon = startDaemon(docker);
    daemon.desire(desire([application('shop')]));
    await converged(daemon, 'r1');
    daemon.events.length = 0;
    daemon.desire(desire([application('shop', { version: '1.1' })], { revision: 'r2' }));
    await converged(daemon, 'r2');
    const steps = daemon.events.flatMap((event) => (event.kind === 'step-done' ? [event.step] : []));
    expect(steps).toHaveLength(7);
    expect(new Set(steps.map(({ intent, reason }) => `${intent}: ${reason}`))).toEqual(
      new Set(['replace: version 1.0 → 1.1']),
    );
  });

  it('tells an upgrade as it goes: that it began, each batch, and its end', async () => {
    const docker = engine();
    const daemon = startDaemon(docker);
    const upgrade = { 'version-regexp': '.', method: 'per-service' as const, services: [{ name: 'web' }] };
    const at = (version: string) =>
      application('shop', { version, services: [service('web', { replicas: 2 })], 'upgrade-from': [upgrade] });
    daemon.desire(desire([at('1.0')]));
    await converged(daemon, 'r1');
    daemon.desire(desire([at('2.0')], { revision: 'r2' }));
    await converged(daemon, 'r2');
    const told = daemon.events.flatMap((event) => (event.kind === 'upgrade' ? [event] : []));
    expect(told.map(({ transition, batch }) => `${transition} ${batch}`)).toEqual([
      ...['begun 0', 'batch 1', 'batch 2', 'ended 0'],
    ]);
    expect(told[0]).toMatchObject({ application: 'acme.shop', from: ['1.0'], to: '2.0' });
  });

  it('makes no call for 29 applications when a commit changes the 30th', async () => {
    const docker = engine();
    const daemon = startDaemon(docker);
    const specs = Array.from({ length: 30 }, (_, index) =>
      application(`app-${index}`, { services: [service('web', { replicas: 2 })] }),
    );
    const former = desire(specs);
    daemon.desire(former);
    await converged(daemon, 'r1');
    docker.calls.length = 0;
    daemon.desire(desire([...specs.slice(0, 29), { ...specs[29]!, version: '2.0' }], { revision: 'r2', former }));
    await converged(daemon, 'r2');
    const ids = new Map(docker.engine.containers().map(({ id, name }) => [id, name]));
    const touched = docker.calls
      .map(({ target }) => ids.get(target) ?? target)
      .filter((target) => target.includes('app-'));
    expect(touched.length).toBeGreaterThan(0);
    expect(touched.filter((target) => !target.startsWith('acme.app-29.'))).toEqual([]);
    expect(docker.calls.filter(({ method }) => method.startsWith('list'))).toEqual([]);
  });

  it('has not converged while the version of an application is looked for in history', async () => {
    const docker = engine();
    const daemon = startDaemon(docker);
    daemon.desire({ ...desire([application('till')]), awaited: ['acme.shop'] });
    await eventually(() => {
      expect(names(docker)).toContain('acme.till.web-1.main');
      expect(daemon.view()).toMatchObject({ plan: { steps: [] }, inFlight: [] });
    });
    expect(daemon.view().appliedRevision).toBe('');
    daemon.desire(desire([application('till'), application('shop')]));
    await converged(daemon, 'r1');
    expect(names(docker)).toContain('acme.shop.web-1.main');
  });

  it('makes no call at all for a revision that changes nothing', async () => {
    const docker = engine();
    const daemon = startDaemon(docker);
    daemon.desire(desire([application('shop')]));
    await converged(daemon, 'r1');
    docker.calls.length = 0;
    daemon.desire(desire([application('shop')], { revision: 'r2' }));
    await converged(daemon, 'r2');
    expect(docker.calls.filter(({ method }) => method !== 'ping')).toEqual([]);
  });

  it('makes no call at all for volumes, files, init containers and probes that are as desired', async () => {
    const docker = new FakeDocker({
      now: () => Date.now(),
      exitAtStart: ({ role }) => (role === 'init-container' ? 0 : undefined),
    });
    docker.engine.images.set(IMAGE, 'sha256:1');
    const daemon = startDaemon(docker);
    const till = application('till', { services: [wholeService('one')] });
    daemon.desire(desire([application('shop', { services: [wholeService('one')] }), till]));
    await converged(daemon, 'r1');
    await eventually(() => expect(readiness(daemon)).toEqual(['success', 'success']));
    const untouched = daemon.view().observed?.applications['acme.till'];
    docker.calls.length = 0;
    daemon.desire(desire([application('shop', { services: [wholeService('one')] }), till], { revision: 'r2' }));
    await converged(daemon, 'r2');
    expect(docker.calls.filter(({ method }) => method !== 'ping')).toEqual([]);
    daemon.desire(desire([application('shop', { services: [wholeService('two')] }), till], { revision: 'r3' }));
    await converged(daemon, 'r3');
    const changes = docker.calls.map(({ method }) => method).filter((method) => !/^(ping|inspect)/.test(method));
    expect(changes).toEqual(['writeFiles', 'announceFiles']);
    expect(daemon.view().observed?.applications['acme.till']).toBe(untouched);
  });

  it('lets a slow pull delay its own application only', async () => {
    const docker = engine();
    let finishPull = () => {};
    docker.pulls.set('slow:1', () => new Promise((resolve) => (finishPull = resolve)));
    const daemon = startDaemon(docker);
    const slow = application('slow', {
      services: [service('web', { containers: [container('main', { image: 'slow:1' })] })],
    });
    daemon.desire(desire([slow, application('shop')]));
    await eventually(() => expect(names(docker)).toContain('acme.shop.web-1.main'));
    expect(names(docker)).not.toContain('acme.slow.web-1');
    finishPull();
    await converged(daemon, 'r1');
    expect(names(docker)).toContain('acme.slow.web-1.main');
  });

  it('tries a failed step again, and says what failed meanwhile', async () => {
    const docker = engine();
    docker.failNext('createContainer', new DockerError('refused', 'no space left on device'));
    const daemon = startDaemon(docker);
    daemon.desire(desire([application('shop')]));
    await eventually(() =>
      expect(daemon.view().plan?.later[0]?.waitingFor).toBe(
        'try 1 failed: no space left on device; 80GB of 100GB are free on the host',
      ),
    );
    await converged(daemon, 'r1');
  });

  it('takes a fix at once, without waiting out the delay of what failed', async () => {
    const docker = engine();
    docker.pulls.set('broken:1', () => Promise.reject(new DockerError('pull-failed', 'no such image')));
    const daemon = startDaemon(docker);
    const of = (image: string) =>
      application('shop', { services: [service('web', { containers: [container('main', { image })] })] });
    daemon.desire(desire([of('broken:1')]));
    await eventually(() =>
      expect(daemon.view().attempts).toContainEqual(expect.objectContaining({ error: 'no such image', count: 2 })),
    );
    daemon.desire(desire([of(IMAGE)], { revision: 'r2' }));
    await converged(daemon, 'r2');
  });

  it('puts right what somebody does by hand, again and again', async () => {
    const docker = engine();
    const daemon = startDaemon(docker);
    daemon.desire(desire([application('shop')]));
    await converged(daemon, 'r1');
    for (let round = 0; round < 3; round += 1) {
      const victim = docker.engine.find('acme.shop.web-1.main')!;
      docker.engine.remove(victim.id);
      await eventually(() => expect(docker.engine.find('acme.shop.web-1.main')?.status).toBe('running'));
      expect(docker.engine.find('acme.shop.web-1.main')!.id).not.toBe(victim.id);
    }
  });

  it('does not start a container in a tight loop when it keeps ending for the engine', async () => {
    const docker = engine();
    const daemon = startDaemon(docker);
    daemon.desire(desire([application('shop')]));
    await converged(daemon, 'r1');
    docker.engine.killByHand('acme.shop.web-1.main');
    await eventually(() => expect(docker.engine.find('acme.shop.web-1.main')?.status).toBe('running'));
    docker.engine.killByHand('acme.shop.web-1.main');
    await eventually(() => expect(daemon.view().plan?.later[0]?.waitingFor).toContain('it was done 2 times'));
  });

  it('carries on after the engine was away, and says that it is', async () => {
    const docker = engine();
    const daemon = startDaemon(docker);
    daemon.desire(desire([application('shop')]));
    await converged(daemon, 'r1');
    docker.goDown();
    await eventually(() => expect(daemon.view()).toMatchObject({ status: 'down' }));
    docker.comeBack();
    await eventually(() => {
      expect(daemon.view()).toMatchObject({ status: 'up' });
      expect(docker.engine.find('acme.shop.web-1.main')?.status).toBe('running');
    });
  });

  it('tells each pass, and keeps the time of the last that saw an engine answer', async () => {
    const docker = engine();
    const passes: Pass[] = [];
    const daemon = startDaemon(docker, { onPass: (pass) => passes.push(pass) });
    await eventually(() => expect(daemon.view().holdsLease).toBe(true));
    expect(daemon.view().lastPassAt).toBe(0);
    expect(new Set(passes.map(({ outcome }) => outcome))).toEqual(new Set(['blind']));
    daemon.desire(desire([application('shop')]));
    await converged(daemon, 'r1');
    const { lastPassAt } = daemon.view();
    expect(lastPassAt).toBeGreaterThan(0);
    expect(passes.at(-1)).toMatchObject({ host: 'local', outcome: 'good' });
    docker.goDown();
    await eventually(() => expect(daemon.view()).toMatchObject({ status: 'down', holdsLease: false }));
    expect(passes.at(-1)?.outcome).toBe('blind');
    expect(daemon.view().lastPassAt).toBeGreaterThanOrEqual(lastPassAt);
  });

  it('sees how full the disk is when it has the lease, after a pull and with every slow look', async () => {
    const docker = engine();
    const daemon = startDaemon(docker);
    const free = (bytes: number) =>
      eventually(() => expect(daemon.view().space).toEqual({ totalBytes: 100e9, freeBytes: bytes }));
    await free(80e9);
    docker.pulls.set('big:1', () => {
      docker.space = { totalBytes: 100e9, freeBytes: 3e9 };
      return Promise.reject(new DockerError('pull-failed', 'no such layer'));
    });
    const big = service('web', { containers: [container('main', { image: 'big:1' })] });
    daemon.desire(desire([application('shop', { services: [big] })]));
    await free(3e9);
    expect(daemon.events.filter(({ kind }) => kind === 'space-low')).toHaveLength(1);
    await daemon.stop();
    const next = startDaemon(docker, { resyncMs: 20 });
    await eventually(() => expect(next.view().space?.freeBytes).toBe(3e9));
    docker.space = { totalBytes: 100e9, freeBytes: 90e9 };
    await eventually(() => expect(next.view().space?.freeBytes).toBe(90e9));
    expect(next.events.map(({ kind }) => kind)).toContain('space-ample');
  });

  it('restarts nothing when it is a newer Fairlead with another sandbox image', async () => {
    const docker = engine();
    const former = startDaemon(docker);
    former.desire(desire([application('shop')]));
    await converged(former, 'r1');
    await former.stop();
    const before = docker.engine.containers().map(({ id, startedAt }) => [id, startedAt]);
    const sandboxImage = 'fairlead/sandbox:newer';
    const newer = startDaemon(docker, { sandboxImage });
    newer.desire(desiredSite(resolved([application('shop')], { revision: 'r2' }), siteContext({ sandboxImage })));
    await converged(newer, 'r2');
    expect(newer.events.filter(({ kind }) => kind === 'step-done')).toEqual([]);
    const kept = docker.engine.containers().filter(({ name }) => name.startsWith('acme.'));
    expect(kept.map(({ id, startedAt }) => [id, startedAt])).toEqual(before);
  });

  it('with --dry-run only looks', async () => {
    const docker = engine();
    const daemon = startDaemon(docker, { dryRun: true });
    daemon.desire(desire([application('shop')]));
    await eventually(() => expect(daemon.view().plan?.steps.length).toBeGreaterThan(0));
    expect(docker.calls.every(({ method }) => /^(info|ping|events|list|inspect)/.test(method))).toBe(true);
    expect(daemon.view().space).toBeUndefined();
  });

  it('removes most of what runs when the history of the revision allows it, and asks once', async () => {
    const docker = engine();
    const asked: string[] = [];
    const allowsPrune: HostLoopOptions['allowsPrune'] = (revision, { applications, running }) => {
      asked.push(`${revision} ${applications.length} of ${running.length}`);
      return Promise.resolve(true);
    };
    const daemon = startDaemon(docker, { allowsPrune });
    daemon.desire(desire(FOUR));
    await converged(daemon, 'r1');
    daemon.desire(desire([], { revision: 'r2' }));
    await eventually(() => expect(names(docker)).toEqual(['fairlead.test.lease']));
    expect(asked).toEqual(['r2 4 of 4']);
    expect(daemon.events.filter(({ kind }) => kind === 'removal-held')).toEqual([]);
  });

  it('holds it otherwise, says so once for each application, and removes as soon as a later commit allows it', async () => {
    const docker = engine();
    const daemon = startDaemon(docker, { allowsPrune: (revision) => Promise.resolve(revision === 'r3') });
    daemon.desire(desire(FOUR));
    await converged(daemon, 'r1');
    daemon.desire(desire([application('new')], { revision: 'r2' }));
    await eventually(() => expect(names(docker)).toContain('acme.new.web-1.main'));
    await eventually(() => expect(held(daemon)).toEqual(Array<string>(4).fill(MASS_REMOVAL_REASON)));
    expect(names(docker)).toContain('acme.a.web-1.main');
    daemon.desire(desire([application('new')], { revision: 'r3' }));
    await eventually(() => expect(names(docker)).not.toContain('acme.a.web-1.main'));
  });

  it('asks again with growing delay when git does not answer, however often it looks', async () => {
    const docker = engine();
    let asked = 0;
    const allowsPrune = () => {
      asked += 1;
      return asked < 2 ? Promise.reject(new Error('no route to git')) : Promise.resolve(true);
    };
    const daemon = startDaemon(docker, { allowsPrune });
    daemon.desire(desire(FOUR));
    await converged(daemon, 'r1');
    daemon.desire(desire([application('new')], { revision: 'r2' }));
    await eventually(() => expect(names(docker)).toContain('acme.new.web-1.main'));
    expect(asked).toBe(1);
    expect(held(daemon)).toEqual(Array<unknown>(4).fill(expect.stringMatching(/cannot be read: no route to git$/)));
    await eventually(() => expect(names(docker)).not.toContain('acme.a.web-1.main'));
    expect(asked).toBe(2);
    expect(held(daemon)).toHaveLength(4);
  });
});

describe('two daemons on one engine', () => {
  it('of one owner: the second waits and says for whom, and takes over when the first ends', async () => {
    const docker = engine();
    const first = startDaemon(docker);
    await eventually(() => expect(first.events.some(({ kind }) => kind === 'lease-acquired')).toBe(true));
    const second = startDaemon(docker);
    second.desire(desire([application('shop')]));
    await eventually(() => expect(second.view().message).toBe('another daemon of owner "test" acts here: this test'));
    expect(names(docker)).toEqual(['fairlead.test.lease']);
    await first.stop();
    await converged(second, 'r1');
  });

  it('of two owners: neither touches what is the other’s', async () => {
    const docker = engine();
    const one = startDaemon(docker, { owner: 'test' });
    const two = startDaemon(docker, { owner: 'other' });
    one.desire(desire([application('shop')]));
    await converged(one, 'r1');
    two.desire({ ...desire([application('till')]), owner: 'other' });
    await converged(two, 'r1');
    one.desire(desire([], { revision: 'r2' }));
    await converged(one, 'r2');
    expect(names(docker)).toContain('acme.till.web-1.main');
  });

  it('that want one name: the second says whose it is and leaves it alone', async () => {
    const docker = engine();
    const one = startDaemon(docker, { owner: 'test' });
    one.desire(desire([application('shop')]));
    await converged(one, 'r1');
    const two = startDaemon(docker, { owner: 'other' });
    two.desire({ ...desire([application('shop')]), owner: 'other' });
    await eventually(() => expect(two.view().attempts.some(({ error }) => error.includes('owner "test"'))).toBe(true));
    expect(docker.engine.find('acme.shop.web-1.main')?.status).toBe('running');
  });
});
