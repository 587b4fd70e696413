import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Where the system keeps its programs; PATH may lack some of them, sbin above all. */
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** PATH, and after it the system's own folders. */
export function searchPath() {
  const given = (process.env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute);
  return [...new Set([...given, ...systemFolders])];
}

/** This process's environment, in which every installed program is found. */
export function systemEnvironment() {
  return { ...process.env, PATH: searchPath().join(path.delimiter) };
}

/**
 * Runs a program to its end and resolves to its standard output.
 * `env` is added to this process's environment. Rejects with the program's last words when it fails or takes longer than `timeoutMs`.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ timeoutMs?: number, env?: NodeJS.ProcessEnv, signal?: AbortSignal }} [options]
 * @returns {Promise<string>}
 */
export function run(program, args, { timeoutMs = 30_000, env = {}, signal } = {}) {
  return new Promise((resolve, reject) => {
    const options = {
      timeout: timeoutMs,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...systemEnvironment(), ...env },
      signal,
    };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const words = [stderr.trim(), stdout.trim(), error.message].find((text) => text !== '') ?? '';
      reject(new Error(`${program} ${args.join(' ')}: ${words.slice(-2000)}`));
    });
  });
}

/**
 * Resolves once `condition` gives something truthy, to that value; rejects with `sentence` at the deadline.
 *
 * @template T
 * @param {() => T | Promise<T>} condition
 * @param {{ timeoutMs: number, sentence: string, everyMs?: number }} limits
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(condition, { timeoutMs, sentence, everyMs = 20 }) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(sentence);
    await pause(everyMs);
  }
}
