import type { DiskSpace } from '../model/observed.ts';

/**
 * From the lines `space <bytes> <bytes free>` of the lease helper (tools/sandbox/lease.c), one for the layers, one for
 * the data root of the engine. They lie on one file system as a rule; where they do not, the fuller one counts, since it
 * is the one that something fails on. undefined without such a line.
 */
export function parseDiskSpace(text: string): DiskSpace | undefined {
  const [first, ...others] = [...text.matchAll(/^space (\d+) (\d+)$/gm)].map(([, total, free]): DiskSpace => ({
    totalBytes: Number(total),
    freeBytes: Number(free),
  }));
  return others.reduce((least, one) => (least && one.freeBytes < least.freeBytes ? one : least), first);
}
