// npx tsx bench/probes.ts [SECONDS] [INSTANCES]
//
// What probing costs the daemon: 50 instances of 10 tcp and http probes at a period of 10 s, asked by the real prober,
// directly and (as root, where a private engine can be started) through a real relay; beside them the same questions put
// by a loop that decides nothing. The figure is CPU time of this process in percent of one core, the servers apart.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEndpoint } from '../src/docker/endpoint.ts';
import { openDocker } from '../src/docker/engine.ts';
import { SANDBOX_IMAGE } from '../src/docker/sandbox-image.ts';
import { UNPROBED } from '../src/model/observed.ts';
import type { DesiredProbe, ProbeQuestion } from '../src/model/probes.ts';
import { systemClock } from '../src/probe/clock.ts';
import { createRelayDialer, dialDirectly, type Dial } from '../src/probe/dial.ts';
import type { ProbeTarget } from '../src/probe/probed-life.ts';
import { createProber } from '../src/probe/prober.ts';
import { startHosts } from '../test/engine-hosts/engine-hosts.ts';

const [seconds = 30, instances = 50] = process.argv.slice(2).map(Number);
const PERIOD_MS = 10_000;
/** The first questions of all and the compiler's work are not the steady state. */
const WARM_UP_MS = 12_000;

interface Servers {
  readonly tcp: readonly number[];
  readonly http: readonly number[];
  stop(): void;
}

interface Cost {
  readonly percent: number;
  readonly questions: number;
  readonly failures: number;
}

const here = await startServers([]);
try {
  report('a bare loop', await measureBareLoop(here));
  report('the prober, directly', await measureProber(here, dialDirectly));
} finally {
  here.stop();
}
if (process.getuid?.() === 0) await measureRelay();

/** The servers live on the engine's host, where only the relay reaches them. */
async function measureRelay(): Promise<void> {
  const hosts = await startHosts(1);
  const [host] = hosts.hosts;
  if (host === undefined) return;
  const servers = await startServers(['nsenter', `--net=/run/netns/${host.netns}`]);
  const docker = openDocker(parseEndpoint(host.endpoint));
  await docker.importSandboxImage(SANDBOX_IMAGE, AbortSignal.timeout(60_000));
  const dialer = createRelayDialer({ docker, owner: 'bench', clock: systemClock });
  try {
    report('the prober, by a relay', await measureProber(servers, dialer.dial));
  } finally {
    await dialer.close();
    servers.stop();
    await hosts.stop();
  }
}

async function startServers(prefix: readonly string[]): Promise<Servers> {
  const words = [...prefix, process.execPath, 'bench/probe-servers.mjs', '5', '5'];
  const child = spawn(words[0] ?? '', words.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const [tcp, http] = JSON.parse(line.toString()) as [number[], number[]];
  return { tcp, http, stop: () => void child.stdin.end() };
}

/** Every address of 127/8 leads to them. */
function addresses(): string[] {
  return Array.from({ length: instances }, (_, index) => `127.0.${index >> 7}.${(index & 127) + 1}`);
}

async function measureProber(servers: Servers, dial: Dial): Promise<Cost> {
  const count = { questions: 0, failures: 0 };
  const ready = new Set<string>();
  const prober = createProber({
    docker: { exec: () => Promise.reject(new Error('nothing to exec')) },
    clock: systemClock,
    report: (id, _startedAt, { readiness }) => {
      if (readiness === 'success') ready.add(id);
      else count.failures += 1;
    },
  });
  const targets = addresses().flatMap((address) => targetsOf(address, servers));
  prober.watch(targets);
  prober.open((...to) => {
    count.questions += 1;
    return dial(...to);
  });
  const cost = await measure(count);
  prober.close();
  return { ...cost, failures: cost.failures + targets.length - ready.size };
}

function targetsOf(address: string, servers: Servers): ProbeTarget[] {
  const tcp = servers.tcp.map((port) => ({ kind: 'tcp', port }) as const);
  const http = servers.http.map((port) => {
    const question = { kind: 'http', scheme: 'http', host: undefined, port, path: '/healthz', headers: {} } as const;
    return question;
  });
  return [...tcp, ...http].map((question) => ({
    id: `${address}:${question.port}`,
    startedAt: Date.now() - 3_600_000,
    address,
    probes: { readiness: toProbe(question) },
    health: UNPROBED,
  }));
}

function toProbe(question: ProbeQuestion): DesiredProbe {
  const times = { initialDelayMs: 0, timeoutMs: 1_000, periodMs: PERIOD_MS };
  return { question, ...times, successThreshold: 1, failureThreshold: 3 };
}

async function measureBareLoop(servers: Servers): Promise<Cost> {
  const count = { questions: 0, failures: 0 };
  const fail = () => void (count.failures += 1);
  const asks = addresses().flatMap((host) => [
    ...servers.tcp.map((port) => () => {
      const socket = connect({ host, port, timeout: 1_000 }, () => socket.destroy());
      socket.on('error', fail);
    }),
    ...servers.http.map((port) => () => {
      const path = '/healthz';
      const asked = get({ host, port, path, agent: false, timeout: 1_000 }, (response) => response.destroy());
      asked.on('error', fail);
    }),
  ]);
  let next = 0;
  const timer = setInterval(() => {
    count.questions += 1;
    asks[next++ % asks.length]?.();
  }, PERIOD_MS / asks.length);
  const cost = await measure(count);
  clearInterval(timer);
  return cost;
}

async function measure(count: { questions: number; failures: number }): Promise<Cost> {
  await sleep(WARM_UP_MS);
  count.questions = 0;
  const began = { cpu: process.cpuUsage(), at: performance.now() };
  await sleep(seconds * 1_000);
  const { user, system } = process.cpuUsage(began.cpu);
  return { percent: (user + system) / 10 / (performance.now() - began.at), ...count };
}

function report(name: string, { percent, questions, failures }: Cost): void {
  const rate = (questions / seconds).toFixed(0);
  console.log(
    `${name.padEnd(24)}${percent.toFixed(1).padStart(5)} % of one core   ${rate} questions/s, ${failures} failed`,
  );
}
