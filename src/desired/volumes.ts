import type { VolumeSpec } from '../model/application-spec.ts';
import {
  SANDBOX_VOLUMES,
  type ArchiveEntry,
  type DesiredMount,
  type DesiredVolume,
  type VolumeKind,
} from '../model/desired.ts';
import { volumeName } from '../model/names.ts';
import { parseSize } from '../spec/units.ts';
import { filesDirectory } from './files.ts';
import { configHash } from './hash.ts';
import type { InstanceContext } from './instance-context.ts';
import { parseFileMode, parseFileOwnership } from './permissions.ts';

const FOLDER_MODE = 0o755;

/** The volumes of an instance, in the order of the specification. */
export function desiredVolumes(context: InstanceContext): readonly DesiredVolume[] {
  return (context.service.volumes ?? []).flatMap((spec) => {
    const kind = kindOf(spec);
    return kind === undefined ? [] : [desiredVolume(spec, kind, context)];
  });
}

/** A sandbox has every volume of its instance, to write to: that is how modes and files get in. Sorted by path. */
export function sandboxMounts(volumes: readonly DesiredVolume[]): readonly DesiredMount[] {
  return volumes
    .map((volume) => ({ volume: volume.name, path: sandboxPath(volume), readOnly: false }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The top folders of the volumes on disk that name a mode or an owner; one in memory is told when it is made. */
export function preparedFolders(specs: readonly VolumeSpec[]): readonly ArchiveEntry[] {
  return specs.flatMap(({ name, 'ephemeral-volume': ephemeral, 'persistent-volume': persistent }) => {
    const spec = ephemeral ?? persistent;
    const { 'file-mode': mode, 'file-ownership': ownership } = spec ?? {};
    if (ephemeral?.medium === 'memory' || (mode === undefined && ownership === undefined)) return [];
    return [
      {
        kind: 'directory',
        path: `${SANDBOX_VOLUMES}/${name}`,
        mode: mode === undefined ? FOLDER_MODE : parseFileMode(mode),
        ...parseFileOwnership(ownership),
      },
    ];
  });
}

/** undefined for a secret: no instance with one is placed. */
function kindOf(spec: VolumeSpec): VolumeKind | undefined {
  if (spec['ephemeral-volume'] !== undefined) return 'ephemeral';
  if (spec['persistent-volume'] !== undefined) return 'persistent';
  return spec['config-map'] === undefined ? undefined : 'files';
}

function desiredVolume(spec: VolumeSpec, kind: VolumeKind, context: InstanceContext): DesiredVolume {
  const hostVolume = context.placed.hostVolumes.get(spec.name);
  const { size } = spec['ephemeral-volume'] ?? spec['persistent-volume'] ?? {};
  const wish = {
    kind,
    sizeBytes: size === undefined ? 0 : parseSize(size),
    ...mediumOf(spec),
    hostVolume: hostVolume?.name ?? '',
    hostPath: hostVolume?.path ?? '',
  };
  return { name: volumeName(context.name, spec.name), volume: spec.name, ...wish, configHash: configHash(wish) };
}

function mediumOf(spec: VolumeSpec): Pick<DesiredVolume, 'medium' | 'mode' | 'uid' | 'gid'> {
  const ephemeral = spec['ephemeral-volume'];
  if (ephemeral?.medium !== 'memory') return { medium: 'disk', mode: undefined, uid: 0, gid: 0 };
  const mode = ephemeral['file-mode'];
  return {
    medium: 'memory',
    mode: mode === undefined ? undefined : parseFileMode(mode),
    ...parseFileOwnership(ephemeral['file-ownership']),
  };
}

function sandboxPath({ kind, volume }: DesiredVolume): string {
  return kind === 'files' ? filesDirectory(volume) : `${SANDBOX_VOLUMES}/${volume}`;
}
