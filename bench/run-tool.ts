import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs a program to its end, its output thrown away. @returns its exit code; NaN when a signal ended it */
export async function runTool(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: 'ignore', timeout: 60_000 });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? Number.NaN;
}
