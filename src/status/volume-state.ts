import type { ServiceSpec } from '../model/application-spec.ts';
import type { DesiredInstance, VolumeKind } from '../model/desired.ts';
import type { ObservedVolume } from '../model/observed.ts';
import type { VolumeState } from './documents.ts';
import { formatSize } from './format.ts';

export interface ShownVolume {
  readonly kind: VolumeKind;
  readonly state: VolumeState;
}

/** The volumes of an instance that hold data, as they are; those that are not there yet as they will be. */
export function wantedVolumes(
  { volumes }: DesiredInstance,
  present: readonly ObservedVolume[],
  spec: ServiceSpec | undefined,
): readonly ShownVolume[] {
  return volumes.map((wanted) => {
    const found = present.find(({ name }) => name === wanted.name);
    const bytes = found?.sizeBytes ?? wanted.sizeBytes;
    const written = bytes === wanted.sizeBytes ? writtenSize(spec, wanted.volume) : undefined;
    const hostVolume = found?.hostVolume ?? wanted.hostVolume;
    return { kind: found?.kind ?? wanted.kind, state: volumeState(wanted.volume, hostVolume, written ?? bytes) };
  });
}

/** The volumes of an instance nobody knows the wish of. */
export function foundVolumes(present: readonly ObservedVolume[]): readonly ShownVolume[] {
  return present.map(({ kind, volume, hostVolume, sizeBytes }) => ({
    kind,
    state: volumeState(volume, hostVolume, sizeBytes),
  }));
}

export function ofKind(volumes: readonly ShownVolume[], kind: VolumeKind): readonly VolumeState[] {
  return volumes.filter((volume) => volume.kind === kind).map(({ state }) => state);
}

function volumeState(name: string, hostVolume: string, size: string | number): VolumeState {
  return { name, size: typeof size === 'string' ? size : formatSize(size), 'host-volume': hostVolume };
}

function writtenSize(spec: ServiceSpec | undefined, name: string): string | undefined {
  const volume = spec?.volumes?.find((one) => one.name === name);
  return (volume?.['persistent-volume'] ?? volume?.['ephemeral-volume'])?.size;
}
