import type { InitContainerSpec } from '../model/application-spec.ts';
import type { SiteHost } from '../model/site-host.ts';

type Asking = Pick<InitContainerSpec, 'name' | 'devices'>;

/** Every device of the host with one of the labels the container asks for: paths, sorted. */
export function matchingDevices({ devices }: Asking, host: SiteHost): readonly string[] {
  const labels = devices?.['device-labels'] ?? [];
  const matching = host.devices.filter(({ deviceLabels }) => labels.some((label) => deviceLabels.includes(label)));
  return [...new Set(matching.map(({ path }) => path))].sort();
}

/** The first label that no device of the host has. */
export function explainMissingDevice({ name, devices }: Asking, host: SiteHost): string | undefined {
  const label = devices?.['device-labels']?.find(
    (asked) => !host.devices.some(({ deviceLabels }) => deviceLabels.includes(asked)),
  );
  return label && `host ${host.name} has no device with the label ${label} (container ${name})`;
}
