import { batches } from './application.mjs';
import { isMarker } from './scene.mjs';

/** The longest a daemon may take to find that nothing is to be done. */
const onceSeconds = 60;

/**
 * What the engine has at the end, asked and not told by events: exactly what is desired, and another daemon finds
 * nothing to do.
 *
 * @param {object} around
 * @param {import('./observer.mjs').Observer} around.observer
 * @param {import('./daemon.mjs').Daemons} around.daemons
 * @param {import('../demo/engine-api.mjs').EngineApi} around.engine
 * @param {string} around.owner
 * @param {number} version
 * @param {ReadonlyMap<string, string>} data the volumes that were there at the beginning, and when they were made
 */
export async function judgeTheEnd({ observer, daemons, engine, owner }, version, data) {
  const names = [...batches.keys()].flatMap((name) => [`chaos.shop.${name}`, `chaos.shop.${name}.main`]).sort();
  const found = await lives(engine, owner);
  const versions = new Set([...found.values()].map((one) => one.version));
  if ([...found.keys()].join() !== names.join() || [...found.values()].some(({ startedAt }) => startedAt === ''))
    observer.violated(
      `other containers: ${[...found].map(([name, { startedAt }]) => `${name} ${startedAt}`).join(', ')}`,
    );
  if (versions.size !== 1 || !versions.has(String(version)))
    observer.violated(`other versions: ${[...versions].join(', ')} and not ${version}`);
  await judgeVolumes({ observer, engine, owner }, data);

  const before = observer.eventCount();
  const code = await daemons.runOnce(onceSeconds);
  if (code !== 0) observer.violated(`--once ended with ${code}: ${daemons.logFile()}`);
  const after = await lives(engine, owner);
  if (JSON.stringify([...after]) !== JSON.stringify([...found]) || observer.eventCount() !== before)
    observer.violated('not at rest: another daemon found something to do');
}

/** The volumes that hold data, and when they were made. @returns {Promise<Map<string, string>>} */
export async function listData({ engine, owner }) {
  return new Map([...(await listVolumes({ engine, owner }))].filter(([name]) => !isMarker(name)));
}

async function judgeVolumes({ observer, engine, owner }, data) {
  const found = await listVolumes({ engine, owner });
  for (const name of found.keys()) if (isMarker(name)) observer.violated(`marker left: ${name}`);
  for (const [name, createdAt] of data) {
    if (found.get(name) !== createdAt) observer.violated(`data lost: volume ${name} is ${found.get(name) ?? 'gone'}`);
  }
}

async function listVolumes({ engine, owner }) {
  const filters = JSON.stringify({ label: [`io.fairlead.owner=${owner}`] });
  const { Volumes } = await engine.ask('GET', '/volumes', { query: { filters } });
  return new Map((Volumes ?? []).map(({ Name, CreatedAt }) => [Name, CreatedAt]));
}

/** Every container but helpers, its version and since when it runs. */
async function lives(engine, owner) {
  const all = [...(await engine.containers(owner))].filter(([, { labels }]) => labels['io.fairlead.role'] !== 'helper');
  const lives = all.map(async ([name, { id, labels }]) => {
    const { State } = await engine.ask('GET', `/containers/${id}/json`);
    const startedAt = State.Status === 'running' ? State.StartedAt : '';
    return /** @type {const} */ ([name, { id, version: labels['io.fairlead.application-version'], startedAt }]);
  });
  return new Map(await Promise.all(lives));
}
