import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * @typedef {object} DaemonSettings
 * @property {string} program
 * @property {string} directory for state and logs
 * @property {string} repository
 * @property {string} owner
 * @property {string} endpoint
 * @property {string | undefined} networkPool
 */

/**
 * Starts daemons one after the other.
 *
 * @typedef {ReturnType<typeof createDaemons>} Daemons
 * @param {DaemonSettings} settings
 */
export function createDaemons(settings) {
  let count = 0;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  const logFile = () => path.join(settings.directory, `daemon-${count}.log`);
  const stateDir = path.join(settings.directory, 'state');

  /** @param {string[]} flags */
  async function spawnOne(flags) {
    count += 1;
    const log = await open(logFile(), 'w');
    const args = [settings.program, 'run', ...toArguments(settings, stateDir), ...flags];
    child = spawn(process.execPath, args, { env: ownEnvironment(), stdio: ['ignore', log.fd, log.fd] });
    await log.close();
    return { process: child, exited: once(child, 'exit') };
  }

  return {
    /**
     * The next daemon. `ended` rejects if it ends by itself.
     *
     * @param {{ emptyState: boolean }} how
     */
    async start({ emptyState }) {
      if (emptyState) await rm(stateDir, { recursive: true, force: true });
      const { process, exited } = await spawnOne([]);
      let isKilled = false;
      const ended = exited.then(async ([code, signal]) => {
        if (isKilled) return;
        const last = (await readFile(logFile(), 'utf8')).trim().split('\n').slice(-8).join('\n');
        throw new Error(`the daemon ended by itself (${code ?? signal}):\n${last}`);
      });
      ended.catch(() => undefined); // told to whoever asks
      return {
        ended,
        /** By SIGKILL. */
        async kill() {
          isKilled = true;
          process.kill('SIGKILL');
          await exited;
        },
      };
    },
    /** Runs one with an empty state folder that ends when nothing is left to do; its exit code. @param {number} seconds */
    async runOnce(seconds) {
      await rm(stateDir, { recursive: true, force: true });
      const { exited } = await spawnOne(['--once', '--timeout', `${seconds}s`]);
      const [code] = await exited;
      return Number(code ?? -1);
    },
    /** Ends the one that runs, whatever it is doing. */
    async stop() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    logFile,
  };
}

/** @param {DaemonSettings} settings @param {string} stateDir */
function toArguments({ repository, owner, endpoint, networkPool }, stateDir) {
  return [
    ...['--repository', repository, '--state-dir', stateDir],
    ...['--docker', endpoint, '--owner', owner, '--listen', '127.0.0.1:0'],
    ...(networkPool === undefined ? [] : ['--network-pool', networkPool]),
  ];
}

/** Settings of the person at the keyboard are none of the daemon's. */
function ownEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FAIRLEAD_')));
}
