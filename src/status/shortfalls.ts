import type { DesiredApplication, DesiredContainer, DesiredInstance, DesiredVolume } from '../model/desired.ts';
import { isMadeFrom } from '../model/made-from.ts';
import { shortInstanceName } from '../model/names.ts';
import type { ObservedApplication, ObservedContainer, ObservedVolume } from '../model/observed.ts';
import { sortContainers } from '../plan/sort-containers.ts';
import { formatSize } from './format.ts';

/**
 * What of an application its host cannot enforce, and what is kept otherwise than it is wished: a sentence each, once
 * for all instances it concerns.
 */
export function shortfalls(
  desired: DesiredApplication,
  observed: ObservedApplication | undefined,
  host: string,
): readonly string[] {
  if (observed === undefined) return [];
  const sentences = desired.instances.flatMap((instance) => [
    ...unlimitedLayers(instance, observed, host),
    ...volumePairs(instance, observed).flatMap(({ wanted, found }) => [
      ...unlimitedVolume(instance, found, host),
      ...keptVolume(instance, wanted, found),
    ]),
  ]);
  return [...new Set(sentences)];
}

function unlimitedLayers(instance: DesiredInstance, observed: ObservedApplication, host: string): readonly string[] {
  const { initContainers, members } = sortContainers(instance, observed.instances[instance.key]);
  const unlimited = [...initContainers, ...members].filter((pair) => isUnlimited(pair.desired, pair.observed));
  return unlimited.map(
    ({ desired }) =>
      `\`container-layer-size\` of container ${desired.container} of service ${instance.name.service} ` +
      `has no effect: the engine of host ${host} cannot limit it; it can ${QUOTA_FOR_LAYERS}`,
  );
}

const QUOTA_FOR_LAYERS =
  'with the storage driver overlay2 on an XFS file system mounted with `pquota`, or with btrfs or zfs';

/** One made from an earlier text was not asked for it. */
function isUnlimited(desired: DesiredContainer, observed: ObservedContainer | undefined): boolean {
  if (desired.layerBytes === 0 || observed === undefined) return false;
  return isMadeFrom(desired, observed.identity?.configHash) && observed.layerBytes === 0;
}

interface VolumePair {
  readonly wanted: DesiredVolume;
  readonly found: ObservedVolume;
}

function volumePairs({ volumes }: DesiredInstance, observed: ObservedApplication): readonly VolumePair[] {
  return volumes.flatMap((wanted) => {
    const found = observed.volumes.find(({ name }) => name === wanted.name);
    return found === undefined ? [] : [{ wanted, found }];
  });
}

function unlimitedVolume({ name }: DesiredInstance, found: ObservedVolume, host: string): readonly string[] {
  if (found.sizeBytes === 0 || found.sizeEnforced) return [];
  const remedy =
    found.hostPath === ''
      ? 'it can where its store is on an XFS file system mounted with `pquota`'
      : `${found.hostPath} is a folder of the host, which only a quota of its own file system limits`;
  return [
    `\`size\` of volume ${found.volume} of service ${name.service} ` +
      `has no effect: the engine of host ${host} cannot limit it; ${remedy}`,
  ];
}

/** One of another kind is made anew, unless it is persistent: data is never thrown away for a wish. */
function keptVolume({ name }: DesiredInstance, wanted: DesiredVolume, found: ObservedVolume): readonly string[] {
  const isReplaced = found.kind !== wanted.kind && found.kind !== 'persistent';
  if (isReplaced || found.identity.configHash === wanted.configHash) return [];
  const size = found.sizeBytes === 0 ? 'of no size' : `of ${formatSize(found.sizeBytes)}`;
  const place = found.hostVolume === '' ? '' : ` on ${found.hostVolume}`;
  return [
    `volume ${found.volume} of ${shortInstanceName(name)} is kept as it was made, ${found.kind} ${size}${place}, ` +
      'for the sake of its data; to have it made as specified now, save the data and remove the volume',
  ];
}
