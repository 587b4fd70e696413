import path from 'node:path';
import { createDockerDaemon } from './setup/docker-daemon.mjs';
import { createGround, keepGround, removeGround } from './setup/ground.mjs';
import { createHostNetwork, createNetwork } from './setup/network.mjs';
import { ensurePrograms, SetupError } from './setup/packages.mjs';
import { answers } from './setup/ping.mjs';

export { ensureDependencies, root } from './setup/dependencies.mjs';
export { ensureBusybox, ensurePrograms, SetupError } from './setup/packages.mjs';

/** The programs the unit tests start: repositories are made and signed by the real ones. */
export const unitPrograms = /** @type {const} */ (['git', 'gpg', 'gpg-agent', 'ssh-keygen']);

/** The programs a private engine needs. */
export const enginePrograms = /** @type {const} */ (['dockerd', 'iptables', 'ip', 'nsenter']);

/**
 * A Docker engine to work on. `private`: it was started here, and `stop` removes every trace of it, while after `keep`
 * it outlives this process (`node scripts/stop-engine.mjs DIRECTORY` removes it). An engine that was there before is
 * never touched: its `stop` and `keep` do nothing.
 *
 * @typedef {object} Engine
 * @property {string} endpoint
 * @property {boolean} private
 * @property {string | undefined} directory the private engine's folder
 * @property {string | undefined} networkPool a range whose addresses lead to the private engine's containers, for `--network-pool`
 * @property {() => Promise<void>} stop
 * @property {() => Promise<void>} keep
 */

/**
 * The engine that answers at `$DOCKER_HOST` or the usual socket, else a private one.
 *
 * @returns {Promise<Engine>}
 * @throws {SetupError} where there is none and none can be started: one sentence saying what to install
 */
export async function ensureEngine() {
  const usual = ['unix:///var/run/docker.sock'];
  for (const endpoint of process.env.DOCKER_HOST ? [process.env.DOCKER_HOST, ...usual] : usual) {
    if (await answers(endpoint)) return existingEngine(endpoint);
  }
  return startPrivateEngine();
}

/**
 * Starts an engine in a folder, network namespace and cgroup of its own, installing what that needs.
 *
 * @returns {Promise<Engine>}
 * @throws {SetupError} where that is impossible
 */
export async function startPrivateEngine() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new SetupError(
      'No Docker engine answers: please install and start Docker, or run this as root on Debian or Ubuntu, where a private engine is set up by itself.',
    );
  }
  await ensurePrograms(enginePrograms);
  const ground = await createGround();
  try {
    const network = await createNetwork(ground);
    const daemon = createDockerDaemon({
      directory: path.join(ground.directory, 'engine'),
      name: `engine-${ground.id}`,
      cgroup: `/fairlead-${ground.id}`,
      network: await createHostNetwork(network, 1, { routed: true }),
    });
    await daemon.start();
    return {
      endpoint: daemon.endpoint,
      private: true,
      directory: ground.directory,
      networkPool: network.networkPool,
      stop: () => removeGround(ground),
      keep: () => keepGround(ground),
    };
  } catch (error) {
    await removeGround(ground);
    throw error;
  }
}

/**
 * @param {string} endpoint
 * @returns {Engine}
 */
function existingEngine(endpoint) {
  const nothing = () => Promise.resolve();
  return { endpoint, private: false, directory: undefined, networkPool: undefined, stop: nothing, keep: nothing };
}
