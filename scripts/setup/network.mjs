import { readFile } from 'node:fs/promises';
import { run } from './run.mjs';

/** @typedef {import('./ground.mjs').Ground} Ground */

/**
 * The network of a ground: a bridge in a namespace of its own (in the machine's namespace a firewall made for
 * containers would filter what goes from host to host), hosts on it, and one link to the machine.
 * `block` is `A.B` of the /16 that belongs to this ground alone:
 *
 *   A.B.0.1        the machine               A.B.H.0/24        docker0 of host H
 *   A.B.0.(10+H)   host H                    A.B.(8+8H).0/21   the engine's own pool on host H
 *   A.B.128.0/17   free: `networkPool`, for networks whose subnets somebody else chooses
 *
 * @typedef {{ readonly ground: Ground, readonly block: string, readonly networkPool: string }} GroundNetwork
 */

/** @typedef {{ readonly namespace: string, readonly address: string, readonly bip: string, readonly addressPool: string }} HostNetwork */

export const mostHosts = 10;

/**
 * @param {Ground} ground
 * @returns {Promise<GroundNetwork>}
 */
export async function createNetwork(ground) {
  const bridge = bridgeNamespace(ground);
  const link = `fl-${ground.id}`;
  await ip('netns', 'add', bridge);
  await ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge');
  await ip('-n', bridge, 'link', 'set', 'br0', 'up');
  await ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'machine', 'netns', bridge);
  await ip('-n', bridge, 'link', 'set', 'machine', 'master', 'br0', 'up');
  await ip('link', 'set', link, 'up');
  const block = await claimBlock(link);
  await ip('address', 'add', `${block}.0.1/24`, 'dev', link);
  return { ground, block, networkPool: `${block}.128.0/17` };
}

/**
 * A namespace that stands for one host.
 *
 * @param {GroundNetwork} network
 * @param {number} number from 1 to `mostHosts`
 * @param {{ routed?: boolean }} [options] routed: the machine reaches the containers of this host by their addresses,
 *   as it would those of an engine of its own; else the engine drops what is not published, as on a well-kept host
 * @returns {Promise<HostNetwork>}
 */
export async function createHostNetwork({ ground, block, networkPool }, number, { routed = false } = {}) {
  const namespace = `fairlead-${ground.id}-${number}`;
  const address = `${block}.0.${10 + number}`;
  const bridge = bridgeNamespace(ground);
  await ip('netns', 'add', namespace);
  await ip('-n', bridge, 'link', 'add', `h${number}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
  await ip('-n', bridge, 'link', 'set', `h${number}`, 'master', 'br0', 'up');
  await ip('-n', namespace, 'link', 'set', 'lo', 'up');
  await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
  await ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', 'eth0');
  const addressPool = `${block}.${8 + 8 * number}.0/21`;
  const container = `${block}.${number}`;
  // The engine sets its FORWARD policy to DROP only where it turns forwarding on itself; a namespace inherits it.
  const forward = ['sh', '-c', 'echo "$1" >/proc/sys/net/ipv4/ip_forward', 'sh', routed ? '1' : '0'];
  await run('nsenter', [`--net=/run/netns/${namespace}`, ...forward]);
  for (const range of routed ? [`${container}.0/24`, addressPool, networkPool] : []) {
    await ip('route', 'add', range, 'via', address, 'dev', `fl-${ground.id}`);
  }
  return { namespace, address, bip: `${container}.1/24`, addressPool };
}

/**
 * The blocks that no route of the machine touches. `table` is the text of /proc/net/route.
 *
 * @param {string} table
 * @returns {string[]}
 */
export function freeBlocks(table) {
  const routes = table.split('\n').slice(1).flatMap(toRange);
  return candidates().filter((block) => {
    const first = toNumber(block);
    return !routes.some((route) => route.first <= first + 0xffff && first <= route.last);
  });
}

/** The ranges people use least; engines themselves begin with 172.17. */
function candidates() {
  const numbers = (/** @type {number} */ from, /** @type {number} */ to) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return [...numbers(20, 31).map((n) => `172.${n}`), ...numbers(210, 250).map((n) => `10.${n}`)];
}

/** @param {string} block */
function toNumber(block) {
  const [a = 0, b = 0] = block.split('.').map(Number);
  return a * 2 ** 24 + b * 2 ** 16;
}

/** @param {string} line */
function toRange(line) {
  const [, destination, , , , , , mask] = line.split('\t');
  if (destination === undefined || mask === undefined || destination === '00000000') return [];
  const first = littleEndian(destination);
  return [{ first, last: first + (0xffffffff - littleEndian(mask)) }];
}

/** @param {string} hex */
function littleEndian(hex) {
  return Buffer.from(hex, 'hex').readUInt32LE(0);
}

/**
 * The kernel refuses a second route to the same range, so that two runs never get one block.
 *
 * @param {string} link
 */
async function claimBlock(link) {
  for (const block of freeBlocks(await readFile('/proc/net/route', 'utf8'))) {
    const claimed = await ip('route', 'add', `${block}.0.0/16`, 'dev', link).then(
      () => true,
      () => false,
    );
    if (claimed) return block;
  }
  throw new Error('no free private address range of 65,536 addresses on this machine');
}

/** @param {Ground} ground */
function bridgeNamespace(ground) {
  return `fairlead-${ground.id}-bridge`;
}

/** @param {string[]} args */
function ip(...args) {
  return run('ip', args);
}
