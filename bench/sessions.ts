// npx tsx bench/sessions.ts [ROUNDS] [MEBIBYTES]
//
// What it costs to reach into an instance through the state API, on a private engine in one run: one keystroke through
// `fairlead exec` beside `docker exec -it`, both in a pseudo-terminal, and bytes through `connect` beside a proxy of
// node:net that decides nothing. Ends with 1 when a keystroke takes more than 1 ms longer (median), or less than half as
// many bytes get through.
import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import WebSocket from 'ws';
import { startPrivateEngine } from '../scripts/setup.mjs';
import type { InstanceState } from '../src/status/documents.ts';
import { container, service } from '../test/builders.ts';
import { busyboxImage, importBusybox } from '../test/engine-hosts/busybox-image.ts';
import { applicationFiles } from '../test/engine/daemon/documents.ts';
import { eventually } from '../test/eventually.ts';
import { createRepository } from '../test/git/git-repo.ts';

const [rounds = 5, mebibytes = 256] = process.argv.slice(2).map(Number);
const KEYS = 100;
let typed = 0;
/** Said once the command runs: until then a terminal that is not raw yet echoes by itself. */
const READY = 'READY';
const ECHO = `sh -c 'echo ${READY}; exec cat'`;
const [DOWN, UP] = [7000, 7001];
const NAME = 'acme.reach.web-1.main';
const SERVE =
  `nc -ll -p ${DOWN} -e dd if=/dev/zero bs=65536 count=${mebibytes * 16} & ` +
  `nc -ll -p ${UP} -e wc -c & while :; do sleep 1; done`;

const engine = await startPrivateEngine();
const folder = await mkdtemp(join(tmpdir(), 'fairlead-bench-'));
const children: ChildProcessWithoutNullStreams[] = [];
try {
  await importBusybox(engine.endpoint);
  // Not the sources: the loader of TypeScript falsifies figures.
  await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  const api = await startDaemon();
  const ip = await addressOf(api);
  const keys = await measureKeys(api);
  const bytes = await measureBytes(api, ip);
  process.exitCode = keys && bytes ? 0 : 1;
} finally {
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.filter(isRunning).map((child) => once(child, 'exit')));
  await engine.stop();
  await rm(folder, { recursive: true });
}

interface Api {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  readonly token: string;
  readonly pid: number;
}

async function startDaemon(): Promise<Api> {
  const main = container('main', { image: busyboxImage, cmd: ['sh', '-c', SERVE] });
  const repository = await createRepository(join(folder, 'repo'));
  await repository.commit(applicationFiles('acme', 'reach', { services: [service('web', { containers: [main] })] }));
  const flags = ['--docker', engine.endpoint, '--network-pool', engine.networkPool ?? '10.201.0.0/16'];
  const where = ['--repository', repository.path, '--state-dir', join(folder, 'state'), '--listen', '127.0.0.1:0'];
  const child = start(process.execPath, ['dist/main.js', 'run', ...where, ...flags]);
  for await (const line of createInterface({ input: child.stderr })) {
    const said: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
    if (typeof said !== 'object' || said === null || !('address' in said)) continue;
    child.stderr.resume();
    const token = await readFile(join(folder, 'state/admin.token'), 'utf8');
    return { address: String(said.address), token: token.trim(), pid: child.pid ?? 0 };
  }
  throw new Error('the daemon ended');
}

async function addressOf({ address, token }: Api): Promise<string> {
  const url = `http://${address}/v1/state/applications/reach/service-instances/web-1`;
  const instance = await eventually(async () => {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    const state = (await response.json()) as InstanceState;
    if (!state.ready) throw new Error('the instance is not ready');
    return state;
  }, 60_000);
  return (instance['application-network'].ips[0] ?? '').replace(/\/.*/, '');
}

/** One key after the other, each until it is echoed; the two take turns. */
async function measureKeys({ address }: Api): Promise<boolean> {
  const tokenFile = join(folder, 'state/admin.token');
  const fairlead = `${process.execPath} dist/main.js exec --server http://${address} --token-file ${tokenFile} reach web-1`;
  const sides = {
    docker: inTerminal(`docker -H ${engine.endpoint} exec -it ${NAME} ${ECHO}`),
    fairlead: inTerminal(`${fairlead} -- ${ECHO}`),
  };
  const times = { docker: [] as number[], fairlead: [] as number[] };
  for (const side of Object.values(sides)) await untilItSays(side, READY);
  for (let round = 0; round < rounds; round += 1) {
    for (const name of ['docker', 'fairlead'] as const) {
      for (let key = 0; key < KEYS; key += 1) times[name].push(await type(sides[name]));
    }
  }
  const [docker, own] = [median(times.docker), median(times.fairlead)];
  console.log(`one keystroke, ${rounds * KEYS} times, until it is echoed (median)`);
  console.log(`docker exec -it    ${docker.toFixed(2)} ms`);
  console.log(`fairlead exec      ${own.toFixed(2)} ms   ${(own - docker).toFixed(2)} ms more`);
  return own - docker <= 1;
}

async function untilItSays({ stdout }: ChildProcessWithoutNullStreams, text: string): Promise<void> {
  let said = '';
  const listen = (chunk: Buffer) => (said += chunk.toString());
  stdout.on('data', listen);
  await eventually(() => {
    if (!said.includes(text)) throw new Error(`it has not said ${text}: ${said}`);
  }, 30_000);
  stdout.off('data', listen);
}

/** In a pseudo-terminal. */
function inTerminal(command: string): ChildProcessWithoutNullStreams {
  return start('script', ['-qfec', command, '/dev/null']);
}

/** Another letter each time, so that no echo is taken for that of another. */
async function type({ stdin, stdout }: ChildProcessWithoutNullStreams): Promise<number> {
  const letter = String.fromCharCode('a'.charCodeAt(0) + (typed++ % 26));
  const began = performance.now();
  const signal = AbortSignal.timeout(10_000);
  stdin.write(letter);
  for await (const [chunk] of on(stdout, 'data', { signal }) as AsyncIterable<[Buffer]>) {
    if (chunk.includes(letter)) break;
  }
  return performance.now() - began;
}

/** All of it, one way and then the other; the two sides take turns. */
async function measureBytes(api: Api, ip: string): Promise<boolean> {
  const proxies = { down: await startProxy(ip, DOWN), up: await startProxy(ip, UP) };
  const ways = [
    { way: 'out of the instance', plain: () => receive(proxies.down), own: () => receiveBySocket(api) },
    { way: 'into the instance', plain: () => send(proxies.up), own: () => sendBySocket(api) },
  ];
  console.log(`\n${mebibytes} MiB at a time (median)`);
  let isFast = true;
  for (const { way, plain, own } of ways) {
    const times = { plain: [] as number[], own: [] as number[] };
    const before = await memoryFromHere(api);
    for (let round = 0; round < rounds; round += 1) {
      times.plain.push(await timed(plain));
      times.own.push(await timed(own));
    }
    const ratio = median(times.plain) / median(times.own);
    isFast &&= ratio >= 0.5;
    console.log(
      `${way.padEnd(20)} a proxy of node:net ${rate(times.plain)}   connect ${rate(times.own)}   ${Math.round(ratio * 100)} %`,
    );
    console.log(`${''.padEnd(20)} memory of the daemon before ${before} MiB, at most ${await mostMemory(api)} MiB`);
  }
  return isFast;
}

/** Mebibytes that are resident now; the most of them counts from now on. */
async function memoryFromHere({ pid }: Api): Promise<number> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
  return mostMemory({ pid });
}

async function mostMemory({ pid }: Pick<Api, 'pid'>): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024);
}

/** In a process of its own, as the daemon is. */
async function startProxy(host: string, port: number): Promise<number> {
  const program =
    `const net = require('node:net'); net.createServer({ allowHalfOpen: true }, (near) => {` +
    ` const far = net.connect({ host: '${host}', port: ${port}, allowHalfOpen: true }); near.pipe(far); far.pipe(near);` +
    ` near.on('error', () => far.destroy()); far.on('error', () => near.destroy());` +
    ` }).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
  const child = start(process.execPath, ['-e', program]);
  for await (const line of createInterface({ input: child.stdout })) return Number(line);
  throw new Error('the proxy ended');
}

async function receive(port: number): Promise<number> {
  let bytes = 0;
  const socket = net.connect({ host: '127.0.0.1', port }).on('data', (chunk) => (bytes += chunk.length));
  await once(socket, 'close');
  return bytes;
}

async function send(port: number): Promise<number> {
  const socket = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  for (const chunk of chunks()) if (!socket.write(chunk)) await once(socket, 'drain');
  socket.end();
  await once(socket, 'close');
  return Number(answer);
}

function open({ address, token }: Api, port: number): WebSocket {
  const url = `ws://${address}/v1/state/applications/reach/service-instances/web-1/connect?protocol=tcp&port=${port}`;
  const headers = { authorization: `Bearer ${token}` };
  return new WebSocket(url, 'v1.connect.supd', { headers, perMessageDeflate: false });
}

async function receiveBySocket(api: Api): Promise<number> {
  let bytes = 0;
  const socket = open(api, DOWN).on('message', (data: Buffer) => (bytes += data.length));
  await once(socket, 'close');
  return bytes;
}

async function sendBySocket(api: Api): Promise<number> {
  const socket = open(api, UP);
  let answer = '';
  socket.on('message', (data: Buffer) => (answer += data.toString()));
  await once(socket, 'open');
  for (const chunk of chunks()) {
    const sent = new Promise<unknown>((resolve) => socket.send(chunk, resolve));
    if (socket.bufferedAmount > 2 ** 20) await sent;
  }
  socket.send(Buffer.alloc(0));
  await once(socket, 'close');
  return Number(answer);
}

function* chunks(): Generator<Buffer> {
  const chunk = Buffer.alloc(65_536, 1);
  for (let sent = 0; sent < mebibytes * 16; sent += 1) yield chunk;
}

async function timed(work: () => Promise<number>): Promise<number> {
  const began = performance.now();
  const bytes = await work();
  if (bytes !== mebibytes * 2 ** 20) throw new Error(`${bytes} bytes arrived of ${mebibytes * 2 ** 20}`);
  return performance.now() - began;
}

function rate(times: readonly number[]): string {
  return `${Math.round((mebibytes * 1000) / median(times))} MiB/s`.padStart(11);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function isRunning({ exitCode, signalCode }: ChildProcessWithoutNullStreams): boolean {
  return exitCode === null && signalCode === null;
}

function start(program: string, args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(program, args);
  children.push(child);
  return child;
}
