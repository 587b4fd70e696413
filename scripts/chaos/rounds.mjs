import { setTimeout as pause } from 'node:timers/promises';
import { chooseMoment, chooseOrdeal } from './moments.mjs';

/**
 * @typedef {object} Stage
 * @property {import('./random.mjs').Random} random
 * @property {import('./observer.mjs').Observer} observer
 * @property {import('./daemon.mjs').Daemons} daemons
 * @property {(version: number) => Promise<void>} commit
 * @property {AbortSignal} signal aborted when the run is to end, or takes too long
 * @property {(line: string) => void} say
 */

/**
 * @typedef {object} Score
 * @property {number} version the newest
 * @property {number} kills
 * @property {number} inTheMiddle kills of daemons that had begun to work
 * @property {number} interrupted upgrades that a further commit came into
 * @property {number[]} convergedMs from the last kill of each upgrade to its end
 */

/** The longest an undisturbed daemon may take to end an upgrade. */
const patienceMs = 90_000;

/** The first version, up and at rest. @param {Stage} stage @returns {Promise<Score>} */
export async function begin(stage) {
  const score = { version: 1, kills: 0, inTheMiddle: 0, interrupted: 0, convergedMs: [] };
  await letConverge(stage, score.version, { emptyState: true });
  stage.observer.arm();
  return score;
}

/**
 * Upgrades, one after the other, until so many kills are done.
 *
 * @param {Stage} stage
 * @param {Score} score counted up
 * @param {number} kills
 */
export async function playRounds(stage, score, kills) {
  while (score.kills < kills) {
    const ordeal = chooseOrdeal(stage.random, kills - score.kills);
    await next(stage, score);
    for (let i = 1; i <= ordeal.kills; i += 1) await oneLife(stage, score, { commits: i === ordeal.commitBefore });
    const tookMs = await letConverge(stage, score.version, { emptyState: score.kills % 2 === 0 });
    score.convergedMs.push(tookMs);
    const killed = `${ordeal.kills} ${ordeal.kills === 1 ? 'kill' : 'kills'}`;
    stage.say(
      `version ${score.version} after ${killed}, ${(tookMs / 1000).toFixed(1)} s after the last; ${score.kills} of ${kills}`,
    );
  }
}

/** A further version. @param {Stage} stage @param {Score} score */
async function next({ commit, observer }, score) {
  score.version += 1;
  observer.note(`commit of version ${score.version}`);
  await commit(score.version);
}

/**
 * A daemon from its start to its kill. When it ends the upgrade before, it gets another.
 *
 * @param {Stage} stage
 * @param {Score} score
 * @param {{ commits: boolean }} order commits: a further version comes in the middle
 */
async function oneLife(stage, score, { commits }) {
  const { random, observer, daemons } = stage;
  const moment = chooseMoment(random);
  const commitAt = commits ? performance.now() + random.between(200, 1_500) : Infinity;
  let isCommitted = false;
  const emptyState = score.kills % 2 === 0;
  observer.note(`start of a daemon${emptyState ? ' with an empty state folder' : ''}`);
  const daemon = await daemons.start({ emptyState });
  const before = observer.eventCount();
  const until = performance.now() + moment.ms;
  await wait(stage, daemon, async () => {
    const isAt = observer.isAt(score.version);
    if (isAt || (!isCommitted && performance.now() >= commitAt)) {
      if (!isAt) score.interrupted += 1;
      isCommitted ||= !isAt;
      await next(stage, score);
    }
    return observer.eventCount() - before >= moment.events || performance.now() >= until;
  });
  await pause(moment.thenMs);
  await daemon.kill();
  score.kills += 1;
  if (observer.eventCount() > before) score.inTheMiddle += 1;
  observer.note(`kill ${score.kills}`);
}

/**
 * Lets a daemon do its work; how long it takes, in ms from its start.
 *
 * @param {Stage} stage
 * @param {number} version
 * @param {{ emptyState: boolean }} how
 */
async function letConverge(stage, version, how) {
  const { observer, daemons } = stage;
  observer.note('start of a daemon that is left alone');
  const began = performance.now();
  const daemon = await daemons.start(how);
  const until = began + patienceMs;
  await wait(stage, daemon, () => observer.isAt(version) || performance.now() > until);
  const tookMs = performance.now() - began;
  if (!observer.isAt(version)) observer.violated(`no end: version ${version} is not reached`);
  await daemon.kill();
  return tookMs;
}

/**
 * @param {Stage} stage
 * @param {{ ended: Promise<void> }} daemon
 * @param {() => boolean | Promise<boolean>} isOver
 */
async function wait({ observer, signal }, daemon, isOver) {
  const failed = Promise.race([daemon.ended, observer.lost]);
  while (!(await isOver())) {
    signal.throwIfAborted();
    await Promise.race([pause(5), failed]);
  }
}
