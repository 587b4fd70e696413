import { randomBytes } from 'node:crypto';
import { kill } from 'node:process';
import { openCalls, type EngineCalls } from '../../src/docker/calls.ts';
import { openTransport } from '../../src/docker/dockerode.ts';
import { parseEndpoint } from '../../src/docker/endpoint.ts';
import { openDocker } from '../../src/docker/engine.ts';
import type { DockerPort } from '../../src/docker/port.ts';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';
import type { WireVolumes } from '../../src/docker/wire-files.ts';
import { helperLabels, leaseLabels } from '../../src/model/labels.ts';
import { formatCidr, parseCidr } from '../../src/model/subnet.ts';
import { TEST_IMAGE } from '../contract/actions.ts';
import { describeDockerContract, type ContractEngine } from '../contract/docker-contract.ts';
import { listFolder, readFile } from './container-files.ts';
import { readLink, readSettings } from './read-settings.ts';
import { openCuttableRelay } from './cuttable-relay.ts';
import { ensureTestImage, testEndpoint } from './test-image.ts';

describeDockerContract('dockerode on a real engine', makeEngine);

async function makeEngine(): Promise<ContractEngine> {
  const endpoint = testEndpoint();
  await ensureTestImage(endpoint);
  const relay = await openCuttableRelay(parseEndpoint(endpoint));
  const docker = openDocker(parseEndpoint(relay.endpoint));
  const calls = openCalls(openTransport(parseEndpoint(endpoint)));
  const { signal } = new AbortController();
  const owner = `contract-${randomBytes(4).toString('hex')}`;
  const post = async (path: string, body?: object) => {
    const call = { method: 'POST', path, purpose: 'act behind Fairlead' } as const;
    await calls.answer(body === undefined ? call : { ...call, body }, signal);
  };
  const create = async (name: string, body: object) => {
    const call = { method: 'POST', path: '/containers/create', query: { name }, body, purpose: 'create' } as const;
    await calls.answer(call, signal);
  };
  return {
    docker,
    owner,
    subnets: testSubnets(),
    killProcess: async (name) => {
      const { pid = 0 } = (await docker.inspectContainer(name, signal)) ?? {};
      if (pid > 1) kill(pid, 'SIGKILL');
    },
    killByHand: (name) => post(`/containers/${name}/kill`),
    pause: (name) => post(`/containers/${name}/pause`),
    makeForeign: (name, labels = {}) => create(name, { Image: TEST_IMAGE, Cmd: ['true'], Labels: labels }),
    connect: (name, network) => post(`/networks/${network}/connect`, { Container: name }),
    leaveLeaseBehind: (of) =>
      create(`fairlead.${of}.lease`, { Image: SANDBOX_IMAGE, Labels: leaseLabels(of, 'host-a pid 1') }),
    leaveHelperBehind: (name, of) => create(name, { Image: SANDBOX_IMAGE, Labels: helperLabels(of) }),
    settings: (name) => readSettings(endpoint, name),
    readLink: (name, path) => readLink(endpoint, name, path),
    makeForeignVolume: (name) => post('/volumes/create', { Name: name }),
    readFile: (name, path) => readFile(docker, name, path),
    listFolder: (name, path) => listFolder(docker, name, path),
    cutConnections: async () => relay.cut(),
    dispose: async () => {
      await removeAll(docker, calls, owner);
      await relay.close();
    },
  };
}

/** Three ranges of the pool the engine's harness keeps for tests. */
function testSubnets(): readonly [string, string, string] {
  const { first } = parseCidr(process.env['FAIRLEAD_TEST_NETWORK_POOL'] ?? '10.231.0.0/16') ?? { first: 0 };
  const at = (index: number) => formatCidr({ first: first + index * 256, size: 64 });
  return [at(0), at(1), at(2)];
}

/** Everything of the run is labelled with the owner, or named after it. */
async function removeAll(docker: DockerPort, calls: EngineCalls, owner: string): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  const query = { all: '1', filters: JSON.stringify({ name: [owner] }) };
  const list = async (path: string) =>
    (await calls.answer({ method: 'GET', path, query, purpose: 'list' }, signal)) as readonly { readonly Id: string }[];
  for (const { Id } of await list('/containers/json')) await docker.removeContainer(Id, signal);
  for (const { Id } of await list('/networks')) await docker.removeNetwork(Id, signal);
  const volumes = { method: 'GET', path: '/volumes', query, purpose: 'list' } as const;
  for (const { Name } of ((await calls.answer(volumes, signal)) as WireVolumes).Volumes ?? [])
    await docker.removeVolume({ kind: 'remove-volume', name: Name, hostPath: '' }, signal);
  await removeVolumes(calls, owner, signal);
}

async function removeVolumes(calls: EngineCalls, owner: string, signal: AbortSignal): Promise<void> {
  const query = { filters: JSON.stringify({ name: [owner] }) };
  const found = await calls.answer({ method: 'GET', path: '/volumes', query, purpose: 'list volumes' }, signal);
  const { Volumes } = found as { readonly Volumes: readonly { readonly Name: string }[] | null };
  for (const { Name } of Volumes ?? []) {
    await calls.answer({ method: 'DELETE', path: `/volumes/${Name}`, purpose: 'remove a volume' }, signal);
  }
}
