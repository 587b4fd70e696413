import { until } from '../setup/run.mjs';
import { commitAndTell, converged, instances, members, shop, showCommand, showPages } from './acts.mjs';
import { short } from './narrator.mjs';

/** @typedef {import('./acts.mjs').Stage} Stage */

const catalog = 'tenants/acme/applications/catalog.yaml';

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
