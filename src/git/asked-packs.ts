import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ObjectStore } from './object-store.ts';

/** Bytes of packs that were fetched for refs somebody asked for. They are of no use later, and git never drops them. */
export async function readAskedBytes(store: ObjectStore): Promise<number> {
  const text = await readFile(countFile(store), 'utf8').catch(() => '0');
  return Number.parseInt(text, 10) || 0;
}

/** Runs what fetches such a pack, and counts it. */
export async function countAsked<T>(store: ObjectStore, fetch: () => Promise<T>): Promise<T> {
  const before = await packBytes(store);
  const fetched = await fetch();
  const more = (await packBytes(store)) - before;
  if (more > 0) await writeFile(countFile(store), String((await readAskedBytes(store)) + more));
  return fetched;
}

/** Inside the store, so that it goes with it. */
function countFile(store: ObjectStore): string {
  return path.join(store.gitdir, 'asked-bytes');
}

async function packBytes(store: ObjectStore): Promise<number> {
  const folder = path.join(store.gitdir, 'objects', 'pack');
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(names.map((name) => stat(path.join(folder, name)).catch(() => undefined)));
  return files.reduce((sum, file) => sum + (file?.size ?? 0), 0);
}
