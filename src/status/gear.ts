import type { DesiredContainer } from '../model/desired.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { ContainerState } from './documents.ts';

type Gear = Pick<ContainerState, 'devices' | 'gpus' | 'nvidia-driver-capabilities'>;

/** What of its host a container was made with. */
export function gearOf(desired: DesiredContainer | undefined, observed: ObservedContainer | undefined): Gear {
  if (desired === undefined || observed === undefined) return { devices: [], gpus: [] };
  const { devices, gpus } = desired;
  if (gpus === undefined) return { devices, gpus: [] };
  return {
    devices,
    gpus: gpus.ids.map((id) => ({ id, uuid: id })),
    'nvidia-driver-capabilities': gpus.capabilities.join(', '),
  };
}
