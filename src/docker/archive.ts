import type { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { ArchiveEntry } from '../model/desired.ts';
import type { EngineCalls } from './calls.ts';
import { isRefusal } from './docker-errors.ts';
import type { WirePathStat } from './wire-files.ts';

/** What can be laid into a container's file system. `mode` is permission bits; paths are absolute or below the target. */
export type TarEntry =
  | ArchiveEntry
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly data: string | Buffer;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    };

/** A folder in a container, which may be stopped. */
export interface ArchiveTarget {
  readonly id: string;
  readonly path: string;
}

/**
 * Lays entries into a container, in their order. What is there is replaced, not atomically; a folder keeps what is in it
 * and is never replaced by anything else, nor the other way round. What stands inside a tmpfs of a stopped container is
 * lost. No entries: no call.
 */
export async function putArchive(
  calls: EngineCalls,
  { id, path }: ArchiveTarget,
  entries: readonly TarEntry[],
  signal: AbortSignal,
): Promise<void> {
  if (entries.length === 0) return;
  const call = {
    method: 'PUT',
    path: archivePath(id),
    query: { path, noOverwriteDirNonDir: '1' },
    archive: await toTar(entries),
    purpose: `put files into ${path} of container ${id}`,
  } as const;
  await calls.answer(call, signal);
}

/** A file or folder of a container as a tar archive, as fast as it is read; ends with an error when `signal` aborts. */
export function getArchive(calls: EngineCalls, { id, path }: ArchiveTarget, signal: AbortSignal): Promise<Readable> {
  const purpose = `read ${path} of container ${id}`;
  return calls.stream({ method: 'GET', path: archivePath(id), query: { path }, purpose }, signal);
}

/** Where a symbolic link in a container leads; `changedAt` in ms since the epoch. */
export interface LinkStat {
  /** Absolute, with every link on the way resolved as far as there are any. */
  readonly target: string;
  readonly changedAt: number;
}

/** undefined: there is no such container or path, or it is no symbolic link. The link may dangle. */
export async function headLink(
  calls: EngineCalls,
  id: string,
  path: string,
  signal: AbortSignal,
): Promise<LinkStat | undefined> {
  const stat = await headPath(calls, { id, path }, signal);
  if (stat === undefined || stat.linkTarget === '') return undefined;
  return { target: stat.linkTarget, changedAt: Date.parse(stat.mtime) };
}

/** The engine's own words on a path in a container; undefined when either is not there. */
export async function headPath(
  calls: EngineCalls,
  { id, path }: ArchiveTarget,
  signal: AbortSignal,
): Promise<WirePathStat | undefined> {
  const purpose = `look at ${path} in container ${id}`;
  try {
    const answer = await calls.headers({ method: 'HEAD', path: archivePath(id), query: { path }, purpose }, signal);
    const stat = answer['x-docker-container-path-stat'];
    if (typeof stat !== 'string') return undefined;
    return JSON.parse(Buffer.from(stat, 'base64').toString('utf8')) as WirePathStat;
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}

/**
 * A tar archive of the entries. Times are those of the packing: programs see by the time of a file that it changed, so
 * a fixed one would hide every change from them.
 */
async function toTar(entries: readonly TarEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const entry of entries) addEntry(tar, entry);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function addEntry(tar: ReturnType<typeof pack>, entry: TarEntry): void {
  const name = entry.path.replace(/^\/+/, '');
  switch (entry.kind) {
    case 'directory': {
      const { mode, uid, gid } = entry;
      tar.entry({ name, type: 'directory', mode, uid, gid });
      return;
    }
    case 'link':
      tar.entry({ name, type: 'symlink', linkname: entry.target, mode: 0o777, uid: 0, gid: 0 });
      return;
    case 'file': {
      const { mode, uid, gid } = entry;
      tar.entry({ name, type: 'file', mode, uid, gid }, entry.data);
      return;
    }
    default:
      entry satisfies never;
  }
}

function archivePath(id: string): string {
  return `/containers/${encodeURIComponent(id)}/archive`;
}
