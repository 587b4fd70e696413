import { describe, expect, it } from 'vitest';
import { DockerError, type ExecOptions, type ExecResult } from '../../src/docker/port.ts';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';
import type { ArchiveEntry } from '../../src/model/desired.ts';
import { helperLabels, leaseLabels } from '../../src/model/labels.ts';
import { createMember, createNetwork, createSandbox, startOf, TEST_IMAGE, TEST_IMAGE_2 } from '../contract/actions.ts';
import { describeDockerContract, type ContainerSettings, type ContractEngine } from '../contract/docker-contract.ts';
import type { FakeContainer } from '../fakes/fake-container.ts';
import { FakeDocker } from '../fakes/fake-docker.ts';
import type { FakeTerminal } from '../fakes/fake-sessions.ts';
import type { FakeVolume } from '../fakes/fake-volumes.ts';
import { toSeen } from '../contract/files-rules.ts';

const signal = AbortSignal.timeout(60_000);

function makeFake(): FakeDocker {
  let now = 1_700_000_000_000;
  const docker = new FakeDocker({
    now: () => (now += 1),
    exitAtStart: ({ cmd }) => toExitCode(cmd?.at(-1)),
    linesAtStart: ({ cmd }) =>
      [...(cmd?.at(-1) ?? '').matchAll(/printf '(\w+)\\n'( >&2)?/g)].map(([, text = '', redirected]) => {
        return { text, stream: redirected === undefined ? 'stdout' : 'stderr' };
      }),
    linesAtEnd: ({ cmd }) => [...(cmd?.at(-1) ?? '').matchAll(/echo (\w+)/g)].map(([, word = '']) => word),
  });
  for (const [at, image] of [TEST_IMAGE, TEST_IMAGE_2].entries()) docker.engine.images.set(image, `sha256:test${at}`);
  return docker;
}

/** Of a shell script that ends with `exit 3`. */
function toExitCode(script = ''): number | undefined {
  const code = /exit (\d+)$/.exec(script)?.[1];
  return code === undefined ? undefined : Number(code);
}

async function makeEngine(): Promise<ContractEngine> {
  const docker = makeFake();
  const owner = 'contract';
  const missing = new DockerError('pull-failed', 'cannot pull image 127.0.0.1:1/fairlead-test/none:1: refused');
  docker.onExec = ({ name }, cmd) => {
    if (cmd.at(-1) !== 'cat /log/*') return runCommand(cmd);
    return {
      exitCode: 0,
      output: volumeOf(docker, name)
        .files.map(({ data }) => data)
        .join(''),
    };
  };
  docker.onSession = async (terminal, options, container) => {
    if (options.cmd.join(' ') === 'cat') return await runCat(terminal, options);
    if (options.cmd.at(-1)?.includes('stty size')) return await runStty(terminal);
    const { exitCode, output } = await docker.onExec(container, options.cmd);
    terminal.stdout.write(output);
    return exitCode;
  };
  docker.onDial = ({ protocol, port }, sandbox) => {
    if (protocol === 'udp') return port === 53 ? (end) => end.pipe(end) : undefined;
    const listens = ({ desired, status, sandboxId }: FakeContainer) => {
      const [, first, last] = /seq (\d+) (\d+)/.exec(desired.cmd?.at(-1) ?? '') ?? [];
      return sandboxId === sandbox.id && status === 'running' && port >= Number(first) && port <= Number(last);
    };
    const isThere = docker.engine.containers().some(listens);
    return isThere ? (end) => end.pipe(end) : undefined;
  };
  docker.onConnect = (address, port) => (echoesOn(docker, address, port) ? (end) => end.pipe(end) : undefined);
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
    leaveHelperBehind: async (name, of) => {
      const { container } = createSandbox(of, name, 'host', { image: SANDBOX_IMAGE });
      docker.engine.create({ container, labels: helperLabels(of) });
    },
    settings: async (name) => settingsOf(docker.engine.get(name, 'read its settings')),
    readLink: async (name, path) => readLink(docker.engine.get(name, 'read a link').laid, path),
    makeForeignVolume: async (name) => void docker.engine.volumes.make(name),
    readFile: async (name, path) => {
      const file = volumeOf(docker, name).files.find((one) => path.endsWith(`/${one.name}`));
      return file && toSeen(file);
    },
    listFolder: async (name) => {
      const { generation, files } = volumeOf(docker, name);
      return [generation, '..data', ...files.map((file) => file.name)].sort();
    },
    cutConnections: async () => docker.cutConnections(),
    dispose: async () => undefined,
  };
}

/** The one it has mounted. */
function volumeOf(docker: FakeDocker, name: string): FakeVolume {
  const [mount] = docker.engine.get(name, 'look into it').desired.mounts;
  return docker.engine.volumes.find(mount?.volume ?? '')!;
}

/** Whether a running member runs `nc -ll -p <port> -e cat` at this address. */
function echoesOn({ engine }: FakeDocker, address: string, port: number): boolean {
  return engine.containers().some(({ desired, status, sandboxId }) => {
    const sandbox = engine.find(sandboxId ?? '');
    const isThere = [...(sandbox?.networkIds.keys() ?? [])].some((network) =>
      engine.networks.addressOf(network, sandbox?.id ?? '').startsWith(`${address}/`),
    );
    return status === 'running' && isThere && desired.cmd?.join(' ') === `nc -ll -p ${port} -e cat`;
  });
}

/** The few commands the contract runs. */
function runCommand(cmd: readonly string[]): ExecResult | Promise<ExecResult> {
  switch (cmd.join(' ')) {
    case 'true':
      return { exitCode: 0, output: '' };
    case 'sleep 1000':
      return new Promise(() => undefined);
    case 'sh -c echo out; echo err >&2; exit 3':
      return { exitCode: 3, output: 'out\nerr\n' };
    case 'sh -c printf x; yes é | head -n 100000':
      return { exitCode: 0, output: `x${'é\n'.repeat(1365)}` };
    default:
      return { exitCode: 126, output: `exec: "${cmd.join(' ')}": not found` };
  }
}

/** Of a terminal, which shows what is typed, the end is ^D. */
async function runCat({ stdin, stdout }: FakeTerminal, { tty }: ExecOptions): Promise<number> {
  for await (const bytes of stdin as AsyncIterable<Buffer>) {
    const echoes = tty ? [bytes, bytes] : [bytes];
    for (const echo of echoes) await new Promise((resolve) => stdout.write(echo, resolve));
  }
  return 0;
}

/** `read go; stty size`, twice. */
async function runStty({ stdin, stdout, sizes }: FakeTerminal): Promise<number> {
  let left = 2;
  for await (const line of stdin as AsyncIterable<Buffer>) {
    if (line.length === 0) continue;
    const { rows, columns } = sizes.at(-1)!;
    stdout.write(`${rows} ${columns}\r\n`);
    left -= 1;
    if (left === 0) break;
  }
  return 0;
}

function settingsOf({ desired }: FakeContainer): ContainerSettings {
  const controls = { apparmor: 'apparmor=unconfined', selinux: 'label=disable' };
  return {
    capabilitiesAdded: desired.capabilitiesAdded,
    securityOptions: desired.unconfined.map((control) => controls[control]),
    devices: desired.devices,
    logDriver: desired.log.kind === 'none' ? 'none' : 'json-file',
    sharesProcesses: desired.pid === 'sandbox',
    mounts: desired.mounts,
  };
}

function readLink(laid: readonly ArchiveEntry[], path: string): string | undefined {
  const link = laid.findLast((entry) => entry.path === path);
  return link?.kind === 'link' ? link.target : undefined;
}

describeDockerContract('the fake engine', makeEngine);

describe('the fake engine on its own', () => {
  async function withInstance(): Promise<FakeDocker> {
    const docker = makeFake();
    await docker.createNetwork(createNetwork('a', 'net', '10.201.0.0/26'), signal);
    await docker.createContainer(createSandbox('a', 'sb', 'net'), signal);
    await docker.startContainer(startOf('sb'), signal);
    await docker.createContainer(createMember('a', 'member', 'sb'), signal);
    await docker.startContainer(startOf('member'), signal);
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
    await expect(docker.startContainer(startOf('member'), signal)).rejects.toMatchObject({ code: 'timeout' });
    await docker.startContainer(startOf('member'), signal);
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
