import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/setup.mjs';
import { filesOf, importsOf, sourceFolders, textOf } from './tree.ts';

const folders = ['src', 'test', 'scripts', 'bench'].filter((folder) => existsSync(path.join(root, folder)));
const code = folders.flatMap((folder) => filesOf(folder));
const sources = filesOf('src').filter((file) => file.endsWith('.ts'));

describe('the layout of the repository', () => {
  it('names files in kebab-case', () => {
    const scripts = code.filter((file) => /\.(ts|mjs|js)$/.test(file));
    expect(scripts.filter((file) => !/^[a-z0-9]+([-.][a-z0-9]+)*$/.test(path.basename(file)))).toEqual([]);
  });

  it('has no file or folder for things without a name of their own, and no barrels', () => {
    const vague = /^(utils?|helpers?|common|managers?|misc|shared)$/;
    const words = (file: string) => file.split(/[/.-]/);
    expect(code.filter((file) => words(file).some((word) => vague.test(word)))).toEqual([]);
    expect(code.filter((file) => /^index\./.test(path.basename(file)))).toEqual([]);
  });

  it('has no empty rooms: each folder of src holds code that something outside of it imports', () => {
    const imported = new Set(
      sources.flatMap((file) =>
        targetsOf(file)
          .filter((target) => folderOf(target) !== folderOf(file))
          .map(folderOf),
      ),
    );
    expect(sourceFolders().filter((folder) => !imported.has(folder))).toEqual([]);
  });

  it('speaks of every folder of src in its documentation', () => {
    const docs = filesOf('docs')
      .filter((file) => file.endsWith('.md'))
      .map(textOf)
      .join('\n');
    expect(sourceFolders().filter((folder) => !docs.includes(`${folder}/`))).toEqual([]);
  });

  it('lets a folder of the state API import only those that stand above it in docs/architecture.md', () => {
    const documented = [...textOf('docs/architecture.md').matchAll(/^\| `src\/api\/([a-z]+)\/`/gm)].map(
      ([, name]) => name,
    );
    const apiFolder = (file: string) => /^src\/api\/([a-z]+)\//.exec(file)?.[1];
    const api = sources.filter((file) => apiFolder(file) !== undefined);
    expect(documented.toSorted()).toEqual([...new Set(api.map(apiFolder))].sort());
    const upward = api.flatMap((file) =>
      targetsOf(file)
        .filter((target) => documented.indexOf(apiFolder(target)) > documented.indexOf(apiFolder(file)))
        .map((target) => `${file} imports ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it('lets one file only speak to dockerode', () => {
    expect(sources.filter((file) => importsOf(file).includes('dockerode'))).toEqual(['src/docker/dockerode.ts']);
  });

  it('knows nothing of a developer’s machine', () => {
    // A path below somebody's home or workplace, but not the end of a longer path or address.
    const personal = new RegExp(`(?<![\\w.}])/(?:${['home', 'root', 'work'].join('|')})/[\\w.]`);
    const texts = filesOf().filter((file) => !/\.(png|gz|tar|bin|wasm)$/.test(file));
    const places = texts.flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, i) => (personal.test(line) ? [`${file}:${i + 1}: ${line.trim().slice(0, 100)}`] : [])),
    );
    expect(places).toEqual([]);
  });
});

/** The files of the repository that a module imports. */
function targetsOf(file: string): string[] {
  return importsOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => path.posix.join(path.posix.dirname(file), specifier));
}

/** `plan` of `src/plan/steps.ts`; empty for a file directly in `src`. */
function folderOf(file: string): string {
  return file.split('/').slice(1, -1)[0] ?? '';
}
