import { until } from '../setup/run.mjs';
import { runFairlead } from './fairlead.mjs';
import { short } from './narrator.mjs';

/**
 * What the demo shows, in order.
 *
 * @typedef {object} Stage
 * @property {string} directory everything of this demo
 * @property {string} owner
 * @property {AbortSignal} signal
 * @property {import('./screen.mjs').Screen} screen
 * @property {import('./site-repository.mjs').SiteRepository} repository
 * @property {import('./engine-api.mjs').EngineApi} engine
 * @property {() => Promise<void>} start starts the daemon
 * @property {import('./fairlead.mjs').Daemon} daemon
 * @property {import('./state-api.mjs').StateApi} state
 */

const shop = 'tenants/acme/applications/shop.yaml';
const catalog = 'tenants/acme/applications/catalog.yaml';
const instances = '/v1/state/applications/shop/service-instances';

/** @param {Stage} stage */
export async function firstCommit(stage) {
  const { screen, repository } = stage;
  screen.chapter('1  A commit becomes containers');
  const commit = await commitAndTell(stage, 'Shop and catalog, version 1.0');
  screen.say(`   fairlead run --repository ${repository.dir} --owner ${stage.owner} --listen 127.0.0.1:0 …`);
  await stage.start();
  await converged(stage, commit);
  await showCommand(stage, ['get', 'applications']);
  await showCommand(stage, ['get', 'service-instances']);
  screen.command(`curl -H "Authorization: Bearer $TOKEN" -H "Accept: application/yaml" $SERVER${instances}/web-1`);
  screen.block(await stage.state.yaml(`${instances}/web-1`), 24);
  await showPages(stage);
}

/** @param {Stage} stage */
export async function upgrade(stage) {
  const { screen, repository, engine, owner } = stage;
  screen.chapter('2  Version 2 is a commit, too');
  const before = await members(engine, owner);
  const changes = await repository.edit(shop, '1.0', '2.0');
  for (const change of changes) screen.say(`   ${change}`);
  await converged(stage, await commitAndTell(stage, 'Shop 2.0'));
  const after = await members(engine, owner);
  screen.say('');
  for (const [name, container] of after) screen.say(`   ${name.padEnd(28)} ${change(before.get(name), container)}`);
  await showPages(stage);
  await showCommand(stage, ['plan']);
}

/** @param {Stage} stage */
export async function brokenCommit(stage) {
  const { screen, repository, engine, owner, state } = stage;
  screen.chapter('3  A broken commit harms nothing that runs');
  const before = await members(engine, owner);
  await repository.edit(shop, 'replicas: 2', 'replica: 3');
  await repository.edit(catalog, "version: '1.0'", "version: '1.0");
  await converged(stage, await commitAndTell(stage, 'Oops: a misspelt key, and a quote that is not closed'));
  screen.command(`curl -H "Authorization: Bearer $TOKEN" $SERVER/v1/state/repository   # its problems`);
  const { problems } = await state.json('/v1/state/repository');
  for (const { file, line, column, message } of problems) screen.say(`  ${file}:${line}:${column}: ${message}`);
  await showCommand(stage, ['get', 'applications']);
  tellUntouched(stage, before, await members(engine, owner));
  await repository.edit(shop, 'replica: 3', 'replicas: 2');
  await repository.edit(catalog, "version: '1.0", "version: '1.0'");
  await converged(stage, await commitAndTell(stage, 'Mended'));
}

/** @param {Stage} stage */
export async function repair(stage) {
  const { screen, engine, owner } = stage;
  screen.chapter('4  Somebody removes a container by hand');
  const name = 'acme.shop.web-1.page';
  const { id } = (await engine.containers(owner)).get(name) ?? {};
  const seen = stage.daemon.entryCount();
  screen.say(`   docker rm --force ${name}`);
  await engine.ask('DELETE', `/containers/${id}`, { query: { force: '1' } });
  const began = screen.elapsed();
  await until(
    async () => {
      stage.signal.throwIfAborted();
      const found = (await engine.containers(owner)).get(name);
      return found !== undefined && found.id !== id && found.running;
    },
    { timeoutMs: 30_000, sentence: `${name} did not come back` },
  );
  const seconds = ((screen.elapsed() - began) / 1000).toFixed(2);
  await stage.daemon.waitFor(({ msg }) => msg === 'converged', seen);
  screen.say(`   back after ${seconds} s`);
}

/**
 * @param {Stage} stage
 * @param {string} message
 */
async function commitAndTell({ screen, repository }, message) {
  const commit = await repository.commit(message);
  screen.say(`   git commit: ${short(commit)} ${message}`);
  return commit;
}

/**
 * @param {Stage} stage
 * @param {string} commit
 */
async function converged(stage, commit) {
  await stage.daemon.waitFor(({ msg, revision }) => msg === 'converged' && revision === commit);
  await settled(stage);
}

/** Until the state API shows every instance of the shop ready. @param {Stage} stage */
async function settled({ state, signal }) {
  const ready = async () => {
    signal.throwIfAborted();
    return (await state.json(instances)).every((instance) => instance.ready);
  };
  await until(ready, { timeoutMs: 30_000, sentence: 'not every instance became ready' });
}

/**
 * @param {Stage} stage
 * @param {string[]} args
 */
async function showCommand({ screen, state, directory, signal }, args) {
  signal.throwIfAborted();
  screen.command(`fairlead ${args.join(' ')}`);
  const access = ['--server', state.server, '--token-file', state.tokenFile];
  const { stdout } = await runFairlead([...args, ...access], { directory });
  signal.throwIfAborted();
  screen.block(stdout);
}

/** What the instances of `web` serve, where this machine reaches the engine's networks. @param {Stage} stage */
async function showPages({ screen, state }) {
  const found = await state.json(instances);
  const webs = found.filter(({ name }) => name.startsWith('web-'));
  const addresses = webs.map(({ 'application-network': { ips } }) => String(ips[0]).replace(/\/.*/, ''));
  const pages = await Promise.all(addresses.map(readPage));
  if (pages.includes(undefined)) return; // an engine elsewhere, in a virtual machine for example
  screen.say('');
  webs.forEach(({ name }, i) => screen.say(`   ${name} at http://${addresses[i]}:8080/ says: ${pages[i]}`));
}

/**
 * @param {string} address
 * @returns {Promise<string | undefined>}
 */
async function readPage(address) {
  const read = async () => {
    const response = await fetch(`http://${address}:8080/`, { signal: AbortSignal.timeout(1_000) });
    return (await response.text()).trim();
  };
  return until(() => read().catch(() => undefined), { timeoutMs: 2_000, sentence: '' }).catch(() => undefined);
}

/**
 * The containers of services, without sandboxes and helpers.
 *
 * @param {import('./engine-api.mjs').EngineApi} engine
 * @param {string} owner
 */
async function members(engine, owner) {
  const all = await engine.containers(owner);
  return new Map([...all].filter(([, { labels }]) => labels['io.fairlead.role'] === 'container'));
}

/**
 * @typedef {{ id: string, labels: Record<string, string> }} Seen
 * @param {Seen | undefined} before
 * @param {Seen} after
 */
function change(before, after) {
  const version = (/** @type {Seen | undefined} */ seen) => seen?.labels['io.fairlead.application-version'] ?? '-';
  if (before?.id === after.id) return `${version(after)}  ${short(after.id)} untouched`;
  return `${version(before)} → ${version(after)}  ${short(before?.id)} → ${short(after.id)}`;
}

/**
 * @param {Stage} stage
 * @param {Map<string, Seen>} before
 * @param {Map<string, Seen>} after
 */
function tellUntouched({ screen }, before, after) {
  const same = [...before].filter(([name, { id }]) => after.get(name)?.id === id).length;
  if (same !== before.size || after.size !== before.size) throw new Error('a broken commit touched what runs');
  screen.say(`\n   all ${same} containers are the ones that ran before`);
}
