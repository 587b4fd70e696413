import { LABEL } from '../model/names.ts';
import type { ActionOf } from '../model/plan.ts';
import { LIST_TIMEOUT_MS, type EngineCalls } from './calls.ts';
import { isRefusal } from './docker-errors.ts';
import { toObservedNetwork } from './from-docker.ts';
import { throwNameTaken } from './name-taken.ts';
import { DockerError, type DockerPort } from './port.ts';
import { toCreateNetwork } from './to-docker.ts';
import type { WireNetwork } from './wire.ts';

type NetworkCalls = Pick<DockerPort, 'listNetworks' | 'inspectNetwork' | 'createNetwork' | 'removeNetwork'>;

export function openNetworks(calls: EngineCalls): NetworkCalls {
  return {
    listNetworks: async (signal) => (await list(calls, {}, signal)).map(toObservedNetwork),
    inspectNetwork: async (idOrName, signal) => {
      const wire = await inspect(calls, idOrName, signal);
      return wire === undefined ? undefined : toObservedNetwork(wire);
    },
    createNetwork: (action, signal) => createNetwork(calls, action, signal),
    removeNetwork: async (id, signal) => {
      const path = `/networks/${encodeURIComponent(id)}`;
      try {
        await calls.answer({ method: 'DELETE', path, purpose: `remove network ${id}` }, signal);
      } catch (error) {
        if (!isRefusal(error, 404)) throw error;
      }
    },
  };
}

async function createNetwork(
  calls: EngineCalls,
  action: ActionOf<'create-network'>,
  signal: AbortSignal,
): Promise<void> {
  const { network, subnet, labels } = action;
  const purpose = `create network ${network}`;
  try {
    await calls.answer({ method: 'POST', path: '/networks/create', body: toCreateNetwork(action), purpose }, signal);
  } catch (error) {
    if (!(error instanceof DockerError)) throw error;
    if (error.message.includes('Pool overlaps')) {
      throw new DockerError('subnet-taken', `cannot ${purpose}: ${subnet} overlaps another network`, { cause: error });
    }
    const holder = isRefusal(error, 409) ? await inspect(calls, network, signal) : undefined;
    if (holder === undefined) throw error;
    throwUnlessSame(network, holder.Labels ?? {}, labels);
  }
}

function throwUnlessSame(
  network: string,
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): void {
  if (labels[LABEL.owner] !== wanted[LABEL.owner]) throwNameTaken(network, 'network', labels[LABEL.owner]);
  const isSame = [LABEL.tenant, LABEL.application, LABEL.sharedNetwork].every(
    (label) => labels[label] === wanted[label],
  );
  if (!isSame)
    throw new DockerError('name-taken', `the name ${network} is taken by the network of another application`);
}

/** By id, then by name. A name can stand for two networks: the one with the first id is taken, always the same. */
async function inspect(calls: EngineCalls, idOrName: string, signal: AbortSignal): Promise<WireNetwork | undefined> {
  const byId = await list(calls, { id: [idOrName] }, signal);
  const byName = await list(calls, { name: [idOrName] }, signal);
  const exact = byName.filter((network) => network.Name === idOrName);
  return byId.find((network) => network.Id === idOrName) ?? exact.sort((a, b) => (a.Id < b.Id ? -1 : 1))[0];
}

async function list(
  calls: EngineCalls,
  filters: Readonly<Record<string, readonly string[]>>,
  signal: AbortSignal,
): Promise<readonly WireNetwork[]> {
  const query = { filters: JSON.stringify(filters) };
  const call = {
    method: 'GET',
    path: '/networks',
    query,
    purpose: 'list networks',
    timeoutMs: LIST_TIMEOUT_MS,
  } as const;
  return (await calls.answer(call, signal)) as readonly WireNetwork[];
}
