import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ensureEngine, root, SetupError } from '../setup.mjs';
import { removeKeptDemo, removeTraces, sandboxImages, writeRecord } from './clean-up.mjs';
import { createEngineApi } from './engine-api.mjs';
import { startDaemon } from './fairlead.mjs';
import { tellHowToGoOn, tellHowToLookAround } from './farewell.mjs';
import { demoImage, importDemoImage } from './image.mjs';
import { createNarrator } from './narrator.mjs';
import { createScreen } from './screen.mjs';
import { createSiteRepository } from './site-repository.mjs';
import { createStateApi } from './state-api.mjs';
import { stories } from './stories.mjs';

const owner = 'demo';

/**
 * Plays the demo and removes what it made, whatever ends it, unless it is to be kept.
 *
 * @param {{ story: keyof typeof stories, keep: boolean }} order
 * @returns {Promise<number>} the exit code
 */
export async function playDemo({ story, keep }) {
  const screen = createScreen();
  const signal = listenForTheEnd(screen);
  /** @type {(() => unknown)[]} undone in reverse */
  const undo = [];
  const began = performance.now();
  try {
    const { example, steps, chapters, suggestion } = stories[story];
    const stage = await setTheStage({ example, narrator: createNarrator(screen, steps), screen, signal, undo });
    for (const chapter of chapters) await chapter(stage);
    screen.say(`\nThe demo took ${((performance.now() - began) / 1000).toFixed(0)} s.`);
    signal.throwIfAborted();
    if (!keep) tellHowToGoOn(stage);
    else {
      await stage.keep();
      undo.length = 0;
      tellHowToLookAround(stage, suggestion);
    }
    return 0;
  } catch (error) {
    if (!signal.aborted) screen.say(`\n${error instanceof SetupError ? error.message : (error.stack ?? error)}`);
    return signal.aborted ? 130 : 1;
  } finally {
    await undoAll(undo, screen);
  }
}

/**
 * Ends a kept demo.
 *
 * @param {string} directory
 * @returns {Promise<number>} the exit code
 */
export async function stopDemo(directory) {
  await removeKeptDemo(path.resolve(directory));
  createScreen().say('The demo is ended, and everything it made is removed.');
  return 0;
}

/**
 * Whatever fails, the rest is undone all the same.
 *
 * @param {(() => unknown)[]} undo
 * @param {import('./screen.mjs').Screen} screen
 */
async function undoAll(undo, screen) {
  if (undo.length === 0) return;
  const failures = [];
  for (const step of undo.reverse()) await Promise.resolve(step()).catch((error) => failures.push(error.message));
  for (const failure of failures) screen.say(`not removed: ${failure}`);
  if (failures.length === 0) screen.say('\nEverything the demo made is removed.');
}

/** A Ctrl-C, the end of the terminal, or of whoever reads along. @param {import('./screen.mjs').Screen} screen */
function listenForTheEnd(screen) {
  const ending = new AbortController();
  const end = () => {
    if (!ending.signal.aborted) screen.say('\nCleaning up …');
    ending.abort();
  };
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(name, end);
  process.stdout.on('error', () => ending.abort());
  return ending.signal;
}

/**
 * Engine, image, repository; the daemon waits for the first commit. Each thing made adds how to undo it.
 *
 * @param {object} around
 * @param {string} around.example a folder of examples/
 * @param {ReturnType<typeof createNarrator>} around.narrator
 * @param {import('./screen.mjs').Screen} around.screen
 * @param {AbortSignal} around.signal
 * @param {(() => unknown)[]} around.undo
 */
async function setTheStage({ example, narrator, screen, signal, undo }) {
  screen.chapter('0  Set-up');
  const hostEngine = await ensureEngine();
  undo.push(() => hostEngine.stop());
  signal.throwIfAborted();
  screen.event(
    hostEngine.private ? `a private Docker engine: ${hostEngine.directory}` : 'the Docker engine that is here',
  );
  const engine = createEngineApi(hostEngine.endpoint);
  await refuseStrangers(engine);
  const makesImage = !(await engine.hasImage(demoImage));
  const traces = {
    ...{ endpoint: hostEngine.endpoint, private: hostEngine.private, directory: hostEngine.directory, owner },
    images: makesImage ? [demoImage] : [],
    sandboxImages: await sandboxImages(engine),
  };
  const directory = await mkdtemp(path.join(os.tmpdir(), 'fairlead-demo-'));
  undo.push(() => rm(directory, { recursive: true, force: true }));
  undo.push(() => removeTraces(traces));
  if (makesImage) await importDemoImage(engine);
  signal.throwIfAborted();
  screen.event(`the image ${demoImage}, made from a static busybox`);
  const repository = await createSiteRepository(path.join(directory, 'site'), path.join(root, 'examples', example));
  screen.event(`a git repository made from examples/${example}: ${repository.dir}`);

  const tokenFile = path.join(directory, 'state/admin.token');
  const stage = {
    ...{ directory, owner, signal, screen, repository, engine },
    daemon: /** @type {any} */ (undefined),
    state: /** @type {any} */ (undefined),
    async start() {
      const args = daemonArguments({ directory, endpoint: engine.endpoint, networkPool: hostEngine.networkPool });
      stage.daemon = await startDaemon(args, { directory, signal, onEntry: narrator });
      undo.push(() => stage.daemon.stop());
      const { address } = await stage.daemon.waitFor(({ msg }) => msg === 'api listening');
      stage.state = createStateApi({ server: `http://${address}`, tokenFile });
    },
    async keep() {
      await writeRecord(directory, { ...traces, pid: stage.daemon.pid });
      await stage.daemon.release();
      await hostEngine.keep();
    },
  };
  return stage;
}

/** Somebody's real owner `demo`, or a demo that runs: not ours to touch. @param {import('./engine-api.mjs').EngineApi} engine */
async function refuseStrangers(engine) {
  const found = await engine.containers(owner);
  if (found.size === 0) return;
  throw new SetupError(
    `This engine has containers of owner "${owner}" already (${[...found.keys()][0]}, …): end that demo first, with npm run demo -- --stop DIRECTORY.`,
  );
}

/** @param {{ directory: string, endpoint: string, networkPool: string | undefined }} settings */
function daemonArguments({ directory, endpoint, networkPool }) {
  return [
    ...['--repository', path.join(directory, 'site')],
    ...['--state-dir', path.join(directory, 'state')],
    ...['--docker', endpoint],
    ...['--owner', owner],
    ...['--listen', '127.0.0.1:0'],
    ...(networkPool === undefined ? [] : ['--network-pool', networkPool]),
  ];
}
