import { until } from '../setup/run.mjs';
import { runFairlead } from './fairlead.mjs';
import { short } from './narrator.mjs';

/**
 * What chapters have to work with, and what several of them do.
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

/** The application that every story is about, and where its instances are shown. */
export const shop = 'tenants/acme/applications/shop.yaml';
export const instances = '/v1/state/applications/shop/service-instances';

/**
 * @param {Stage} stage
 * @param {string} message
 */
export async function commitAndTell({ screen, repository }, message) {
  const commit = await repository.commit(message);
  screen.say(`   git commit: ${short(commit)} ${message}`);
  return commit;
}

/**
 * @param {Stage} stage
 * @param {string} commit
 */
export async function converged(stage, commit) {
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
export async function showCommand({ screen, state, directory, signal }, args) {
  signal.throwIfAborted();
  const access = ['--server', state.server, '--token-file', state.tokenFile];
  const { stdout } = await runFairlead([...args, ...access], { directory });
  signal.throwIfAborted();
  screen.command(`fairlead ${args.join(' ')}`); // not before: the daemon's story goes on while it runs
  screen.block(stdout);
}

/** What the instances of `web` serve, where this machine reaches the engine's networks. @param {Stage} stage */
export async function showPages({ screen, state }) {
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
export async function members(engine, owner) {
  const all = await engine.containers(owner);
  return new Map([...all].filter(([, { labels }]) => labels['io.fairlead.role'] === 'container'));
}
