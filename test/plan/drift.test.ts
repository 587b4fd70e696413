import { describe, expect, it } from 'vitest';
import { application, container, desire, service } from '../builders.ts';
import { createWorld, type World } from '../world.ts';

const SPEC = application('shop', {
  services: [service('web', { containers: [container('a'), container('b', { memory: '64MiB' })] })],
});
const DESIRED = desire([SPEC]);

async function afterTampering(tamper: (world: World) => void): Promise<string[]> {
  const world = createWorld();
  await world.converge(DESIRED);
  world.now += 1000;
  tamper(world);
  const done = await world.converge(DESIRED);
  expect((await world.plan(DESIRED)).steps).toEqual([]);
  return done;
}

const id = (world: World, name: string) => world.docker.engine.get(name, 'test').id;

function limitMemory(world: World, name: string): void {
  const resources = { memoryBytes: 1e9, nanoCpus: 0, cpuShares: 0 };
  const shared = { id: id(world, name), name, resources, restart: 'unless-stopped' };
  world.docker.engine.update({ kind: 'update-container', ...shared });
}

describe('what somebody did by hand is put right', () => {
  it('a removed container is made anew, alone', async () => {
    const done = await afterTampering(({ docker: { engine } }) =>
      engine.remove(engine.get('acme.shop.web-1.a', 'test').id),
    );
    expect(done).toEqual(['create container acme.shop.web-1.a', 'start container acme.shop.web-1.a']);
  });

  it('a removed sandbox takes its containers with it, and the whole instance comes back', async () => {
    const done = await afterTampering((world) => world.docker.engine.remove(id(world, 'acme.shop.web-1')));
    expect(done.slice(0, 4)).toEqual([
      'stop container acme.shop.web-1.a',
      'stop container acme.shop.web-1.b',
      'remove container acme.shop.web-1.a',
      'remove container acme.shop.web-1.b',
    ]);
    expect(done).toContain('start container acme.shop.web-1.b');
  });

  it('a stopped container is started', async () => {
    const done = await afterTampering((world) => world.docker.engine.stop(id(world, 'acme.shop.web-1.a')));
    expect(done).toEqual(['start container acme.shop.web-1.a']);
  });

  it('a stopped sandbox is started, and its running containers are moved to its new network namespace', async () => {
    const done = await afterTampering((world) => world.docker.engine.stop(id(world, 'acme.shop.web-1')));
    expect(done).toEqual([
      'stop container acme.shop.web-1.a',
      'stop container acme.shop.web-1.b',
      'start container acme.shop.web-1',
      'start container acme.shop.web-1.a',
      'start container acme.shop.web-1.b',
    ]);
  });

  it('a sandbox that somebody restarted leaves its containers in a dead network namespace: they are restarted', async () => {
    const done = await afterTampering((world) => {
      world.docker.engine.stop(id(world, 'acme.shop.web-1'));
      world.now += 10;
      world.docker.engine.start('acme.shop.web-1');
    });
    expect(done).toContain('stop container acme.shop.web-1.a');
    expect(done).toContain('start container acme.shop.web-1.a');
    expect(done).not.toContain('create container acme.shop.web-1.a');
  });

  it('a paused container is woken', async () => {
    const done = await afterTampering((world) => world.docker.engine.pause('acme.shop.web-1.a'));
    expect(done).toEqual(['unpause container acme.shop.web-1.a']);
  });

  it('a renamed container gets its name back', async () => {
    const done = await afterTampering((world) => world.docker.engine.rename(id(world, 'acme.shop.web-1.a'), 'mine'));
    expect(done).toEqual(['rename container to acme.shop.web-1.a']);
  });

  it('a changed limit is set back in place', async () => {
    const done = await afterTampering((world) => limitMemory(world, 'acme.shop.web-1.b'));
    expect(done).toEqual(['update container acme.shop.web-1.b']);
  });

  it('a limit where none belongs costs the container: an engine cannot lift it', async () => {
    const done = await afterTampering((world) => limitMemory(world, 'acme.shop.web-1.a'));
    expect(done).toContain('create container acme.shop.web-1.a');
  });

  it('a sandbox that somebody connected to another network is made anew, on its own alone', async () => {
    const done = await afterTampering(({ docker: { engine } }) => {
      engine.networks.create(engine.nextId(), {
        kind: 'create-network',
        network: 'other',
        subnet: '10.9.0.0/26',
        labels: {},
      });
      engine.connect('acme.shop.web-1', 'other');
    });
    expect(done).toContain('create sandbox acme.shop.web-1');
  });

  it('a network that was pruned while its sandbox did not run costs the sandbox: it could never start again', async () => {
    const done = await afterTampering(({ docker: { engine } }) => {
      engine.shutDown();
      engine.boot();
      engine.attachments.prune();
    });
    expect(done).toContain('create network acme.shop');
    expect(done).toContain('create sandbox acme.shop.web-1');
  });

  it('a limit that the host cannot enforce is nobody’s doing', async () => {
    const world = createWorld();
    world.docker.engine.limits = { memory: false, cpus: true, cpuShares: true };
    await world.converge(DESIRED);
    expect((await world.plan(DESIRED)).steps).toEqual([]);
  });

  it('a clock that was set back after the sandbox started restarts nothing', async () => {
    const world = createWorld();
    await world.converge(DESIRED, 3);
    world.now -= 3_600_000;
    await world.converge(DESIRED);
    expect((await world.plan(DESIRED)).steps).toEqual([]);
  });

  it('a container in a state nobody knows is waited for', async () => {
    const done = await afterTampering((world) => {
      world.docker.engine.get('acme.shop.web-1.a', 'test').status = 'unknown';
    });
    expect(done).toEqual([]);
  });

  it('a crashed container is left to the engine', async () => {
    expect(await afterTampering((world) => world.docker.engine.endProcess('acme.shop.web-1.a', 1))).toEqual([]);
  });

  it('everything comes back after the engine was restarted, the same containers', async () => {
    const done = await afterTampering(({ docker: { engine } }) => {
      engine.shutDown();
      engine.boot();
    });
    expect(done).toEqual([
      'start container acme.shop.web-1',
      'start container acme.shop.web-1.a',
      'start container acme.shop.web-1.b',
    ]);
  });
});
