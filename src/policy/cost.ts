import type { InitContainerSpec, ServiceSpec } from '../model/application-spec.ts';
import type { DesiredInstance, Resources } from '../model/desired.ts';
import { parseSize } from '../spec/units.ts';

/** What counts against a quota: instances, bytes and billionths of a processor. */
export interface Cost {
  readonly instances: number;
  readonly memory: number;
  readonly cpus: number;
}

export const NO_COST: Cost = { instances: 0, memory: 0, cpus: 0 };

/** 0 is no limit: the engine is asked for none, and what rounds to nothing is none as well. */
export function costOfContainer({
  memory,
  cpus = 0,
}: Pick<InitContainerSpec, 'memory' | 'cpus'>): Omit<Cost, 'instances'> {
  return { memory: memory === undefined ? 0 : parseSize(memory), cpus: Math.round(cpus * 1e9) };
}

/** Of one instance: init containers run one after the other, before the containers, which run together. */
export function costOfService(service: ServiceSpec): Cost {
  return ofInstance(
    (service['init-containers'] ?? []).map(costOfContainer),
    (service.containers ?? []).map(costOfContainer),
  );
}

export function costOfInstance({ initContainers, containers }: DesiredInstance): Cost {
  const costOf = ({ resources }: { readonly resources: Resources }) => ({
    memory: resources.memoryBytes,
    cpus: resources.nanoCpus,
  });
  return ofInstance(initContainers.map(costOf), containers.map(costOf));
}

type Limits = Omit<Cost, 'instances'>;

function ofInstance(before: readonly Limits[], together: readonly Limits[]): Cost {
  const sum = (key: keyof Limits) => together.reduce((total, one) => total + one[key], 0);
  const most = (key: keyof Limits) => Math.max(sum(key), ...before.map((one) => one[key]));
  return { instances: 1, memory: most('memory'), cpus: most('cpus') };
}

export function plus(a: Cost, b: Cost): Cost {
  return { instances: a.instances + b.instances, memory: a.memory + b.memory, cpus: a.cpus + b.cpus };
}

export function times(cost: Cost, count: number): Cost {
  return { instances: cost.instances * count, memory: cost.memory * count, cpus: cost.cpus * count };
}
