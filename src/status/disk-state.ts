import type { DiskSpace } from '../model/observed.ts';
import type { DiskState } from './documents.ts';
import { formatRoughly } from './format.ts';

/** A share of a disk is low only where it is little as well: a tenth of 2 TB is a lot. */
const LOW_SHARE = 0.1;
const LOW_BYTES = 5 * 2 ** 30;
/** Low however small the disk is: less than many an image. */
const VERY_LOW_BYTES = 2 ** 30;

/** Whether the next pull may well fail for lack of space: below 1 GiB, or below 5 GiB and a tenth of the whole. */
export function isLow({ totalBytes, freeBytes }: DiskSpace): boolean {
  return freeBytes < VERY_LOW_BYTES || (freeBytes < LOW_BYTES && freeBytes < LOW_SHARE * totalBytes);
}

/** The disk of a host as its state shows it. */
export function diskState(space: DiskSpace): DiskState {
  return { total: formatRoughly(space.totalBytes), free: formatRoughly(space.freeBytes), low: isLow(space) };
}

/** What to do about a disk that is low; none where nothing is. */
export function diskWarnings(space: DiskSpace | undefined): readonly string[] {
  if (space === undefined || !isLow(space)) return [];
  const { free, total } = diskState(space);
  return [
    `only ${free} of ${total} are free for images, containers and volumes: remove what is not needed, or add space`,
  ];
}
