import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { Command } from 'commander';
import { onTestFinished } from 'vitest';
import { registerComment } from '../../src/cli/comment.ts';
import { registerConnect } from '../../src/cli/connect.ts';
import { registerExec } from '../../src/cli/exec.ts';
import { registerGet } from '../../src/cli/get.ts';
import { Interruption, type CliIo, type CliTerminal, type TerminalSize } from '../../src/cli/io.ts';
import { registerInit } from '../../src/cli/init.ts';
import { registerLogs } from '../../src/cli/logs.ts';
import { registerPlan } from '../../src/cli/plan.ts';
import { registerRestart } from '../../src/cli/restart.ts';
import { registerSync } from '../../src/cli/sync.ts';
import { registerWait } from '../../src/cli/wait.ts';
import { registerValidate } from '../../src/cli/validate-command.ts';
import { eventually } from '../eventually.ts';
import { TOKEN } from '../api/served.ts';

/** A terminal, or pipes, that a command reads from and writes to. */
export interface Terminal {
  readonly io: CliIo;
  /** What is typed, or comes through the pipe. */
  readonly stdin: PassThrough;
  readonly stdout: () => string;
  readonly bytes: () => Buffer;
  readonly stderr: () => string;
  readonly exitCode: () => number;
  readonly pressCtrlC: () => void;
  /** Whether keys come raw; every change of it. */
  readonly rawModes: readonly boolean[];
  readonly resize: (size: TerminalSize) => void;
}

export interface TerminalOptions {
  /** Whether stdout is a terminal. */
  readonly isTTY?: boolean;
  /** Whether stdin is one as well: of this size. */
  readonly size?: TerminalSize;
  readonly env?: CliIo['env'];
  /** Default: takes everything at once. */
  readonly stdout?: Writable;
}

export function createTerminal(options: TerminalOptions = {}): Terminal {
  const { isTTY = false, size, env = {} } = options;
  const written: Buffer[] = [];
  let told = '';
  let exitCode = 0;
  const controller = new AbortController();
  const stdin = new PassThrough();
  const screen = createScreen(size);
  const io: CliIo = {
    stdin,
    stdout: options.stdout ?? collecting(written),
    stderr: { write: (text) => void (told += text) },
    env,
    isTTY,
    logsToTTY: isTTY,
    terminal: size === undefined ? undefined : screen.terminal,
    isRoot: false,
    setExitCode: (code) => void (exitCode = code),
    interrupted: () => controller.signal,
  };
  const bytes = () => Buffer.concat(written);
  return {
    io,
    stdin,
    stdout: () => bytes().toString(),
    bytes,
    stderr: () => told,
    exitCode: () => exitCode,
    pressCtrlC: () => {
      controller.abort(new Interruption('SIGINT'));
    },
    rawModes: screen.rawModes,
    resize: screen.resize,
  };
}

function collecting(written: Buffer[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk);
      done();
    },
  });
}

function createScreen(initial: TerminalSize = { rows: 0, columns: 0 }) {
  let size = initial;
  const rawModes: boolean[] = [];
  const listeners = new Set<() => void>();
  const terminal: CliTerminal = {
    setRaw: (isRaw) => void rawModes.push(isRaw),
    size: () => size,
    onResize(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const resize = (next: TerminalSize) => {
    size = next;
    for (const listener of listeners) listener();
  };
  return { terminal, rawModes, resize };
}

/** `fairlead …`, to its end. */
export async function run({ io }: Terminal, ...args: readonly string[]): Promise<void> {
  const program = new Command('fairlead').exitOverride().configureOutput({ writeErr: (text) => io.stderr.write(text) });
  registerValidate(program, io, '1.2.3');
  registerInit(program, io);
  registerComment(program, io);
  registerGet(program, io, { watchEveryMs: 20 });
  registerPlan(program, io);
  registerLogs(program, io, { retryMs: 20 });
  registerExec(program, io);
  registerConnect(program, io);
  registerRestart(program, io, { waitEveryMs: 20 });
  registerSync(program, io, { waitEveryMs: 20 });
  registerWait(program, io, { waitEveryMs: 20 });
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
  return eventually(() => {
    if (!pattern.test(terminal.stdout())) throw new Error(`${String(pattern)} is not in: ${terminal.stdout()}`);
  });
}
