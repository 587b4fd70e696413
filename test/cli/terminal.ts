import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { onTestFinished, vi } from 'vitest';
import { registerGet } from '../../src/cli/get.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { registerPlan } from '../../src/cli/plan.ts';
import { TOKEN } from '../api/served.ts';

/** A terminal, or a pipe, that a command writes to. */
export interface Terminal {
  readonly io: CliIo;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exitCode: () => number;
  readonly pressCtrlC: () => void;
}

export interface TerminalOptions {
  readonly isTTY?: boolean;
  readonly env?: CliIo['env'];
}

export function createTerminal({ isTTY = false, env = {} }: TerminalOptions = {}): Terminal {
  const texts = { stdout: '', stderr: '' };
  let exitCode = 0;
  const controller = new AbortController();
  const io: CliIo = {
    stdout: { write: (text) => void (texts.stdout += text) },
    stderr: { write: (text) => void (texts.stderr += text) },
    env,
    isTTY,
    logsToTTY: isTTY,
    isRoot: false,
    setExitCode: (code) => void (exitCode = code),
    interrupted: () => controller.signal,
  };
  return {
    io,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    exitCode: () => exitCode,
    pressCtrlC: () => {
      controller.abort();
    },
  };
}

/** `fairlead …`, to its end. */
export async function run({ io }: Terminal, ...args: readonly string[]): Promise<void> {
  const program = new Command('fairlead').exitOverride().configureOutput({ writeErr: (text) => io.stderr.write(text) });
  registerGet(program, io, { watchEveryMs: 20 });
  registerPlan(program, io);
  for (const command of program.commands) command.copyInheritedSettings(program);
  await program.parseAsync([...args], { from: 'user' });
}

/** What `fairlead …` prints, asking the server with a token; fails when it does not end well. */
export async function printed(origin: string, ...args: readonly string[]): Promise<string> {
  const terminal = createTerminal();
  await run(terminal, ...args, ...(await connectionTo(origin)));
  if (terminal.stderr() !== '') throw new Error(terminal.stderr());
  return terminal.stdout();
}

export async function connectionTo(origin: string, as: keyof typeof TOKEN = 'provider'): Promise<readonly string[]> {
  return ['--server', origin, '--token-file', await tokenFile(TOKEN[as])];
}

export async function tokenFile(token: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-client-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'admin.token');
  await writeFile(file, `${token}\n`);
  return file;
}

/** Waits until what a terminal shows fits. */
export function shows(terminal: Terminal, pattern: RegExp): Promise<void> {
  return vi.waitFor(
    () => {
      if (!pattern.test(terminal.stdout())) throw new Error(`${String(pattern)} is not in: ${terminal.stdout()}`);
    },
    { timeout: 5000, interval: 10 },
  );
}
