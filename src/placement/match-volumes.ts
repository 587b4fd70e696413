import type { EphemeralVolumeSpec, PersistentVolumeSpec, VolumeSpec } from '../model/application-spec.ts';
import type { HostVolume, SiteHost } from '../model/site-host.ts';
import { matchesLabels, parseLabelExpression } from '../spec/label-expression.ts';

/** The host's volume that each volume on disk lies on, by the name in the specification. */
export function matchingVolumes(volumes: readonly VolumeSpec[], host: SiteHost): ReadonlyMap<string, HostVolume> {
  return new Map(
    volumes.flatMap((volume) => {
      const found = matchingVolume(volume, host);
      return found === undefined ? [] : [[volume.name, found]];
    }),
  );
}

export function explainMissingVolume(volume: VolumeSpec, host: SiteHost): string | undefined {
  const disk = onDisk(volume);
  if (disk === undefined || matchingVolume(volume, host) !== undefined) return undefined;
  const expression = disk['match-volume-labels']?.trim() ?? '';
  return `host ${host.name} has no volume with labels that match \`${expression}\` (volume ${volume.name})`;
}

/** The first that matches (avassa-reference 2.5). */
function matchingVolume(volume: VolumeSpec, host: SiteHost): HostVolume | undefined {
  const disk = onDisk(volume);
  if (disk === undefined) return undefined;
  const expression = disk['match-volume-labels'];
  if (expression === undefined) return host.volumes[0];
  const condition = parseLabelExpression(expression);
  return host.volumes.find(({ labels }) => matchesLabels(condition, labels));
}

/** undefined for a volume that needs no room on the host's volumes: files, or one in memory. */
function onDisk(volume: VolumeSpec): EphemeralVolumeSpec | PersistentVolumeSpec | undefined {
  const ephemeral = volume['ephemeral-volume'];
  return ephemeral?.medium === 'memory' ? undefined : (ephemeral ?? volume['persistent-volume']);
}
