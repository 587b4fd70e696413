import type { DesiredInstance, DesiredVolume } from '../model/desired.ts';
import { volumeLabels, type Stamp } from '../model/labels.ts';
import type { ObservedVolume } from '../model/observed.ts';
import type { Action, Step } from '../model/plan.ts';
import { chain, type Purpose } from './steps.ts';

export type VolumesByName = ReadonlyMap<string, ObservedVolume>;

/**
 * Volumes of another kind than they should be, and of a kind that goes: these, and the instance with them, are made
 * anew. A persistent one is never thrown away; making the other over it fails and says so.
 */
export function volumesOfOtherKind({ volumes }: DesiredInstance, present: VolumesByName): readonly ObservedVolume[] {
  return volumes.flatMap(({ name, kind }) => {
    const found = present.get(name);
    return found !== undefined && found.kind !== kind && found.kind !== 'persistent' ? [found] : [];
  });
}

/** Makes those that are missing, before anything is stopped: one that cannot be made then stops nothing. */
export function planNewVolumes(instance: DesiredInstance, input: VolumeInput): readonly Step[] {
  const inTheWay = new Set(volumesOfOtherKind(instance, input.present).map(({ name }) => name));
  const missing = instance.volumes.filter((volume) => !inTheWay.has(volume.name) && !suits(volume, input.present));
  return chain(
    missing.map((volume) => create(instance, volume, input.stamp)),
    input.purpose,
    input.after,
  );
}

/** Removes those that make way, and makes the others in their place, one after another: they take no time. */
export function planOtherVolumes(instance: DesiredInstance, input: VolumeInput): readonly Step[] {
  const inTheWay = volumesOfOtherKind(instance, input.present);
  const names = new Set(inTheWay.map(({ name }) => name));
  const replaced = instance.volumes.filter(({ name }) => names.has(name));
  const actions = [
    ...inTheWay.map(removeVolumeAction),
    ...replaced.map((volume) => create(instance, volume, input.stamp)),
  ];
  return chain(actions, input.purpose, input.after);
}

interface VolumeInput {
  readonly present: VolumesByName;
  readonly stamp: Stamp;
  readonly purpose: Purpose;
  readonly after: readonly string[];
}

/** A persistent volume serves where an ephemeral one is asked for; data is never thrown away for a wish. */
function suits({ name, kind }: DesiredVolume, present: VolumesByName): boolean {
  const found = present.get(name)?.kind;
  return found === kind || (found === 'persistent' && kind === 'ephemeral');
}

function create({ name }: DesiredInstance, volume: DesiredVolume, stamp: Stamp): Action {
  return { kind: 'create-volume', volume, labels: volumeLabels(volume, { ...name, ...stamp }) };
}

export function removeVolumeAction({ name, hostPath }: ObservedVolume): Action {
  return { kind: 'remove-volume', name, hostPath };
}
