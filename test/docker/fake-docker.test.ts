import { describe, expect, it } from 'vitest';
import { DockerError } from '../../src/docker/port.ts';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';
import { leaseLabels } from '../../src/model/labels.ts';
import { createMember, createNetwork, createSandbox, TEST_IMAGE, TEST_IMAGE_2 } from '../contract/actions.ts';
import { describeDockerContract, type ContractEngine } from '../contract/docker-contract.ts';
import { FakeDocker } from '../fakes/fake-docker.ts';

const signal = AbortSignal.timeout(60_000);

function makeFake(): FakeDocker {
  let now = 1_700_000_000_000;
  const docker = new FakeDocker({
    now: () => (now += 1),
    exitAtStart: ({ cmd }) => (cmd?.at(-1) === 'exit 3' ? 3 : undefined),
  });
  for (const [at, image] of [TEST_IMAGE, TEST_IMAGE_2].entries()) docker.engine.images.set(image, `sha256:test${at}`);
  return docker;
}

async function makeEngine(): Promise<ContractEngine> {
  const docker = makeFake();
  const owner = 'contract';
  const missing = new DockerError('pull-failed', 'cannot pull image 127.0.0.1:1/fairlead-test/none:1: refused');
  docker.pulls.set('127.0.0.1:1/fairlead-test/none:1', () => Promise.reject(missing));
  return {
    docker,
    owner,
    subnets: ['10.201.0.0/26', '10.201.1.0/26', '10.201.2.0/26'],
    killProcess: async (name) => docker.engine.endProcess(name, 137),
    killByHand: async (name) => docker.engine.killByHand(name),
    pause: async (name) => docker.engine.pause(name),
    makeForeign: async (name, labels = {}) => {
      docker.engine.create({ container: createSandbox(owner, name, 'none').container, labels });
    },
    connect: async (name, network) => docker.engine.connect(name, network),
    leaveLeaseBehind: async (of) => {
      const { container } = createSandbox(of, `fairlead.${of}.lease`, 'host', { image: SANDBOX_IMAGE });
      docker.engine.create({ container, labels: leaseLabels(of, 'host-a pid 1') });
    },
    cutConnections: async () => docker.cutConnections(),
    dispose: async () => undefined,
  };
}

describeDockerContract('the fake engine', makeEngine);

describe('the fake engine on its own', () => {
  async function withInstance(): Promise<FakeDocker> {
    const docker = makeFake();
    await docker.createNetwork(createNetwork('a', 'net', '10.201.0.0/26'), signal);
    await docker.createContainer(createSandbox('a', 'sb', 'net'), signal);
    await docker.startContainer('sb', signal);
    await docker.createContainer(createMember('a', 'member', 'sb'), signal);
    await docker.startContainer('member', signal);
    return docker;
  }

  it('answers nothing while it is down and throws in event streams', async () => {
    const docker = await withInstance();
    const listen = async () => {
      for await (const event of docker.events(signal)) if (event.kind === 'connected') docker.goDown();
    };
    await expect(listen()).rejects.toMatchObject({ code: 'unreachable' });
    await expect(docker.ping(signal)).rejects.toMatchObject({ code: 'unreachable' });
    docker.comeBack();
    await docker.ping(signal);
  });

  it('leaves members exited after a restart, as a real engine without live-restore does', async () => {
    const docker = await withInstance();
    docker.goDown();
    docker.comeBack();
    expect(await docker.inspectContainer('member', signal)).toMatchObject({ status: 'exited', restartCount: 0 });
    expect(await docker.inspectContainer('sb', signal)).toMatchObject({ status: 'exited', addresses: { net: '' } });
  });

  it('leaves a crashed member exited when its sandbox does not run', async () => {
    const docker = await withInstance();
    docker.engine.endProcess('sb', 137);
    docker.engine.endProcess('member', 1);
    expect(await docker.inspectContainer('member', signal)).toMatchObject({ status: 'exited', restartCount: 0 });
  });

  it('records what was asked of it', async () => {
    const docker = await withInstance();
    expect(docker.calls.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'createNetwork net',
      'createContainer sb',
      'startContainer sb',
      'createContainer member',
      'startContainer member',
    ]);
  });

  it('fails on demand, once', async () => {
    const docker = await withInstance();
    docker.failNext('startContainer', new DockerError('timeout', 'too slow'));
    await expect(docker.startContainer('member', signal)).rejects.toMatchObject({ code: 'timeout' });
    await docker.startContainer('member', signal);
  });

  it('pulls as slowly as a test wants', async () => {
    const docker = makeFake();
    let finish: () => void = () => undefined;
    docker.pulls.set('slow:1', () => new Promise((resolve) => (finish = resolve)));
    const pulling = docker.pullImage('slow:1', signal);
    expect(await docker.inspectImage('slow:1', signal)).toBeUndefined();
    finish();
    await pulling;
    expect(await docker.inspectImage('slow:1', signal)).toMatchObject({ tags: ['slow:1'] });
  });
});
