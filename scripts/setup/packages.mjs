import { access, constants, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run, searchPath } from './run.mjs';

/** A machine that lacks something this script cannot install: the message says in one sentence what to do. */
export class SetupError extends Error {}

const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** The Debian package of each program Fairlead's own set-up and tests start. */
const packageOf = {
  dockerd: 'docker.io',
  iptables: 'iptables',
  ip: 'iproute2',
  nsenter: 'util-linux',
  busybox: 'busybox-static',
  git: 'git',
  gpg: 'gpg',
  'gpg-agent': 'gpg-agent',
  'docker-registry': 'docker-registry',
  sshd: 'openssh-server',
  'ssh-keygen': 'openssh-client',
  'mkfs.btrfs': 'btrfs-progs',
  'mkfs.ext4': 'e2fsprogs',
};

/** @typedef {keyof typeof packageOf} Program */

/**
 * Where a program is, looking in PATH and in the system's own folders. Of busybox only a statically linked one counts:
 * images are made of it.
 *
 * @param {Program} program
 * @returns {Promise<string | undefined>}
 */
export async function findProgram(program) {
  for (const folder of searchPath()) {
    const file = path.join(folder, program);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found && (program !== 'busybox' || (await isStatic(file)))) return file;
  }
  return undefined;
}

/**
 * Sees to it that the programs are there; as root on Debian or Ubuntu the missing ones are installed through apt.
 *
 * @param {readonly Program[]} programs
 * @throws {SetupError} where they cannot be installed
 */
export async function ensurePrograms(programs) {
  const missing = await missingPackages(programs);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !(await isDebian())) {
    throw new SetupError(`Please install ${missing.join(', ')} (only root on Debian or Ubuntu gets them by itself).`);
  }
  console.error(`setup: apt-get install ${missing.join(' ')}`);
  await withoutServices((signal) => install(missing, signal).catch(() => install(missing, signal)));
}

/**
 * The file of a statically linked busybox, from which images are built without any download.
 *
 * @returns {Promise<string>}
 */
export async function ensureBusybox() {
  await ensurePrograms(['busybox']);
  return /** @type {string} */ (await findProgram('busybox'));
}

/** @param {readonly Program[]} programs */
async function missingPackages(programs) {
  const found = await Promise.all(programs.map(findProgram));
  return programs.filter((_, i) => found[i] === undefined).map((program) => packageOf[program]);
}

async function isDebian() {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}

/**
 * A 64-bit ELF file without an interpreter segment (PT_INTERP, 3) is statically linked.
 *
 * @param {string} file
 */
async function isStatic(file) {
  const elf = await readFile(file);
  if (elf.length < 64 || elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2) return false;
  const offset = Number(elf.readBigUInt64LE(32));
  const size = elf.readUInt16LE(54);
  const segments = Array.from({ length: elf.readUInt16LE(56) }, (_, i) => elf.readUInt32LE(offset + i * size));
  return !segments.includes(3);
}

/**
 * @param {readonly string[]} packages
 * @param {AbortSignal} signal
 */
async function install(packages, signal) {
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, signal };
  await run('apt-get', ['update', '-qq'], { timeoutMs: 180_000, ...options });
  const flags = ['-y', '-qq', '--no-install-recommends'];
  await run('apt-get', ['install', ...flags, ...packages], { timeoutMs: 600_000, ...options });
}

/**
 * Debian starts a package's services on installation unless policy-rc.d says no; the engine used here is a private
 * one, so the system's must not start as a side effect. THE FILE MUST NOT STAY, or no service would start ever again:
 * a Ctrl-C ends the installation, not this process.
 *
 * @param {(signal: AbortSignal) => Promise<void>} install
 */
async function withoutServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new SetupError('The installation was interrupted.'));
  for (const name of signals) process.on(name, interrupt);
  const written = await writeFile(policy, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 }).then(
    () => true,
    () => false,
  );
  try {
    await install(interrupted.signal);
  } catch (error) {
    interrupted.signal.throwIfAborted();
    throw error;
  } finally {
    if (written) await rm(policy, { force: true });
    for (const name of signals) process.off(name, interrupt);
  }
}
