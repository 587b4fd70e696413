import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/setup.mjs';

const notOurs = new Set(['node_modules', 'dist', '.git', '.work']);

/** Every file of the repository, as paths from its root, sorted; what is installed or built left out. */
export function filesOf(folder = '.'): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter((entry) => !notOurs.has(entry.name))
    .flatMap((entry) => {
      const file = path.posix.join(folder, entry.name);
      return entry.isDirectory() ? filesOf(file) : [file];
    })
    .sort();
}

export function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** The folders directly below `src`. */
export function sourceFolders(): string[] {
  return readdirSync(path.join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

/** What a module imports, as it is written there: `./plan.ts`, `node:path`, `yaml`. */
export function importsOf(file: string): string[] {
  const statement = /(?:\bfrom|\bimport|\bimport\()\s*'([^']+)'/g;
  return [...textOf(file).matchAll(statement)].map(([, specifier = '']) => specifier);
}
