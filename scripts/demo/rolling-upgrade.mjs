import { until } from '../setup/run.mjs';
import { commitAndTell, converged, instances, shop, showCommand, showPages } from './acts.mjs';

/** @typedef {import('./acts.mjs').Stage} Stage */

/** @param {Stage} stage */
export async function firstCommit(stage) {
  stage.screen.chapter('1  Three instances of version 1.0');
  const commit = await commitAndTell(stage, 'Shop 1.0');
  await stage.start();
  await converged(stage, commit);
  await showPages(stage);
}

/** @param {Stage} stage */
export async function upgrade(stage) {
  stage.screen.chapter('2  Version 2.0 comes one instance at a time, each with its healthy-time');
  await edit(stage, [['1.0', '2.0']]);
  const commit = await commitAndTell(stage, 'Shop 2.0');
  await waitsFor(stage, 'web-2 to have been ready');
  await showInstances(stage);
  await converged(stage, commit);
  await showPages(stage);
}

/** @param {Stage} stage */
export async function failingUpgrade(stage) {
  stage.screen.chapter('3  Version 3.0 is broken: it stops at the first instance, and 2.0 comes back');
  await edit(stage, [
    ['2.0', '3.0'],
    ['exec httpd', 'exec htpd'],
  ]);
  await converged(stage, await commitAndTell(stage, 'Shop 3.0'));
  await showCommand(stage, ['get', 'applications']);
  await showPages(stage);
}

/** @param {Stage} stage */
export async function repair(stage) {
  stage.screen.chapter('4  The repair is a commit, too');
  await edit(stage, [
    ['3.0', '3.1'],
    ['exec htpd', 'exec httpd'],
  ]);
  await converged(stage, await commitAndTell(stage, 'Shop 3.1'));
  await showCommand(stage, ['get', 'applications']);
  await showPages(stage);
}

/** Edits the application and shows what changed. @param {Stage} stage @param {[string, string][]} changes */
async function edit({ screen, repository }, changes) {
  for (const [before, after] of changes) {
    for (const line of await repository.edit(shop, before, after)) screen.say(`   ${line}`);
  }
}

/**
 * Until the upgrade waits for something, as the state API says it.
 *
 * @param {Stage} stage
 * @param {string} what
 */
async function waitsFor({ screen, state, signal }, what) {
  const progress = async () => {
    signal.throwIfAborted();
    const { progress: sentence } = await state.json('/v1/state/applications/shop');
    return typeof sentence === 'string' && sentence.includes(`waiting for ${what}`) && sentence;
  };
  screen.event(await until(progress, { timeoutMs: 60_000, sentence: `the upgrade never waits for ${what}` }));
}

/** The instances as they are just now; a command would take longer than the healthy-time lasts. @param {Stage} stage */
async function showInstances({ screen, state }) {
  const found = await state.json(instances);
  for (const { name, progress = '', ...one } of found)
    screen.say(
      `            ${name}   ${one['application-version']}   ${one['oper-status'].padEnd(10)} ${progress}`.trimEnd(),
    );
}
