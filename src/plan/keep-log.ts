import { logVolumeLabels } from '../model/log-labels.ts';
import { containerName } from '../model/names.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { LogToKeep } from '../model/plan.ts';

const DAY_MS = 86_400_000;
/** Engines keep a volume in a folder of its name, and file systems know no longer one. */
const LONGEST_NAME = 255;

/**
 * What is kept of the log of a container that goes; undefined: nothing. Told by the container alone, so that one whose
 * specification is gone keeps its log too. Ages count from the container's end, the newest its lines can be.
 */
export function logToKeep({ identity, logArchive, ...container }: ObservedContainer): LogToKeep | undefined {
  if (logArchive === undefined || identity === undefined || container.startedAt === 0) return undefined;
  const { maxBytes, maxDays } = logArchive;
  const { createdAt, startedAt, finishedAt } = container;
  const endedAt = Math.max(startedAt, finishedAt);
  const age = maxDays * DAY_MS;
  const expiresAt = age === 0 ? undefined : endedAt + age;
  const labels = logVolumeLabels({ identity, maxBytes, endedAt, expiresAt });
  // Not its name of now: an old instance that lives on has another than the one its log is known by.
  const name = containerName(identity, identity.container);
  return { volume: volumeOf(name, createdAt), labels, maxBytes, since: age === 0 ? 0 : Math.max(0, endedAt - age) };
}

/** `acme.shop.web-1.main.log-20261120T193807512Z`: no two containers of a name are made at the same time. */
function volumeOf(container: string, createdAt: number): string {
  const suffix = `.log-${new Date(createdAt).toISOString().replaceAll(/[-:.]/g, '')}`;
  return container.slice(0, LONGEST_NAME - suffix.length) + suffix;
}
