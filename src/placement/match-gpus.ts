import type { GpuSpec, InitContainerSpec } from '../model/application-spec.ts';
import type { HostGpu, SiteHost } from '../model/site-host.ts';

/** As many GPUs as asked for, the first of the host that match: ids, sorted. */
export function takenGpus(gpu: GpuSpec, host: SiteHost): readonly string[] {
  return matchingGpus(gpu, host)
    .slice(0, numberOf(gpu))
    .map(({ id }) => id)
    .sort();
}

/** Why the host has too few. */
export function explainMissingGpus(
  { name, gpu }: Pick<InitContainerSpec, 'name' | 'gpu'>,
  host: SiteHost,
): string | undefined {
  if (gpu === undefined) return undefined;
  if (host.gpus.length === 0) return `host ${host.name} has no GPUs`;
  const found = matchingGpus(gpu, host).length;
  if (found >= numberOf(gpu)) return undefined;
  const conditions = [...(gpu.labels ?? []).map((label) => `label ${label}`), ...(gpu['nvidia-patterns'] ?? [])];
  const matching = conditions.length === 0 ? '' : ` with ${conditions.join(', ')}`;
  return `host ${host.name} has ${found} of the ${numberOf(gpu)} GPUs${matching} that container ${name} asks for`;
}

/** Those with every label and every property (contract 8.15), in the order of the host. */
function matchingGpus(gpu: GpuSpec, host: SiteHost): readonly HostGpu[] {
  const { labels = [], 'nvidia-patterns': patterns = [] } = gpu;
  return host.gpus.filter(
    (one) =>
      labels.every((label) => one.labels.includes(label)) && patterns.every((pattern) => hasProperty(one, pattern)),
  );
}

/** `pattern`: `key == "value"`, as the schema has it. */
function hasProperty({ properties }: HostGpu, pattern: string): boolean {
  const [, key = '', value] = /^([^ =]+) *== *"([^"]*)"$/.exec(pattern) ?? [];
  return Object.hasOwn(properties, key) && properties[key] === value;
}

function numberOf(gpu: GpuSpec): number {
  return gpu['number-gpus'] ?? 1;
}
