// node bench/probe-servers.mjs TCP HTTP
//
// The servers that bench/probes.ts asks, in a process of their own so that their cost is not the prober's: so many tcp
// and http servers on every address. Prints their ports as a JSON array of two arrays; ends with its stdin.
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';

const [tcp = 5, http = 5] = process.argv.slice(2).map(Number);

/** @param {number} count @param {() => import('node:net').Server} make */
async function listen(count, make) {
  const servers = Array.from({ length: count }, () => make().listen(0, '0.0.0.0'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  return servers.map((server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port);
}

const tcpPorts = await listen(tcp, () => createServer((socket) => socket.on('error', () => {}).resume()));
const httpPorts = await listen(http, () => createHttpServer((_, response) => response.end('well')));
process.stdout.write(`${JSON.stringify([tcpPorts, httpPorts])}\n`);
process.stdin.on('end', () => process.exit(0)).resume();
