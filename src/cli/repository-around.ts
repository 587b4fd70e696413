import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The root of the git repository that a folder is in, or will be once it is there; undefined outside of one. */
export function repositoryAround(path: string): string | undefined {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
