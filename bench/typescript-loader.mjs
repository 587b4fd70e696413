// node --import ./bench/typescript-loader.mjs FILE.ts
//
// Runs TypeScript as `npm run build` would have compiled it. tsx keeps the name of each function by a call whenever it is
// made, which no user of Fairlead pays for, so figures must not be taken under it.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import ts from 'typescript';

// Loaded by the main thread it registers itself, loaded by the thread of the hooks it is one.
if (isMainThread) register(import.meta.url);

const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const source = await readFile(fileURLToPath(url), 'utf8');
  return { format: 'module', source: ts.transpileModule(source, { compilerOptions }).outputText, shortCircuit: true };
}
