import type { MountSpec } from '../model/application-spec.ts';
import type { ArchiveEntry, DesiredContainer, DesiredMount } from '../model/desired.ts';
import { volumeName, type InstanceName } from '../model/names.ts';
import { HIDDEN_FOLDER } from '../spec/check-mounts.ts';

/** Where a container has a volume of which it mounts single files: a place nobody looks at. */
const HIDDEN_FILES = `${HIDDEN_FOLDER}/files`;

/**
 * What a container mounts. A single file is a link into its volume, mounted whole at a hidden place, so that a change
 * arrives at once and whole (contract 8.12); the links are laid into the container before it starts.
 */
export function desiredMounts(
  specs: readonly MountSpec[],
  instance: InstanceName,
): Pick<DesiredContainer, 'mounts' | 'prepare'> {
  const mounts = [...wholeMounts(specs, instance), ...hiddenMounts(specs, instance)];
  return { mounts: mounts.sort(byPath), prepare: [...fileLinks(specs)].sort(byPath) };
}

function wholeMounts(specs: readonly MountSpec[], instance: InstanceName): readonly DesiredMount[] {
  return specs.flatMap((spec) => {
    const path = spec['mount-path'];
    return path === undefined ? [] : [{ volume: nameOf(spec, instance), path, readOnly: isReadOnly(spec) }];
  });
}

/** One for each volume with single files. It can be written to as soon as one of them can. */
function hiddenMounts(specs: readonly MountSpec[], instance: InstanceName): readonly DesiredMount[] {
  const ofFiles = specs.filter(({ files }) => files !== undefined);
  const byVolume = new Map(ofFiles.map((spec) => [spec['volume-name'], spec]));
  return [...byVolume].map(([volume, spec]) => ({
    volume: nameOf(spec, instance),
    path: hiddenPath(volume),
    readOnly: ofFiles.filter((other) => other['volume-name'] === volume).every(isReadOnly),
  }));
}

function fileLinks(specs: readonly MountSpec[]): readonly ArchiveEntry[] {
  return specs.flatMap(({ 'volume-name': volume, files = [] }) =>
    files.map(({ name, 'mount-path': path }) => ({
      kind: 'link' as const,
      path,
      target: `${hiddenPath(volume)}/${name}`,
    })),
  );
}

function nameOf(spec: MountSpec, instance: InstanceName): string {
  return volumeName(instance, spec['volume-name']);
}

function hiddenPath(volume: string): string {
  return `${HIDDEN_FILES}/${volume}`;
}

function isReadOnly({ mode }: MountSpec): boolean {
  return mode === 'read-only';
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : 1;
}
