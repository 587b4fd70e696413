import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { WorkerOptions } from 'node:worker_threads';

/** From sources, as in tests, a thread needs somebody who reads TypeScript. */
const IS_SOURCE = import.meta.url.endsWith('.ts');

/** How a file of this folder is run by a thread. `name`: without its ending. */
export function executionOf(name: string): { readonly run: URL | string; readonly options: WorkerOptions } {
  if (!IS_SOURCE) return { run: new URL(`./${name}.js`, import.meta.url), options: {} };
  const reader = new URL(
    'dist/esm/api/index.mjs',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json')),
  );
  const [file, parent] = [new URL(`./${name}.ts`, import.meta.url).href, import.meta.url];
  const script = `import('${reader.href}').then(({ tsImport }) => tsImport('${file}', '${parent}'))`;
  return { run: script, options: { eval: true, execArgv: [] } };
}
