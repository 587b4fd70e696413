import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SetupError } from '../setup.mjs';
import { removeGround, toGround } from '../setup/ground.mjs';
import { run, until } from '../setup/run.mjs';
import { createEngineApi } from './engine-api.mjs';

/**
 * What a demo made and what was there before it: enough to remove the one and leave the other.
 *
 * @typedef {object} Traces
 * @property {string} endpoint
 * @property {boolean} private the engine itself was made for the demo
 * @property {string | undefined} directory the private engine's folder
 * @property {string} owner
 * @property {string[]} images made by the demo
 * @property {string[]} sandboxImages those there before
 */

/** @typedef {Traces & { pid: number }} KeptDemo */

const recordName = 'demo.json';

/**
 * Notes in the demo's folder how to end it later.
 *
 * @param {string} directory
 * @param {KeptDemo} kept
 */
export async function writeRecord(directory, kept) {
  await writeFile(path.join(directory, recordName), JSON.stringify(kept));
}

/**
 * Ends a kept demo: its daemon, what it made on the engine or the whole private engine, and its folder.
 *
 * @param {string} directory
 */
export async function removeKeptDemo(directory) {
  const text = await readFile(path.join(directory, recordName), 'utf8').catch(() => undefined);
  if (text === undefined) throw new SetupError(`${directory} is not the folder of a demo that was kept.`);
  /** @type {KeptDemo} */
  const kept = JSON.parse(text);
  await endDaemon(kept.pid, directory);
  await removeTraces(kept);
  const ground = kept.private && kept.directory ? toGround(kept.directory) : undefined;
  if (ground) await removeGround(ground);
  await rm(directory, { recursive: true, force: true });
}

/**
 * Removes from an engine that was here before all that the demo made; a private engine goes as a whole.
 *
 * @param {Traces} traces
 */
export async function removeTraces(traces) {
  if (traces.private) return;
  const engine = createEngineApi(traces.endpoint);
  await engine.removeOwned(traces.owner);
  const sandboxes = (await sandboxImages(engine)).filter((image) => !traces.sandboxImages.includes(image));
  for (const image of [...traces.images, ...sandboxes]) {
    await engine.ask('DELETE', `/images/${image}`).catch(() => undefined); // somebody else's container uses it by now
  }
}

/**
 * The sandbox images on an engine; the daemon makes one where there is none.
 *
 * @param {import('./engine-api.mjs').EngineApi} engine
 * @returns {Promise<string[]>}
 */
export async function sandboxImages(engine) {
  const images = await engine.ask('GET', '/images/json');
  return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.startsWith('fairlead/sandbox:'));
}

/**
 * @param {number} pid
 * @param {string} directory
 */
async function endDaemon(pid, directory) {
  if (!(await isDaemon(pid, directory))) return;
  process.kill(pid, 'SIGTERM');
  const gone = async () => !(await isDaemon(pid, directory));
  await until(gone, { timeoutMs: 20_000, sentence: `the daemon (pid ${pid}) does not end`, everyMs: 100 });
}

/** Whether the pid is (still) the demo's daemon, and not a later process of the same number. */
async function isDaemon(/** @type {number} */ pid, /** @type {string} */ directory) {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    .catch(() => run('ps', ['-o', 'command=', '-p', String(pid)])) // no /proc
    .catch(() => '');
  return command.includes(directory);
}
