import { applicationKey, batches, healthyTimeMs, inParallel } from './application.mjs';
import { createInvariants } from './invariants.mjs';
import { createScene } from './scene.mjs';
import { watchEngine } from './watch.mjs';

/** So many lines stand before a violation. */
const linesKept = 60;

/**
 * Watches the engine from the first container to the last, and notes what must not be.
 *
 * @typedef {Awaited<ReturnType<typeof createObserver>>} Observer
 * @param {string} endpoint
 */
export async function createObserver(endpoint) {
  const scene = createScene(applicationKey);
  const terms = { scene, batches, inParallel, healthyTimeMs };
  /** @type {ReturnType<typeof createInvariants>} */
  let check = () => [];
  let count = 0;
  /** @type {string[]} */
  const lines = [];
  /** @type {{ text: string, before: string[] }[]} */
  const violations = [];
  const began = Date.now();

  /** @param {string} text @param {number} [at] */
  function note(text, at = Date.now()) {
    lines.push(`${((at - began) / 1000).toFixed(3).padStart(8)} s  ${text}`);
    if (lines.length > linesKept) lines.shift();
  }
  /** @param {string} text */
  const violated = (text) => void violations.push({ text, before: [...lines] });

  const stream = await watchEngine(endpoint, (event) => {
    const container = scene.apply(event);
    if (container === undefined && !event.id.startsWith(applicationKey)) return;
    count += 1;
    const subject = container ? `${container.instance} ${container.part} of version ${container.version}` : event.id;
    note(`${event.action} ${subject}`, event.at);
    for (const text of check(event, container)) violated(text);
  });

  return {
    scene,
    violations,
    /** So many events of the application so far. */
    eventCount: () => count,
    /** A line of the story, for whoever reads a violation. */
    note,
    violated,
    /** From now on the invariants hold: everything is up for the first time. */
    arm: () => void (check = createInvariants(terms)),
    /** Whether everything is of this version and up, and no upgrade is on. @param {number} version */
    isAt(version) {
      const all = [...batches.keys()].map((name) => scene.instance(name));
      return all.every((one) => one.version === version && one.upSince > 0) && scene.markers().length === 0;
    },
    lost: stream.lost,
    close: stream.close,
  };
}
