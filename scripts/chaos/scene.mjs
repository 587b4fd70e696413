/** @typedef {import('./watch.mjs').EngineEvent} EngineEvent */

/**
 * @typedef {object} SeenContainer
 * @property {string} id
 * @property {string} instance `web-1`
 * @property {string} part `sandbox`, or the name of the container
 * @property {number} version
 * @property {number} startedAt 0: it does not run
 */

/**
 * @typedef {object} SeenInstance
 * @property {number} version of its sandbox; 0: it has none
 * @property {number} upSince since when all of it runs, ms since the epoch; 0: it is down
 */

/**
 * What is on the engine, told from its events alone.
 *
 * @typedef {ReturnType<typeof createScene>} Scene
 * @param {string} applicationKey `chaos.shop`
 */
export function createScene(applicationKey) {
  const [tenant, application] = applicationKey.split('.');
  /** @type {Map<string, SeenContainer>} */
  const containers = new Map();
  /** @type {Set<string>} */
  const volumes = new Set();

  /** @param {EngineEvent} event */
  function applyToContainer({ at, action, id, labels }) {
    const found = containers.get(id) ?? toContainer(id, labels);
    if (found === undefined) return undefined;
    if (action === 'create') containers.set(id, found);
    else if (action === 'start') containers.set(id, { ...found, startedAt: at });
    else if (action === 'die') containers.set(id, { ...found, startedAt: 0 });
    else if (action === 'destroy') containers.delete(id);
    return found;
  }

  /** @param {string} id @param {Record<string, string>} labels @returns {SeenContainer | undefined} */
  function toContainer(id, labels) {
    const label = (/** @type {string} */ name) => labels[`io.fairlead.${name}`] ?? '';
    if (label('tenant') !== tenant || label('application') !== application) return undefined;
    const part = label('container') || label('role');
    const instance = `${label('service')}-${label('instance')}`;
    return { id, instance, part, version: Number(label('application-version')), startedAt: 0 };
  }

  return {
    /**
     * Takes an event in; the container it is about, as it was before, undefined when it is none of the application's.
     *
     * @param {EngineEvent} event
     */
    apply(event) {
      if (event.type === 'container') return applyToContainer(event);
      if (!event.id.startsWith(applicationKey)) return undefined;
      if (event.action === 'create') volumes.add(event.id);
      else if (event.action === 'destroy') volumes.delete(event.id);
      return undefined;
    },
    containers: () => [...containers.values()],
    /** Names of the volumes that are markers. @param {string} [kind] */
    markers: (kind = '') => [...volumes].filter((name) => name.startsWith(`${applicationKey}_${kind}`)),
    /** Names of the volumes that hold data. */
    data: () => [...volumes].filter((name) => !isMarker(name)),
    /** @param {string} name @returns {SeenInstance} */
    instance(name) {
      const parts = [...containers.values()].filter(({ instance }) => instance === name);
      const sandbox = parts.findLast(({ part }) => part === 'sandbox');
      const members = parts.filter(({ part }) => part !== 'sandbox');
      const starts = [sandbox?.startedAt ?? 0, Math.max(0, ...members.map(({ startedAt }) => startedAt))];
      return { version: sandbox?.version ?? 0, upSince: starts.includes(0) ? 0 : Math.max(...starts) };
    },
  };
}

/** An underscore stands in the name of a marker and of no other volume. @param {string} volume */
export function isMarker(volume) {
  return volume.includes('_');
}
