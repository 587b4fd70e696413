import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CheckAnswer } from '../../api/described.ts';
import { eventually } from '../../eventually.ts';
import { answerCheckOf } from './described-answers.ts';

// The daemon as its users run it: a process of its own, spoken to by signals, its log and the state API.

export interface DaemonOptions {
  readonly repository: string;
  readonly owner: string;
  /** Default: a new folder, which goes when the daemon ends, however it does. */
  readonly stateDir?: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface DaemonProcess {
  readonly pid: number;
  readonly stateDir: string;
  readonly log: readonly LogLine[];
  /** Everything written to stderr, as it came. */
  text(): string;
  /** Resolves with the log line of this message. */
  said(msg: string, fields?: Readonly<Record<string, unknown>>, deadlineMs?: number): Promise<LogLine>;
  /** GET with the admin token. The answer has to be one that the daemon describes. */
  get<T>(path: string): Promise<T>;
  /** Any request with the admin token. */
  ask(path: string, init?: { readonly method?: string; readonly body?: string }): Promise<Response>;
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
  readonly exited: Promise<number | null>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

export const ENGINE = process.env['FAIRLEAD_TEST_DOCKER'] ?? '';
export const POOL = process.env['FAIRLEAD_TEST_NETWORK_POOL'] ?? '10.201.0.0/16';
const root = new URL('../../../', import.meta.url).pathname;

/** Starts `fairlead ARGUMENTS` as it was built for this run (global-setup.ts). */
export function startFairlead(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, ['dist/main.js', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export async function startDaemon(options: DaemonOptions): Promise<DaemonProcess> {
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), 'fairlead-state-')));
  const child = startFairlead(toArguments(options, stateDir), options.env);
  const log: LogLine[] = [];
  const lines: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => {
    lines.push(line);
    if (line.startsWith('{')) log.push(JSON.parse(line) as LogLine);
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve)).then(async (code) => {
    if (options.stateDir === undefined) await rm(stateDir, { recursive: true, force: true });
    return code;
  });
  const said = (msg: string, fields: Readonly<Record<string, unknown>> = {}, deadlineMs = 120_000) =>
    eventually(() => {
      const found = log.find(
        (line) => line.msg === msg && Object.entries(fields).every(([key, value]) => line[key] === value),
      );
      if (found === undefined)
        throw new Error(`the daemon has not said "${msg}" ${JSON.stringify(fields)}:\n${lines.slice(-20).join('\n')}`);
      return found;
    }, deadlineMs);
  let checkAnswer: CheckAnswer | undefined;
  const ask = async (path: string, init: { readonly method?: string; readonly body?: string } = {}) => {
    const { address } = await said('api listening');
    const token = (await readFile(join(stateDir, 'admin.token'), 'utf8')).trim();
    const headers = { authorization: `Bearer ${token}` };
    return fetch(`http://${String(address)}${path}`, { ...init, headers, signal: AbortSignal.timeout(60_000) });
  };
  return {
    pid: child.pid!,
    stateDir,
    log,
    text: () => lines.join('\n'),
    said,
    get: async <T>(path: string) => {
      const response = await ask(path);
      const { status, url, headers } = response;
      checkAnswer ??= await answerCheckOf(new URL(url).origin);
      const text = await response.text();
      checkAnswer({ method: 'GET', path, status, contentType: headers.get('content-type') ?? '', text });
      return JSON.parse(text) as T;
    },
    ask,
    signal: (name) => void child.kill(name),
    exited,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
    },
  };
}

function toArguments({ repository, owner, flags = [] }: DaemonOptions, stateDir: string): string[] {
  const fixed = ['--docker', ENGINE, '--network-pool', POOL, '--listen', '127.0.0.1:0', '--poll-interval', '1s'];
  return ['run', '--repository', repository, '--owner', owner, '--state-dir', stateDir, ...fixed, ...flags];
}
