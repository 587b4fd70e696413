import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { answers } from './ping.mjs';
import { run, systemEnvironment, until } from './run.mjs';

/** @typedef {import('./network.mjs').HostNetwork} HostNetwork */

/**
 * @typedef {object} DaemonSettings
 * @property {string} directory the folder everything of this engine stands in
 * @property {string} name the engine's label `host`
 * @property {string} cgroup the cgroup its containers are in
 * @property {HostNetwork} network
 * @property {readonly string[]} [flags] further flags of dockerd
 */

/**
 * A private Docker engine. `stop` ends it as its service manager would (its containers end with it), `kill` by
 * SIGKILL (they run on); both resolve when the process is gone. `start` resolves when the engine answers.
 *
 * @typedef {object} DockerDaemon
 * @property {string} endpoint `unix://…/docker.sock`
 * @property {() => Promise<void>} start
 * @property {() => Promise<void>} stop
 * @property {() => Promise<void>} kill
 * @property {() => Promise<void>} restart
 */

/**
 * @param {DaemonSettings} settings
 * @returns {DockerDaemon}
 */
export function createDockerDaemon(settings) {
  const endpoint = `unix://${path.join(settings.directory, 'docker.sock')}`;
  const start = async () => {
    if (await answers(endpoint)) return;
    await startContainerd(settings);
    await startDockerd(settings, endpoint);
  };
  const stop = () => endDockerd(settings, 'SIGTERM');
  const kill = () => endDockerd(settings, 'SIGKILL');
  const restart = async () => {
    await stop();
    await start();
  };
  return { endpoint, start, stop, kill, restart };
}

/**
 * containerd is started apart, as the system does: dockerd would use the system's where there is one, and one that
 * dockerd starts dies with it, a moment later.
 *
 * @param {DaemonSettings} settings
 */
async function startContainerd({ directory, network }) {
  const socket = path.join(directory, 'containerd.sock');
  if (await accepts(socket)) return;
  await mkdir(directory, { recursive: true, mode: 0o711 });
  const config = path.join(directory, 'containerd.toml');
  await writeFile(config, containerdConfig(directory, socket));
  await startProcess({
    directory,
    namespace: network.namespace,
    program: 'containerd',
    args: ['--config', config],
    ready: () => accepts(socket),
  });
}

/**
 * @param {string} directory
 * @param {string} socket
 */
function containerdConfig(directory, socket) {
  return [
    'version = 2',
    `root = ${JSON.stringify(path.join(directory, 'containerd'))}`,
    `state = ${JSON.stringify(path.join(directory, 'containerd-state'))}`,
    'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
    '[grpc]',
    `  address = ${JSON.stringify(socket)}`,
    '[plugins."io.containerd.internal.v1.opt"]',
    `  path = ${JSON.stringify(path.join(directory, 'opt'))}`,
    '',
  ].join('\n');
}

/**
 * @param {DaemonSettings} settings
 * @param {string} endpoint
 */
async function startDockerd(settings, endpoint) {
  const { directory, network } = settings;
  await rm(path.join(directory, 'docker.pid'), { force: true }); // a killed engine's; its pid may be somebody else's now
  await writeFile(path.join(directory, 'daemon.json'), JSON.stringify(await daemonConfig(directory)));
  const args = [...dockerdFlags(settings, endpoint), ...(settings.flags ?? [])];
  await startProcess({
    directory,
    namespace: network.namespace,
    program: 'dockerd',
    args,
    ready: () => answers(endpoint),
  });
}

/**
 * @param {DaemonSettings} settings
 * @param {string} endpoint
 */
function dockerdFlags({ directory, name, cgroup, network }, endpoint) {
  return [
    ...['--config-file', path.join(directory, 'daemon.json')],
    ...['--data-root', path.join(directory, 'data')],
    ...['--exec-root', path.join(directory, 'exec')],
    ...['--pidfile', path.join(directory, 'docker.pid')],
    ...['--host', endpoint],
    ...['--containerd', path.join(directory, 'containerd.sock')],
    ...['--bip', network.bip],
    ...['--default-address-pool', `base=${network.addressPool},size=26`],
    ...['--cgroup-parent', cgroup, '--exec-opt', 'native.cgroupdriver=cgroupfs'],
    ...['--label', `host=${name}`],
  ];
}

/**
 * The engine's own configuration, so that the system's is not used. Engines before 23 take their id from a key in
 * /etc/docker, the same for all engines of a machine, unless this names another place for it.
 *
 * @param {string} directory
 */
async function daemonConfig(directory) {
  const version = await run('dockerd', ['--version']);
  const major = Number(/version (\d+)\./.exec(version)?.[1]);
  return major < 23 ? { 'deprecated-key-path': path.join(directory, 'key.json') } : {};
}

/**
 * Starts a process that outlives this one, in the host's network namespace (by nsenter: `ip netns exec` would hide
 * the cgroups), and waits until it is ready.
 *
 * @param {{ directory: string, namespace: string, program: string, args: string[], ready: () => Promise<boolean> }} order
 */
async function startProcess({ directory, namespace, program, args, ready }) {
  const logFile = path.join(directory, `${program}.log`);
  const log = await open(logFile, 'a');
  const command = [`--net=/run/netns/${namespace}`, program, ...args];
  const child = spawn('nsenter', command, {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: systemEnvironment(),
  });
  child.unref();
  await log.close();
  const ended = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  child.once('error', () => undefined); // seen by `ended`: a child that could not be started has no pid
  const sentence = `${program} did not come up`;
  try {
    await until(async () => ended() || (await ready()), { timeoutMs: 60_000, sentence });
    if (ended()) throw new Error(sentence);
  } catch (error) {
    const last = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-5).join('\n');
    throw new Error(`${sentence}; the end of its log:\n${last}`, { cause: error });
  }
}

/**
 * @param {DaemonSettings} settings
 * @param {'SIGTERM' | 'SIGKILL'} signal
 */
async function endDockerd({ directory }, signal) {
  const pid = Number(await readFile(path.join(directory, 'docker.pid'), 'utf8').catch(() => '0'));
  if (pid <= 0 || !(await isEngine(pid, directory))) return;
  process.kill(pid, signal);
  const gone = async () => !(await isEngine(pid, directory));
  await until(gone, { timeoutMs: 90_000, sentence: `the engine in ${directory} does not end after ${signal}` });
  await rm(path.join(directory, 'docker.sock'), { force: true }); // a killed one leaves it
}

/**
 * Whether the pid is (still) the engine of this folder, and not a later process of the same number. A process that has
 * ended, even one nobody has waited for yet, has no command line.
 *
 * @param {number} pid
 * @param {string} directory
 */
async function isEngine(pid, directory) {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes(directory);
}

/** @param {string} socketPath */
async function accepts(socketPath) {
  const socket = net.connect({ path: socketPath });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
