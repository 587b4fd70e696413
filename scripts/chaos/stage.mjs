import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { removeTraces, sandboxImages } from '../demo/clean-up.mjs';
import { createEngineApi } from '../demo/engine-api.mjs';
import { demoImage, importDemoImage } from '../demo/image.mjs';
import { createSiteRepository } from '../demo/site-repository.mjs';
import { ensureEngine, root, SetupError, startPrivateEngine } from '../setup.mjs';
import { applicationFile, versionLine, writeDocuments } from './application.mjs';
import { buildFairlead } from './build.mjs';
import { createDaemons } from './daemon.mjs';
import { createObserver } from './observer.mjs';
import { createRandom } from './random.mjs';
import { reportOf } from './report.mjs';
import { begin, playRounds } from './rounds.mjs';
import { judgeTheEnd, listData } from './verdict.mjs';

const owner = 'chaos';

/**
 * Plays the whole run and removes what it made, whatever ends it. Unless all was well, the daemons' logs stay.
 *
 * @param {{ kills: number, seed: number }} order
 * @returns {Promise<number>} the exit code
 */
export async function playChaos({ kills, seed }) {
  const say = (/** @type {string} */ line) => console.log(line);
  say(`seed ${seed}, ${kills} kills (again with: npm run chaos -- --kills ${kills} --seed ${seed})`);
  const signal = AbortSignal.any([endOfPatience(kills), listenForTheEnd()]);
  /** @type {(() => unknown)[]} undone in reverse */
  const undo = [];
  const began = performance.now();
  const directory = await mkdtemp(path.join(os.tmpdir(), 'fairlead-chaos-'));
  let isClean = false;
  try {
    const stage = await setTheStage({ directory, random: createRandom(seed), signal, say, undo });
    const { observer } = stage;
    const score = await begin(stage);
    const data = await listData(stage);
    say(`version 1 is up after ${((performance.now() - began) / 1000).toFixed(1)} s`);
    await playRounds(stage, score, kills);
    await judgeTheEnd(stage, score.version, data);
    say(reportOf(score, observer.violations, performance.now() - began));
    isClean = observer.violations.length === 0;
    return isClean ? 0 : 1;
  } finally {
    if (isClean || signal.aborted) undo.unshift(() => rm(directory, { recursive: true, force: true }));
    else say(`the daemons' logs: ${directory}`);
    for (const step of undo.reverse()) await step();
  }
}

/**
 * Engine, image, program, repository. Each thing made adds how to undo it.
 *
 * @param {Pick<import('./rounds.mjs').Stage, 'random' | 'signal' | 'say'> & { directory: string, undo: (() => unknown)[] }} around
 */
async function setTheStage({ directory, random, signal, say, undo }) {
  const work = path.join(root, '.work', `chaos-${process.pid}`);
  undo.push(() => rm(work, { recursive: true, force: true }));
  const building = buildFairlead(work);
  const { engine, networkPool } = await openEngine(undo).finally(() => building.catch(() => undefined));
  const program = await building;
  signal.throwIfAborted();
  const documents = path.join(directory, 'documents');
  await mkdir(documents);
  await writeDocuments(documents);
  const repository = await createSiteRepository(path.join(directory, 'site'), documents);
  await repository.commit('Version 1');
  const where = { program, directory, repository: repository.dir, owner, endpoint: engine.endpoint, networkPool };
  const daemons = createDaemons(where);
  undo.push(() => daemons.stop());
  const observer = await createObserver(engine.endpoint);
  undo.push(() => observer.close());
  const commit = async (/** @type {number} */ version) => {
    await repository.edit(applicationFile, versionLine(version - 1), versionLine(version));
    await repository.commit(`Version ${version}`);
  };
  return { random, observer, daemons, commit, signal, say, engine, owner };
}

/** @param {(() => unknown)[]} undo */
async function openEngine(undo) {
  const host = await chooseEngine();
  undo.push(() => host.stop());
  const engine = createEngineApi(host.endpoint);
  const found = await engine.containers(owner);
  if (found.size > 0) throw new SetupError(`This engine has containers of owner "${owner}" already.`);
  const makesImage = !(await engine.hasImage(demoImage));
  const images = makesImage ? [demoImage] : [];
  const before = await sandboxImages(engine);
  undo.push(() => removeTraces({ ...host, owner, images, sandboxImages: before }));
  if (makesImage) await importDemoImage(engine);
  return { engine, networkPool: host.networkPool };
}

/** The engine that the tests were given, else a private one, so that nothing else speaks in its events. */
async function chooseEngine() {
  const { FAIRLEAD_TEST_DOCKER: endpoint, FAIRLEAD_TEST_NETWORK_POOL: networkPool } = process.env;
  if (endpoint === undefined) return process.getuid?.() === 0 ? startPrivateEngine() : ensureEngine();
  return { endpoint, networkPool, private: false, directory: undefined, stop: () => Promise.resolve() };
}

/** @param {number} kills */
function endOfPatience(kills) {
  const ms = 180_000 + kills * 6_000;
  const ending = new AbortController();
  setTimeout(() => ending.abort(new Error(`the run is not over after ${ms / 1000} s`)), ms).unref();
  return ending.signal;
}

function listenForTheEnd() {
  const ending = new AbortController();
  const end = () => ending.abort(new SetupError('interrupted'));
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(name, end);
  return ending.signal;
}
