import type { DesiredInstance, DesiredVolume } from '../model/desired.ts';
import { volumeLabels } from '../model/labels.ts';
import type { ObservedVolume } from '../model/observed.ts';
import type { Action, Step } from '../model/plan.ts';
import { chain, type Purpose } from './steps.ts';

export type VolumesByName = ReadonlyMap<string, ObservedVolume>;

/** What volumes are stamped with beside their own fields. */
export interface VolumeStamp {
  readonly owner: string;
  readonly site: string;
  readonly revision: string;
  readonly version: string | undefined;
}

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

/** Removes those that make way, then makes those that are missing. One after another: they take no time. */
export function planVolumes(
  instance: DesiredInstance,
  { present, stamp, purpose, after }: VolumeInput,
): readonly Step[] {
  const inTheWay = volumesOfOtherKind(instance, present);
  const names = new Set(inTheWay.map(({ name }) => name));
  const missing = instance.volumes.filter((volume) => names.has(volume.name) || !suits(volume, present));
  const actions = [...inTheWay.map(removeVolumeAction), ...missing.map((volume) => create(instance, volume, stamp))];
  return chain(actions, purpose, after);
}

interface VolumeInput {
  readonly present: VolumesByName;
  readonly stamp: VolumeStamp;
  readonly purpose: Purpose;
  readonly after: readonly string[];
}

/** A persistent volume serves where an ephemeral one is asked for; data is never thrown away for a wish. */
function suits({ name, kind }: DesiredVolume, present: VolumesByName): boolean {
  const found = present.get(name)?.kind;
  return found === kind || (found === 'persistent' && kind === 'ephemeral');
}

function create({ name }: DesiredInstance, volume: DesiredVolume, stamp: VolumeStamp): Action {
  return { kind: 'create-volume', volume, labels: volumeLabels(volume, { ...name, ...stamp }) };
}

export function removeVolumeAction({ name, hostPath }: ObservedVolume): Action {
  return { kind: 'remove-volume', name, hostPath };
}
