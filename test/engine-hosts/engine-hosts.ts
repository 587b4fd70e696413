import path from 'node:path';
import { enginePrograms, ensurePrograms } from '../../scripts/setup.mjs';
import { createDockerDaemon, type DockerDaemon } from '../../scripts/setup/docker-daemon.mjs';
import { createGround, removeGround, type Ground } from '../../scripts/setup/ground.mjs';
import { createHostNetwork, createNetwork, mostHosts, type GroundNetwork } from '../../scripts/setup/network.mjs';

/**
 * One host: a Docker engine in a network namespace of its own.
 * `stop` ends the engine as its service manager would (containers end with it, unless it has `--live-restore`), `kill`
 * by SIGKILL (containers run on), `start` brings it back with what it had.
 */
export interface Host extends DockerDaemon {
  /** Unique among all runs on this machine; the engine's label `host` too. */
  readonly name: string;
  /** The name of its network namespace, as in `ip netns`. */
  readonly netns: string;
  /** Its address on the hosts' network, reachable from the machine and from the other hosts. */
  readonly address: string;
}

export interface Hosts {
  readonly hosts: readonly Host[];
  /** A range (CIDR) that nothing on this machine uses, for application networks. */
  readonly networkPool: string;
  /** Removes every trace: processes, mounts, namespaces, cgroups, folders. */
  stop(): Promise<void>;
}

export interface HostOptions {
  /** Further flags of every dockerd, such as `--live-restore`. */
  readonly flags?: readonly string[];
}

/**
 * Starts `count` private Docker engines as so many hosts on one network. Needs root; installs what is missing as
 * `npm test` does. Hosts that a killed run left behind are removed first, those of a living run are left alone.
 */
export async function startHosts(count: number, options: HostOptions = {}): Promise<Hosts> {
  if (count < 1 || count > mostHosts) throw new Error(`${count} hosts: 1 to ${mostHosts} are possible`);
  await ensurePrograms(enginePrograms);
  const ground = await createGround();
  const stop = () => removeGround(ground);
  try {
    const network = await createNetwork(ground);
    const hosts: Host[] = [];
    for (let number = 1; number <= count; number++) hosts.push(await createHost(ground, network, { number, options }));
    await Promise.all(hosts.map((host) => host.start()));
    return { hosts, networkPool: network.networkPool, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createHost(
  ground: Ground,
  network: GroundNetwork,
  { number, options }: { number: number; options: HostOptions },
): Promise<Host> {
  const hostNetwork = await createHostNetwork(network, number);
  const name = `h${number}-${ground.id}`;
  const daemon = createDockerDaemon({
    directory: path.join(ground.directory, `h${number}`),
    name,
    cgroup: `/fairlead-${ground.id}/h${number}`,
    network: hostNetwork,
    flags: options.flags ?? [],
  });
  return { ...daemon, name, netns: hostNetwork.namespace, address: hostNetwork.address };
}
