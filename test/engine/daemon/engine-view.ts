import { openDocker } from '../../../src/docker/engine.ts';
import { parseEndpoint } from '../../../src/docker/endpoint.ts';
import { askEngine } from '../../engine-hosts/engine-client.ts';
import { ENGINE } from './daemon-process.ts';

// The engine as it is, asked directly: what a scenario asserts never comes from Fairlead's own state.

export interface EngineContainer {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Containers with this owner label, without its lease, sorted by name. */
export async function containersOf(owner: string): Promise<readonly EngineContainer[]> {
  const filters = JSON.stringify({ label: [`io.fairlead.owner=${owner}`] });
  const body = await askEngine(ENGINE, '/containers/json', { query: { all: '1', filters } });
  const found = JSON.parse(body) as { Id: string; Names: string[]; State: string; Labels: Record<string, string> }[];
  return found
    .map(({ Id, Names, State, Labels }) => ({ id: Id, name: (Names[0] ?? '').slice(1), state: State, labels: Labels }))
    .filter(({ labels }) => labels['io.fairlead.role'] !== 'helper')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Name → id of those that run. */
export async function runningOf(owner: string): Promise<Readonly<Record<string, string>>> {
  const containers = await containersOf(owner);
  return Object.fromEntries(containers.filter(({ state }) => state === 'running').map(({ name, id }) => [name, id]));
}

export async function networksOf(owner: string): Promise<readonly string[]> {
  const filters = JSON.stringify({ label: [`io.fairlead.owner=${owner}`] });
  const body = await askEngine(ENGINE, '/networks', { query: { filters } });
  return (JSON.parse(body) as { Name: string }[]).map(({ Name }) => Name).sort();
}

/** Names of the volumes with this owner label, sorted. */
export async function volumesOf(owner: string): Promise<readonly string[]> {
  const filters = JSON.stringify({ label: [`io.fairlead.owner=${owner}`] });
  const { Volumes } = JSON.parse(await askEngine(ENGINE, '/volumes', { query: { filters } })) as {
    Volumes: { Name: string }[] | null;
  };
  return (Volumes ?? []).map(({ Name }) => Name).sort();
}

export async function inspect<T>(name: string): Promise<T> {
  return JSON.parse(await askEngine(ENGINE, `/containers/${name}/json`)) as T;
}

export async function removeByHand(name: string): Promise<void> {
  await askEngine(ENGINE, `/containers/${name}`, { method: 'DELETE', query: { force: '1' } });
}

/** Removes everything of an owner, whatever a scenario left. */
export async function sweep(owner: string): Promise<void> {
  const docker = openDocker(parseEndpoint(ENGINE));
  const signal = AbortSignal.timeout(200_000);
  const containers = await docker.listContainers(owner, signal);
  await Promise.all(containers.map(({ id }) => docker.removeContainer(id, signal)));
  for (const network of await docker.listNetworks(signal)) {
    if (network.identity?.owner === owner) await docker.removeNetwork(network.id, signal);
  }
  for (const volume of await volumesOf(owner)) await askEngine(ENGINE, `/volumes/${volume}`, { method: 'DELETE' });
}

/** Output of a command in a container, run as its own user or as another. */
export async function execIn(engine: string, name: string, Cmd: readonly string[], User = ''): Promise<string> {
  const json = { Cmd, User, AttachStdout: true, AttachStderr: true, Tty: true };
  const created = await askEngine(engine, `/containers/${name}/exec`, { method: 'POST', json });
  const { Id } = JSON.parse(created) as { Id: string };
  const output = await askEngine(engine, `/exec/${Id}/start`, { method: 'POST', json: { Detach: false, Tty: true } });
  return output.replaceAll('\r', '');
}

/** What a container without a terminal has written, as the engine keeps it. */
export async function logOf(engine: string, name: string): Promise<string> {
  const output = await askEngine(engine, `/containers/${name}/logs`, { query: { stdout: '1', stderr: '1' } });
  // Every line has a frame of its own, whose head is eight bytes.
  return output.replaceAll(/^[\x01\x02]\0{3}.{4}/gms, '');
}
