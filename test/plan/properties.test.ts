import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SANDBOX_FILES } from '../../src/model/desired.ts';
import { formatCidr } from '../../src/model/subnet.ts';
import { planHost } from '../../src/plan/plan-host.ts';
import { application, container, desire, service } from '../builders.ts';
import { createWorld, type World } from '../world.ts';

// Breadth: rules that hold for any applications, any history and any meddling.

const containers = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('aa', 'bb', 'cc'),
      env: fc.constantFrom({}, { X: '1' }, { X: '2' }),
      mounts: fc.subarray(['cache', 'data', 'config']),
      told: fc.boolean(),
      probed: fc.boolean(),
      asked: fc.boolean(),
    }),
    {
      minLength: 1,
      selector: ({ name }) => name,
    },
  )
  .map((list) =>
    list.map(({ name, env, mounts, told, probed, asked }) =>
      container(name, {
        env,
        mounts: mounts.map((volume) => ({ 'volume-name': volume, 'mount-path': `/${volume}` })),
        ...(told ? { 'on-mounted-file-change': { cmd: ['reload'] } } : {}),
        ...(probed ? { probes: { liveness: { tcp: { port: 80 } } } } : {}),
        ...(asked ? { 'delayed-shutdown-cmd': ['leave'] } : {}),
      }),
    ),
  );
/** All that containers may mount; the config map's text and the kind of the cache differ. */
const volumes = fc
  .record({ text: fc.constantFrom('one', 'two'), cache: fc.constantFrom('ephemeral-volume', 'persistent-volume') })
  .map(({ text, cache }) => [
    { name: 'cache', [cache]: { size: '1MB' } },
    { name: 'data', 'persistent-volume': { size: '1MB' } },
    { name: 'config', 'config-map': { items: [{ name: 'a.conf', data: text }] } },
  ]);
const initContainers = fc
  .subarray(['fetch', 'unpack'])
  .map((names) => ({ 'init-containers': names.map((name) => container(name)) }));
/** Of a third of the services old instances live on. */
const delayed = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        timeout: fc.constantFrom('0s', '1m', '2h'),
        'max-number-of-instances': fc.integer({ min: 1, max: 3 }),
      })
      .map((wish) => ({ 'delayed-shutdown': wish })),
  },
);
const services = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('web', 'db'),
      replicas: fc.integer({ min: 0, max: 3 }),
      containers,
      volumes,
      initContainers,
      delayed,
    }),
    {
      minLength: 1,
      selector: ({ name }) => name,
    },
  )
  .map((list) =>
    list.map(({ name, initContainers: initial, delayed: lives, ...fields }) =>
      service(name, { ...fields, ...initial, ...lives }),
    ),
  );
const applications = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('shop', 'till', 'scale'),
      version: fc.constantFrom('1.0', '1.1'),
      services,
      network: fc.constantFrom({}, { 'shared-application-network': 'backbone' }),
    }),
    { selector: ({ name }) => name },
  )
  .map((list) => list.map(({ name, ...fields }) => application(name, fields)));

/** What happens to the whole host: somebody cleans up while it comes back, or its clock is set. */
const HOST_TRICKS = ['prune', 'remake', 'clock-back', 'clock-ahead'];

/** What happens to config maps: somebody empties one, writes into it, or what was noted in it is lost. */
const VOLUME_TRICKS = ['wipe', 'overwrite', 'untell'];

/** Something that happens to a random container behind our back. */
const meddling = fc.record({
  which: fc.nat(),
  how: fc.constantFrom(
    ...['remove', 'stop', 'pause', 'crash', 'rename', 'limit', 'connect', 'disconnect', 'hang'],
    ...VOLUME_TRICKS,
    ...HOST_TRICKS,
  ),
});

function meddle(world: World, { which, how }: { which: number; how: string }): void {
  const { engine } = world.docker;
  if (HOST_TRICKS.includes(how)) {
    meddleWithHost(world, how);
    return;
  }
  if (VOLUME_TRICKS.includes(how)) {
    meddleWithFiles(world, how);
    return;
  }
  const mine = engine.containers();
  const victim = mine[which % Math.max(mine.length, 1)];
  if (victim === undefined) return;
  if (how === 'remove') engine.remove(victim.id);
  else if (how === 'stop') engine.stop(victim.id);
  else if (how === 'rename') engine.rename(victim.id, `renamed-${victim.id}`);
  else if (how === 'limit') victim.resources = { memoryBytes: 1e9, nanoCpus: 0, cpuShares: 0 };
  else if (how === 'connect') engine.connect(victim.id, foreignNetwork(world));
  else if (how === 'disconnect') for (const name of victim.networkIds.keys()) engine.disconnect(victim.id, name);
  else if (victim.status !== 'running') return;
  else if (how === 'pause') engine.pause(victim.id);
  else if (how === 'hang') world.probe(victim.id, { liveness: 'failure', message: 'no answer' });
  else engine.endProcess(victim.id, 1);
}

function meddleWithFiles(world: World, how: string): void {
  const { engine } = world.docker;
  const mounted = engine.containers().flatMap(({ desired }) => desired.mounts);
  for (const { volume } of mounted.filter(({ path }) => path.startsWith(SANDBOX_FILES))) {
    const files = engine.volumes.find(volume);
    if (files === undefined) continue;
    files.told = {};
    if (how === 'wipe') Object.assign(files, { generation: '', switchedAt: 0 });
    if (how === 'overwrite') Object.assign(files, { generation: '..0', switchedAt: world.now });
  }
}

function meddleWithHost(world: World, how: string): void {
  const { engine } = world.docker;
  // A few steps' worth: a sandbox that was restarted has its containers follow until the clock has caught up.
  if (how === 'clock-back') world.now -= 100;
  else if (how === 'clock-ahead') world.now += 3_600_000;
  else {
    engine.shutDown();
    engine.boot();
    const networks = engine.networks.all();
    engine.attachments.prune();
    if (how === 'prune') return;
    // Under the same names, labels and ranges, but others.
    for (const { name, labels, range } of networks) {
      const action = { kind: 'create-network', network: name, subnet: formatCidr(range), labels } as const;
      engine.networks.create(engine.nextId(), action);
    }
  }
}

/** A network that is none of ours. */
function foreignNetwork({ docker: { engine } }: World): string {
  const network = 'foreign';
  engine.networks.create(engine.nextId(), {
    kind: 'create-network',
    network,
    subnet: '192.168.77.0/26',
    labels: {},
  });
  return network;
}

/** At most three applications exist, so the guard against mass removal never speaks. */
const commits = fc.array(applications, { minLength: 1, maxLength: 4 });

describe('for any commits and any meddling', { timeout: 120_000 }, () => {
  it('a host that was brought to a revision needs nothing more', async () => {
    await fc.assert(
      fc.asyncProperty(commits, fc.array(meddling, { maxLength: 6 }), async (history, tricks) => {
        const world = createWorld();
        for (const specs of history) {
          await world.converge(desire(specs));
          for (const trick of tricks) meddle(world, trick);
          world.now += 1000;
        }
        const last = desire(history.at(-1) ?? []);
        await world.settle(last);
        expect((await world.plan(last)).steps).toEqual([]);
        expectExactly(world, last.applications);
      }),
      { numRuns: 60 },
    );
  });

  it('init containers that fail for a while hold up their instance and nothing for ever', async () => {
    await fc.assert(
      fc.asyncProperty(commits, fc.array(fc.nat({ max: 2 }), { maxLength: 12 }), async (history, exits) => {
        const left = [...exits];
        const world = createWorld(({ role }) => (role === 'init-container' ? (left.shift() ?? 0) : undefined));
        for (const specs of history) await world.converge(desire(specs), 20);
        const last = desire(history.at(-1) ?? []);
        await world.settle(last);
        expectExactly(world, last.applications);
      }),
      { numRuns: 60 },
    );
  });

  it('a crash after any step loses and doubles nothing', async () => {
    await fc.assert(
      fc.asyncProperty(commits, fc.nat({ max: 40 }), async (history, crashAfter) => {
        const world = createWorld();
        for (const specs of history) await world.converge(desire(specs), crashAfter);
        const last = desire(history.at(-1) ?? []);
        await world.settle(last);
        expectExactly(world, last.applications);
      }),
      { numRuns: 60 },
    );
  });

  it('the order of the input never shows', async () => {
    await fc.assert(
      fc.asyncProperty(commits, applications, async (history, specs) => {
        const world = createWorld();
        for (const former of history) await world.converge(desire(former), 10);
        const forward = await world.plan(desire(specs));
        const backward = await world.plan(desire([...specs].reverse()));
        expect(forward).toEqual(backward);
      }),
      { numRuns: 50 },
    );
  });

  it('an application planned from its former plan gets the same steps as one planned afresh', async () => {
    await fc.assert(
      fc.asyncProperty(applications, applications, async (before, after) => {
        const world = createWorld();
        await world.converge(desire(before), 7);
        const observed = await world.observe();
        const shared = {
          observed,
          inFlight: [],
          attempts: [],
          ongoing: [],
          networkPool: '10.201.0.0/16',
          pruneVerdict: { applications: Object.keys(observed.applications), allowed: true },
          now: 0,
        };
        const former = planHost({ ...shared, desired: desire(before) });
        const desired = desire(after);
        expect(planHost({ ...shared, desired }, former).plan).toEqual(planHost({ ...shared, desired }).plan);
      }),
      { numRuns: 60 },
    );
  });

  it('no persistent volume is ever removed, and no other is left without its instance', async () => {
    await fc.assert(
      fc.asyncProperty(commits, fc.nat({ max: 40 }), async (history, crashAfter) => {
        const world = createWorld();
        const persistent = new Set<string>();
        for (const specs of history) {
          await world.converge(desire(specs), crashAfter);
          for (const { name } of (await world.observe()).persistentVolumes) persistent.add(name);
        }
        const last = desire(history.at(-1) ?? []);
        await world.settle(last);
        const instances = Object.values(last.applications).flatMap((one) => one.instances);
        const wanted = instances.flatMap((instance) => instance.volumes.map(({ name }) => name));
        const found = (await world.docker.listVolumes('test', new AbortController().signal)).map(({ name }) => name);
        expect(new Set(found)).toEqual(new Set([...wanted, ...persistent]));
      }),
      { numRuns: 60 },
    );
  });

  it('nothing of another owner is touched', async () => {
    await fc.assert(
      fc.asyncProperty(commits, async (history) => {
        const world = createWorld();
        const labels = { 'io.fairlead.owner': 'other', 'io.fairlead.role': 'container' };
        const theirs = Object.values(desire([application('theirs')]).applications)[0]?.instances[0]?.containers[0];
        if (theirs === undefined) throw new Error('the builder made no container');
        const network = { kind: 'network' as const, network: 'bridge', aliases: [] };
        world.docker.engine.create({ container: { ...theirs, network }, labels });
        for (const specs of history) await world.converge(desire(specs));
        expect(world.docker.engine.find(theirs.name)?.labels).toMatchObject(labels);
      }),
      { numRuns: 50 },
    );
  });
});

/** One container for each that is desired, running or, of init containers, ended well; and no other of ours. */
function expectExactly(world: World, wanted: ReturnType<typeof desire>['applications']): void {
  const names = Object.values(wanted).flatMap(({ instances }) =>
    instances.flatMap(({ sandbox, containers: members }) => [sandbox, ...members].map(({ name }) => name)),
  );
  const initial = (role: string | undefined) => role === 'init-container';
  const all = world.docker.engine.containers();
  const running = all.filter(({ status }) => status === 'running');
  expect(running.map(({ name }) => name).sort()).toEqual(names.sort());
  const others = all.filter(({ status }) => status !== 'running');
  expect(others.filter(({ desired, exitCode }) => !initial(desired.role) || exitCode !== 0)).toEqual([]);
}
