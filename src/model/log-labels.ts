import type { LogArchive } from './desired.ts';
import { identityFromLabels, toLabels, type Labels } from './labels.ts';
import { LABEL } from './names.ts';
import type { Identity, ObservedLog } from './observed.ts';

// Labels about kept logs: on a container that its log is to be kept, and on the volume what is in it.

/** `io.fairlead.log-archive`: `<most bytes> <days>`; none for a container whose log goes with it. */
export function logArchiveLabels(archive: LogArchive | undefined): Labels {
  return archive === undefined ? {} : { [LABEL.logArchive]: `${archive.maxBytes} ${archive.maxDays}` };
}

/** The inverse of `logArchiveLabels`; undefined for what it would not write. */
export function logArchiveFromLabels(labels: Labels): LogArchive | undefined {
  const [, maxBytes, maxDays] = /^(\d{1,15}) (\d{1,9})$/.exec(labels[LABEL.logArchive] ?? '') ?? [];
  return maxBytes === undefined ? undefined : { maxBytes: Number(maxBytes), maxDays: Number(maxDays) };
}

const KIND = 'log';

/** What is known of a kept log before it is copied. */
export type LogFacts = Pick<ObservedLog, 'identity' | 'maxBytes' | 'endedAt' | 'expiresAt'>;

/** The labels of the volume of a kept log, but for the one about its size. */
export function logVolumeLabels({ identity, maxBytes, endedAt, expiresAt }: LogFacts): Labels {
  return {
    ...toLabels(identity),
    [LABEL.volumeKind]: KIND,
    [LABEL.logEnd]: String(endedAt),
    ...(maxBytes === 0 ? {} : { [LABEL.volumeSize]: String(maxBytes) }),
    ...(expiresAt === undefined ? {} : { [LABEL.logUntil]: String(expiresAt) }),
  };
}

export function logSizeLabel(bytes: number): Labels {
  return { [LABEL.logBytes]: String(bytes) };
}

/** undefined: no volume of a kept log, or only half labelled. */
export function logFromLabels(name: string, labels: Labels): ObservedLog | undefined {
  const identity = identityFromLabels(labels);
  if (labels[LABEL.volumeKind] !== KIND || identity === undefined || !isOfContainer(identity)) return undefined;
  return {
    name,
    identity,
    bytes: toNumber(labels[LABEL.logBytes]) ?? 0,
    maxBytes: toNumber(labels[LABEL.volumeSize]) ?? 0,
    endedAt: toNumber(labels[LABEL.logEnd]) ?? 0,
    expiresAt: toNumber(labels[LABEL.logUntil]),
  };
}

function isOfContainer({ role }: Identity): boolean {
  return role === 'container' || role === 'init-container';
}

function toNumber(label: string | undefined): number | undefined {
  return label !== undefined && /^\d{1,15}$/.test(label) ? Number(label) : undefined;
}
