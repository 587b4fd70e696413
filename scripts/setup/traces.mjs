import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { run, until } from './run.mjs';

/** @typedef {import('./ground.mjs').Ground} Ground */

const namespaces = '/run/netns';
const cgroups = '/sys/fs/cgroup';

/**
 * Removes everything on a ground, whatever state it is in. Nothing is killed by name: a process belongs to the ground
 * when it runs in one of its network namespaces (engines, shims, proxies) or in its cgroup (containers).
 *
 * @param {Ground} ground
 */
export async function removeTraces(ground) {
  await killProcesses(ground);
  await unmountBelow(ground.directory);
  await removeShimSockets(ground.directory);
  await removeNetwork(ground);
  await removeCgroups(ground);
  await rm(ground.directory, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * The processes in the ground's network namespaces.
 *
 * @param {Ground} ground
 * @returns {Promise<number[]>}
 */
export async function namespacePids(ground) {
  const names = await namespaceNames(ground);
  const lists = await Promise.all(names.map((name) => run('ip', ['netns', 'pids', name]).catch(() => '')));
  return toPids(lists.join('\n'));
}

/** @param {Ground} ground */
async function killProcesses(ground) {
  const none = async () => {
    const pids = [...(await namespacePids(ground)), ...(await cgroupPids(ground))];
    for (const pid of pids) kill(pid);
    return pids.length === 0;
  };
  // Again and again: a container that dies may be restarted by an engine that is about to die.
  await until(none, { timeoutMs: 20_000, sentence: `processes of ${ground.directory} do not end`, everyMs: 50 });
}

/** @param {number} pid */
function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended meanwhile
  }
}

/** @param {Ground} ground */
async function cgroupPids(ground) {
  const folders = await cgroupFolders(ground);
  const lists = await Promise.all(
    folders.map((folder) => readFile(path.join(folder, 'cgroup.procs'), 'utf8').catch(() => '')),
  );
  return toPids(lists.join('\n'));
}

/** @param {string} directory */
async function unmountBelow(directory) {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  const points = mounts
    .split('\n')
    .map((line) =>
      (line.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, code) => String.fromCharCode(parseInt(code, 8))),
    )
    .filter((point) => point.startsWith(`${directory}/`))
    .reverse();
  if (points.length > 0) await run('umount', ['--lazy', ...points]);
}

/**
 * Shims listen outside the engine's folder; one that was killed leaves its socket, named in its `address` file.
 *
 * @param {string} directory
 */
async function removeShimSockets(directory) {
  for (const host of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const tasks = path.join(directory, host.name, 'containerd-state/io.containerd.runtime.v2.task/moby');
    for (const task of await readdir(tasks).catch(() => [])) {
      const address = await readFile(path.join(tasks, task, 'address'), 'utf8').catch(() => '');
      if (address.startsWith('unix:///run/containerd/s/')) await rm(address.slice('unix://'.length), { force: true });
    }
  }
}

/** @param {Ground} ground */
async function removeNetwork(ground) {
  await run('ip', ['link', 'delete', `fl-${ground.id}`]).catch(() => undefined); // already gone is as good
  for (const name of await namespaceNames(ground)) await run('ip', ['netns', 'delete', name]).catch(() => undefined);
}

/** @param {Ground} ground */
async function removeCgroups(ground) {
  const gone = async () => {
    for (const folder of (await cgroupFolders(ground)).reverse()) await rmdir(folder).catch(() => undefined);
    return (await cgroupFolders(ground)).length === 0;
  };
  await until(gone, { timeoutMs: 10_000, sentence: `cgroup /fairlead-${ground.id} cannot be removed` });
}

/**
 * The ground's cgroup folders, parents first: one tree under cgroup v2, one for each controller under v1.
 *
 * @param {Ground} ground
 */
async function cgroupFolders(ground) {
  const name = `fairlead-${ground.id}`;
  const entries = await readdir(cgroups, { withFileTypes: true }).catch(() => []);
  const parents = [
    cgroups,
    ...entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(cgroups, entry.name)),
  ];
  const trees = await Promise.all(parents.map((parent) => foldersBelow(path.join(parent, name))));
  return trees.flat();
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>} the folder and those below it, parents first; none where it does not exist
 */
async function foldersBelow(folder) {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return [];
  const children = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => foldersBelow(path.join(folder, entry.name)));
  return [folder, ...(await Promise.all(children)).flat()];
}

/** @param {Ground} ground */
async function namespaceNames(ground) {
  const names = await readdir(namespaces).catch(() => []);
  return names.filter((name) => name.startsWith(`fairlead-${ground.id}`));
}

/** @param {string} text */
function toPids(text) {
  return text
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);
}
