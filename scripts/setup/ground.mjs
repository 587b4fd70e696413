import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rename, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { namespacePids, removeTraces } from './traces.mjs';

/**
 * A ground holds private Docker engines. Everything on it is named after its id: folder and network namespaces
 * `fairlead-ID…`, network link `fl-ID`, cgroup `/fairlead-ID`. So the id alone is enough to remove all of it, also
 * what a killed run left behind.
 *
 * @typedef {{ readonly id: string, readonly directory: string }} Ground
 */

/** @typedef {{ bootId: string, pidNamespace: string, owner: { pid: number, startTime: string } | 'kept' }} GroundRecord */

const pattern = /^fairlead-([0-9a-f]{6})$/;
// A unix socket's path may have 107 bytes; the longest one below a ground is `/HOST/exec/libnetwork/ID.sock`.
const longestParent = 40;

/**
 * Makes a new ground, after removing those whose owner is dead.
 *
 * @returns {Promise<Ground>}
 */
export async function createGround() {
  await sweepGrounds();
  const id = randomBytes(3).toString('hex');
  const directory = path.join(temporaryDirectory(), `fairlead-${id}`);
  const unfinished = `${directory}.new`;
  await mkdir(unfinished, { mode: 0o711 });
  const owner = { pid: process.pid, startTime: (await startTime(process.pid)) ?? '' };
  await writeRecord(unfinished, owner);
  await rename(unfinished, directory); // appears with its record, so that no sweep takes it for an abandoned one
  return { id, directory };
}

/**
 * Lets the ground outlive this process; it goes when its engines have ended, or by `removeGround`.
 *
 * @param {Ground} ground
 */
export async function keepGround(ground) {
  await writeRecord(ground.directory, 'kept');
}

/**
 * Removes a ground with everything on it: processes, mounts, network, cgroups, folder.
 *
 * @param {Ground} ground
 */
export async function removeGround(ground) {
  await removeTraces(ground);
}

/**
 * The ground a folder belongs to.
 *
 * @param {string} directory
 * @returns {Ground | undefined}
 */
export function toGround(directory) {
  const absolute = path.resolve(directory);
  const id = pattern.exec(path.basename(absolute))?.[1];
  return id === undefined ? undefined : { id, directory: absolute };
}

/** Removes every ground whose owner has died without removing it. */
export async function sweepGrounds() {
  const parent = temporaryDirectory();
  for (const name of await readdir(parent)) {
    const ground = toGround(path.join(parent, name));
    if (ground && (await isAbandoned(ground))) await removeTraces(ground);
  }
}

function temporaryDirectory() {
  const directory = os.tmpdir();
  return Buffer.byteLength(directory) <= longestParent ? directory : '/tmp';
}

/**
 * @param {string} directory
 * @param {GroundRecord['owner']} owner
 */
async function writeRecord(directory, owner) {
  /** @type {GroundRecord} */
  const record = { bootId: await bootId(), pidNamespace: await readlink('/proc/self/ns/pid'), owner };
  await writeFile(path.join(directory, 'ground.json'), JSON.stringify(record));
}

/** @param {Ground} ground */
async function isAbandoned(ground) {
  const text = await readFile(path.join(ground.directory, 'ground.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return false; // not ours, or its removal is under way
  const record = /** @type {GroundRecord} */ (JSON.parse(text));
  if (record.bootId !== (await bootId())) return true;
  if (record.owner === 'kept') return (await namespacePids(ground)).length === 0;
  if (record.pidNamespace !== (await readlink('/proc/self/ns/pid'))) return false; // its pids mean nothing here
  return record.owner.startTime !== (await startTime(record.owner.pid));
}

async function bootId() {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/**
 * The process's start in clock ticks (field 22 of its stat), which tells it from a later one of the same pid; none for
 * one that has ended, even if nobody has waited for it yet.
 *
 * @param {number} pid
 * @returns {Promise<string | undefined>}
 */
async function startTime(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from field 3 on: a name may hold spaces
  return fields[0] === 'Z' ? undefined : fields[19];
}
