import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { root } from '../../scripts/setup.mjs';
import { textOf } from '../repo/tree.ts';

const run = promisify(execFile);

/** A program against types that are made of a description of the API; compiled. */
export interface GeneratedClient {
  /** @returns what it prints */
  run(env: Readonly<Record<string, string>>): Promise<string>;
  remove(): Promise<void>;
}

/** The program that docs/api.md shows. */
export function documentedProgram(): string {
  const program = /```ts\n([^]*?)```/.exec(textOf('docs/api.md'))?.[1];
  if (program === undefined) throw new Error('docs/api.md shows no program');
  return program;
}

/** Compiled as strictly as can be, next to it: uses that the types do not allow, each of which has to be an error. */
const MISUSES = `
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';
const client = createClient<paths>();
// @ts-expect-error There is no such path.
void client.GET('/v1/state/aplications');
// @ts-expect-error Nothing is changed by a request.
void client.PUT('/v1/state/applications/{application}', { params: { path: { application: 'shop' } } });
// @ts-expect-error A name is missing.
void client.GET('/v1/state/applications/{application}');
// @ts-expect-error There is no such status.
export const status: components['schemas']['ApplicationState']['oper-status'] = 'completed';
`;

/**
 * @param document `/openapi.json`
 * @throws Error with what the compiler says
 */
export async function compileClient(document: string, program: string): Promise<GeneratedClient> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'client-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await symlink(path.join(root, 'node_modules'), path.join(directory, 'node_modules'));
    const files = {
      'package.json': '{ "type": "module" }',
      'tsconfig.json': JSON.stringify({ compilerOptions: COMPILER_OPTIONS }),
      // Not a declaration file: those are not checked.
      'api.ts': astToString(await openapiTS(document)),
      'program.ts': program,
      'misuses.ts': MISUSES,
    };
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text);
    await compile(directory);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    run: async (env) => {
      const options = { env: { ...process.env, ...env }, timeout: 30_000 };
      return (await run(process.execPath, [path.join(directory, 'program.js')], options)).stdout;
    },
    remove,
  };
}

const COMPILER_OPTIONS = {
  target: 'es2023',
  module: 'nodenext',
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
};

async function compile(directory: string): Promise<void> {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', directory], { timeout: 120_000 }).catch((error: unknown) => {
    const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
    throw new Error(`the program does not compile:\n${said}`);
  });
}
