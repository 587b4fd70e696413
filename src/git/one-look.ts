import { promises } from 'node:fs';
import path from 'node:path';
import type { PromiseFsClient } from 'isomorphic-git';

/**
 * The file system as whoever looks once sees it: where a folder is and what is in it is asked once. isomorphic-git asks
 * three times for every object in a pack, which takes longer than reading it. Not for who stays: objects come and go.
 */
export function createOneLook(): PromiseFsClient {
  const folders = new Map<string, Promise<readonly string[]>>();
  const stats = new Map<string, ReturnType<typeof promises.stat>>();

  function readdir(folder: string): Promise<readonly string[]> {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const names = promises.readdir(folder);
    folders.set(folder, names);
    return names;
  }

  /** A loose object that is in no folder: no error is made for the many that are in a pack. */
  async function isAbsent(file: string): Promise<boolean> {
    if (!/[/\\]objects[/\\][0-9a-f]{2}[/\\][0-9a-f]{38}$/.test(file)) return false;
    const names = await readdir(path.dirname(file)).catch((): readonly string[] => []);
    return !names.includes(path.basename(file));
  }

  return {
    promises: {
      ...promises,
      readdir,
      async stat(file: string) {
        const known = stats.get(file) ?? promises.stat(file);
        stats.set(file, known);
        return await known;
      },
      async readFile(file: string, options?: Parameters<typeof promises.readFile>[1]) {
        if (await isAbsent(file)) throw Object.assign(new Error(`there is no ${file}`), { code: 'ENOENT' });
        return await promises.readFile(file, options);
      },
    },
  };
}
