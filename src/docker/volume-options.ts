import type { DesiredVolume, VolumeKind } from '../model/desired.ts';
import { identityFromLabels } from '../model/labels.ts';
import { logFromLabels } from '../model/log-labels.ts';
import { LABEL } from '../model/names.ts';
import type { ObservedLog, ObservedVolume } from '../model/observed.ts';
import type { WireVolume } from './wire-files.ts';

// Pure: what the engine's `local` driver is told of a volume, and what it tells.

/** As the engine makes a disk volume's top folder. */
const FOLDER_MODE = 0o755;

/** Options that make the driver enforce the size; where it cannot, `toUnsizedOptions` are those to make do with. */
export function toDriverOptions(volume: DesiredVolume): Readonly<Record<string, string>> {
  const { medium, hostPath, kind, sizeBytes } = volume;
  if (medium === 'memory') return { type: 'tmpfs', device: 'tmpfs', o: toTmpfsOptions(volume) };
  if (hostPath !== '') return { type: 'none', o: 'bind', device: `${hostPath}/${volume.name}` };
  // Files are Fairlead's own and as small as they are.
  return sizeBytes === 0 || kind === 'files' ? {} : { size: String(sizeBytes) };
}

/** The same without a quota on disk. */
export function toUnsizedOptions(volume: DesiredVolume): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(toDriverOptions(volume)).filter(([option]) => option !== 'size'));
}

/** undefined: not Fairlead's, or only half labelled. */
export function toObservedVolume({ Name, Labels, Options }: WireVolume): ObservedVolume | undefined {
  const labels = Labels ?? {};
  const identity = identityFromLabels(labels);
  const volume = labels[LABEL.volume];
  const kind = KINDS.find((known) => known === labels[LABEL.volumeKind]);
  if (identity === undefined || volume === undefined || kind === undefined) return undefined;
  return {
    name: Name,
    identity,
    volume,
    kind,
    sizeBytes: Number(labels[LABEL.volumeSize] ?? 0),
    sizeEnforced: isSizeEnforced(Options ?? {}),
    hostVolume: labels[LABEL.hostVolume] ?? '',
    hostPath: toHostPath(Name, Options ?? {}),
  };
}

/** undefined: not Fairlead's, only half labelled, or a volume of another kind. */
export function toObservedLog({ Name, Labels }: WireVolume): ObservedLog | undefined {
  return logFromLabels(Name, Labels ?? {});
}

const KINDS = ['ephemeral', 'persistent', 'files'] as const satisfies readonly VolumeKind[];

function toTmpfsOptions({ sizeBytes, mode, uid, gid }: DesiredVolume): string {
  const size = sizeBytes === 0 ? [] : [`size=${sizeBytes}`];
  return [...size, `uid=${uid}`, `gid=${gid}`, `mode=${(mode ?? FOLDER_MODE).toString(8)}`].join(',');
}

function isSizeEnforced({ size, type, o = '' }: Readonly<Record<string, string>>): boolean {
  return size !== undefined || (type === 'tmpfs' && o.split(',').some((option) => option.startsWith('size=')));
}

function toHostPath(name: string, { o, device = '' }: Readonly<Record<string, string>>): string {
  return o === 'bind' && device.endsWith(`/${name}`) ? device.slice(0, -name.length - 1) : '';
}
