import { isMarker } from './scene.mjs';

/** @typedef {import('./watch.mjs').EngineEvent} EngineEvent */
/** @typedef {import('./scene.mjs').Scene} Scene */
/** @typedef {import('./scene.mjs').SeenContainer} SeenContainer */

/**
 * @typedef {object} Terms
 * @property {Scene} scene
 * @property {ReadonlyMap<string, string>} batches of the instances, by their short names
 * @property {number} inParallel
 * @property {number} healthyTimeMs
 */

/**
 * A rule is told each event after the scene has taken it in, with the container as it was before, and says what is wrong.
 *
 * @typedef {(event: EngineEvent, container: SeenContainer | undefined) => string | undefined} Rule
 */

/** @param {string} instance `web-1` */
const serviceOf = (instance) => instance.replace(/-\d+$/, '');

/** The daemon's clock counts whole milliseconds, the engine's finer: a time may look shorter by so much. */
const clockMs = 1;

/** What must hold at every moment of an upgrade, whoever is killed when. @type {Record<string, (terms: Terms) => Rule>} */
const rules = {
  'too many down': ({ scene, batches, inParallel }) => {
    /** @type {Map<string, number>} */
    const before = new Map();
    return (_, container) => {
      if (container === undefined) return undefined;
      const service = serviceOf(container.instance);
      const down = [...batches.keys()].filter((name) => serviceOf(name) === service && !scene.instance(name).upSince);
      const isMore = down.length > Math.max(inParallel, before.get(service) ?? 0);
      before.set(service, down.length);
      return isMore ? `${down.join(', ')} are down at a time, ${inParallel} may be` : undefined;
    };
  },
  'left down': leftDown,
  'two of one':
    ({ scene }) =>
    (event, container) => {
      if (container === undefined || event.action !== 'start') return undefined;
      const isTwin = (/** @type {SeenContainer} */ { id, instance, part, startedAt }) =>
        id !== container.id && instance === container.instance && part === container.part && startedAt > 0;
      return scene.containers().some(isTwin) ? `a second ${container.part} of ${container.instance} runs` : undefined;
    },
  'not desired':
    ({ batches }) =>
    (event, container) =>
      container && event.action === 'create' && !batches.has(container.instance)
        ? `${container.instance} is in no specification`
        : undefined,
  'data lost': () => (event) =>
    event.type === 'volume' && event.action === 'destroy' && !isMarker(event.id) ? `volume ${event.id}` : undefined,
  'not noted':
    ({ scene }) =>
    (event, container) =>
      container?.startedAt && isStop(event) && scene.markers('upgrade_').length === 0
        ? `${container.instance} is stopped while no marker says that an upgrade has begun`
        : undefined,
  aborted: () => (event) =>
    event.type === 'volume' && event.action === 'create' && event.id.includes('_upgrade-aborted_')
      ? `marker ${event.id}: nothing in these versions fails`
      : undefined,
  'version went back': neverBack,
  'too early': healthyTime,
};

/**
 * The rules as one. Each of its answers is one violation: the rule's name and what happened.
 *
 * @param {Terms} terms
 */
export function createInvariants(terms) {
  const all = Object.entries(rules).map(([name, rule]) => ({ name, breaks: rule(terms) }));
  return (/** @type {EngineEvent} */ event, /** @type {SeenContainer | undefined} */ container) =>
    all.flatMap(({ name, breaks }) => {
      const text = breaks(event, container);
      return text === undefined ? [] : [`${name}: ${text}`];
    });
}

/** Whoever is down is brought back before one batch after the other is begun. @param {Terms} terms @returns {Rule} */
function leftDown({ scene, batches }) {
  /** Batches that were begun since the instance is down. @type {Map<string, Set<string | undefined>>} */
  const begun = new Map();
  return (event, container) => {
    for (const name of begun.keys()) if (scene.instance(name).upSince > 0) begun.delete(name);
    if (container === undefined || container.startedAt === 0 || !isStop(event)) return undefined;
    const batch = batches.get(container.instance);
    const isLeft = ([name, own]) => own !== batch && scene.instance(name).upSince === 0;
    for (const [name] of [...batches].filter(isLeft)) {
      const before = begun.get(name)?.size ?? 0;
      begun.set(name, (begun.get(name) ?? new Set()).add(batch));
      if (before === 1 && begun.get(name)?.size === 2)
        return `${name} stayed down while batches were begun, the second for ${container.instance}`;
    }
    return undefined;
  };
}

/** An instance's version only grows, and one that nothing is left of does not come back. @param {Terms} terms @returns {Rule} */
function neverBack({ scene }) {
  /** @type {Map<string, number>} */
  const newest = new Map();
  /** @type {Set<number>} */
  const known = new Set();
  return ({ action }, container) => {
    if (container === undefined || (action !== 'create' && action !== 'start')) return undefined;
    const { id, instance, version } = container;
    const before = newest.get(instance) ?? 0;
    newest.set(instance, Math.max(before, version));
    if (version < before) return `${instance} is of version ${version} again, after ${before}`;
    const others = scene.containers().filter((one) => one.id !== id);
    const isGone = known.has(version) && others.every((one) => one.version !== version);
    const isBack = action === 'create' && isGone && others.some((one) => one.version > version);
    known.add(version);
    return isBack ? `${instance} is of version ${version}, of which nothing was left` : undefined;
  };
}

/**
 * When the first instance of a batch is stopped, those of other batches that are of the new version already have run for
 * the healthy-time. What the new version is shows when the instance is made anew.
 *
 * @param {Terms} terms
 * @returns {Rule}
 */
function healthyTime({ scene, batches, healthyTimeMs }) {
  /** @type {Map<string, { at: number, others: { name: string, version: number, upSince: number }[] }>} */
  const stops = new Map();
  return (event, container) => {
    if (container === undefined) return undefined;
    const { instance, part, version } = container;
    if (isStop(event) && container.startedAt > 0 && !stops.has(instance)) {
      const names = [...batches.keys()].filter((name) => batches.get(name) !== batches.get(instance));
      stops.set(instance, { at: event.at, others: names.map((name) => ({ name, ...scene.instance(name) })) });
    }
    if (event.action !== 'create' || part !== 'sandbox') return undefined;
    const stop = stops.get(instance);
    stops.delete(instance);
    for (const other of stop?.others ?? []) {
      if (stop === undefined || other.version !== version) continue;
      const ranMs = other.upSince === 0 ? 0 : stop.at - other.upSince;
      if (ranMs + clockMs < healthyTimeMs)
        return `${instance} was stopped for version ${version} when ${other.name} had run it for ${ranMs.toFixed(1)} of ${healthyTimeMs} ms`;
    }
    return undefined;
  };
}

/** The engine tells a signal before the end it brings. @param {EngineEvent} event */
function isStop({ action }) {
  return action === 'kill' || action === 'die';
}
