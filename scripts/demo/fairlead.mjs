import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from '../setup.mjs';
import { until } from '../setup/run.mjs';

/** Fairlead from its sources: `node` with these arguments. */
const program = ['--import', import.meta.resolve('tsx'), path.join(root, 'src/main.ts')];

/**
 * Runs `fairlead ARGS…` to its end.
 *
 * @param {readonly string[]} args
 * @param {{ directory: string, timeoutMs?: number }} options directory: where it runs
 * @returns {Promise<{ code: number | null, stdout: string }>}
 */
export async function runFairlead(args, { directory, timeoutMs = 30_000 }) {
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: directory,
    env: ownEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    detached: true, // a Ctrl-C is for the demo, which then ends by itself
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (stderr !== '' && stdout === '') throw new Error(`fairlead ${args.join(' ')}: ${stderr.trim()}`);
  return { code, stdout };
}

/**
 * @typedef {Record<string, unknown> & { msg: string }} LogEntry
 * @typedef {Awaited<ReturnType<typeof startDaemon>>} Daemon
 */

/**
 * Starts `fairlead run` in the background, its log in a file, so that it can outlive the demo. `onEntry` is told each
 * line of the log.
 *
 * @param {readonly string[]} args
 * @param {{ directory: string, onEntry: (entry: LogEntry) => void, signal: AbortSignal }} options
 */
export async function startDaemon(args, { directory, onEntry, signal }) {
  const logFile = path.join(directory, 'daemon.log');
  const log = await open(logFile, 'a');
  const child = spawn(process.execPath, [...program, 'run', ...args], {
    cwd: directory,
    env: ownEnvironment(),
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  });
  child.unref();
  await log.close();
  /** @type {LogEntry[]} */
  const entries = [];
  const reading = new AbortController();
  const read = followLines(logFile, reading.signal, (line) => {
    const entry = toEntry(line);
    entries.push(entry);
    onEntry(entry);
  });
  const ended = () => child.exitCode !== null || child.signalCode !== null;

  return {
    pid: child.pid,
    logFile,
    entryCount: () => entries.length,
    /**
     * The first entry of the log for which `matches` holds, of those after the first `seen`.
     *
     * @param {(entry: LogEntry) => boolean} matches
     */
    waitFor(matches, seen = 0) {
      const look = () => {
        signal.throwIfAborted();
        const found = entries.slice(seen).find(matches);
        if (!found && ended()) throw new Error(`the daemon has ended; its last words: ${entries.at(-1)?.msg}`);
        return found;
      };
      return until(look, { timeoutMs: 120_000, sentence: `the daemon did not get on; its log is ${logFile}` });
    },
    /** Ends it as a service manager would. What it made runs on. */
    async stop() {
      if (!ended()) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await until(ended, { timeoutMs: 20_000, sentence: 'the daemon does not end' });
      clearTimeout(timer);
      await this.release();
    },
    /** Stops reading its log, so that this process may end before it. */
    async release() {
      reading.abort();
      await read;
    },
  };
}

/** Settings of the person at the keyboard are none of the demo's, and tsx is to leave no cache behind. */
function ownEnvironment() {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('FAIRLEAD_'));
  return { ...Object.fromEntries(own), TSX_DISABLE_CACHE: '1' };
}

/**
 * @param {string} line
 * @returns {LogEntry}
 */
function toEntry(line) {
  try {
    return JSON.parse(line);
  } catch {
    return { msg: line }; // what a program says that cannot even start
  }
}

/**
 * Calls back with every line that is or comes to be in the file, until aborted.
 *
 * @param {string} file
 * @param {AbortSignal} signal
 * @param {(line: string) => void} onLine
 */
async function followLines(file, signal, onLine) {
  const handle = await open(file, 'r');
  const buffer = Buffer.alloc(64 * 1024);
  let rest = Buffer.alloc(0);
  try {
    while (!signal.aborted) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) await pause(30, undefined, { signal }).catch(() => undefined);
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        onLine(rest.subarray(0, end).toString());
        rest = rest.subarray(end + 1);
      }
    }
  } finally {
    await handle.close();
  }
}
