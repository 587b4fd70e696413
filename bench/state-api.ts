// npx tsx bench/state-api.ts [APPLICATIONS] [INSTANCES] [ROUNDS]
//
// What reads of the state API cost with 1,000 applications of 10 instances in the snapshot, beside a Fastify route that
// decides nothing: the same token lookup and headers, a constant of the same size. Both are in one process, asked in
// turns from this one; the ratios are the figures, for seconds depend on the machine. Ends with 1 when a goal is missed.
import { setTimeout as sleep } from 'node:timers/promises';
import { tearsIn } from '../test/api/tears.ts';
import { rate, time } from './load.mjs';
import { headersOf, read, TENANTS } from './state-callers.ts';
import { measureMemory } from './state-memory.ts';
import { startStateServer } from './state-process.ts';

const [applications = 1_000, instances = 10, rounds = 15] = process.argv.slice(2).map(Number);
/** A round is short, so that whatever else the machine does meets both sides. */
const REQUESTS = 1_000;
const LISTS_A_ROUND = 3;
const SWAP_EVERY_MS = 50;
const SWAPPING_MS = 15_000;

const TENANT = 3;
const ONE = `/v1/state/applications/app-${TENANT}/service-instances/web-7`;
const APPLICATION = `/v1/state/applications/app-${TENANT}`;
const LIST = '/v1/state/system/cluster/service-instances';
const LONG = `${LIST}/tenant-${TENANT}.app-${TENANT}.web-7`;
const CONFIGS = '/v1/config/applications';
const [TENANTS_OWN, PROVIDERS] = [headersOf(TENANT), headersOf()];

interface Goal {
  readonly name: string;
  readonly isMet: boolean;
}
const goals: Goal[] = [];
type Target = Parameters<typeof rate>[0];

const server = startStateServer();
try {
  const origin = await server.ask({ kind: 'serve', size: sizeOf(applications), alone: false });
  const texts = {
    [ONE]: await read(origin + ONE, TENANTS_OWN),
    [APPLICATION]: await read(origin + APPLICATION, TENANTS_OWN),
    [LIST]: await read(origin + LIST, PROVIDERS),
  };
  const plain = await server.ask({ kind: 'serve-plain', texts });
  console.log(`${applications} applications of ${instances} instances`);
  await compareSingles({ origin, plain }, texts[ONE].length);
  await compareLists({ origin, plain }, texts[LIST].length);
  await swapUnderLoad(origin);
} finally {
  server.stop();
}
await compareMemory();
for (const { name, isMet } of goals) console.log(`${isMet ? 'met   ' : 'MISSED'} ${name}`);
process.exit(goals.every(({ isMet }) => isMet) ? 0 : 1);

function sizeOf(count: number) {
  return { tenants: TENANTS, applications: count, instances };
}

interface Origins {
  readonly origin: string;
  readonly plain: string;
}

/** Reads of one thing, as many as there can be. */
async function compareSingles({ origin, plain }: Origins, bytes: number): Promise<void> {
  const tag = (await fetch(origin + CONFIGS, { headers: PROVIDERS })).headers.get('etag') ?? '';
  const unchanged = { ...PROVIDERS, 'if-none-match': tag };
  const results = await inTurns({
    [`a constant of ${bytes} bytes`]: { url: plain + ONE, headers: TENANTS_OWN },
    'one instance': { url: origin + ONE, headers: TENANTS_OWN },
    '  by its long name': { url: origin + LONG, headers: PROVIDERS },
    '  by fast-json-stringify': { url: `${plain}/serialized${ONE}`, headers: TENANTS_OWN },
    'a constant, an application': { url: plain + APPLICATION, headers: TENANTS_OWN },
    'one application': { url: origin + APPLICATION, headers: TENANTS_OWN },
    'configurations, unchanged': { url: origin + CONFIGS, headers: unchanged, expected: 304 },
    'keys of all instances': { url: `${origin + LIST}?keys`, headers: PROVIDERS },
    'count of all instances': { url: `${origin + LIST}?count`, headers: PROVIDERS },
  });
  for (const { name, perSecond, share, cpuMicros } of results) {
    const percent = (100 * share).toFixed(0).padStart(4);
    const figures = `${perSecond.toFixed(0).padStart(6)} requests/s ${percent} %   ${cpuMicros.toFixed(0).padStart(5)} µs of CPU`;
    console.log(`${name.padEnd(28)}${figures}`);
  }
  const share = results[1]?.share ?? 0;
  goals.push({ name: `one instance at ${(100 * share).toFixed(0)} % of a constant (60 %)`, isMet: share >= 0.6 });
}

interface Result {
  readonly name: string;
  readonly perSecond: number;
  /** Of the requests per second of the first in the same round. */
  readonly share: number;
  readonly cpuMicros: number;
}

interface Sample {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

/** Medians of several rounds, each of which asks one after the other, forth and back; a first one warms up. */
async function inTurns(targets: Readonly<Record<string, Target>>): Promise<readonly Result[]> {
  const taken: Map<string, Sample>[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const samples = new Map<string, Sample>();
    const order = Object.entries(targets);
    for (const [name, target] of round % 2 === 0 ? order : order.toReversed()) samples.set(name, await sample(target));
    if (round > 0) taken.push(samples);
  }
  const [first = ''] = Object.keys(targets);
  const of = (name: string, pick: (one: Sample, base: Sample) => number) =>
    median(taken.map((samples) => pick(samples.get(name) ?? NOTHING, samples.get(first) ?? NOTHING)));
  return Object.keys(targets).map((name) => ({
    name,
    perSecond: of(name, (one) => one.perSecond),
    share: of(name, (one, base) => one.perSecond / base.perSecond),
    cpuMicros: of(name, (one) => one.cpuMicros),
  }));
}

const NOTHING: Sample = { perSecond: NaN, cpuMicros: NaN };

async function sample(target: Target): Promise<Sample> {
  const before = await server.ask({ kind: 'cpu' });
  const perSecond = await rate(target, REQUESTS);
  return { perSecond, cpuMicros: ((await server.ask({ kind: 'cpu' })) - before) / REQUESTS };
}

/** The list of every instance, one after the other. */
async function compareLists({ origin, plain }: Origins, bytes: number): Promise<void> {
  const [buffer, list, changed, serialized]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round <= rounds; round += 1) {
    for (let turn = 0; turn < LISTS_A_ROUND; turn += 1) {
      const [sent, joined] = [await timeList(plain), await timeList(origin)];
      if (round > 0) buffer.push(sent);
      if (round > 0) list.push(joined);
    }
    await server.ask({ kind: 'crash', applications: [0, 1] });
    const first = await timeList(origin);
    if (round > 0) changed.push(first);
    const anew = await timeList(`${plain}/serialized`);
    if (round > 0) serialized.push(anew);
  }
  const ratio = median(list.map((ms, index) => ms / (buffer[index] ?? NaN)));
  const lines: [string, readonly number[]][] = [
    [`a buffer of ${(bytes / 1e6).toFixed(1)} MB`, buffer],
    [`all ${applications * instances} instances`, list],
    ['  after two changed', changed],
    ['  by fast-json-stringify', serialized],
  ];
  for (const [name, times] of lines) {
    const [ms, multiple] = [median(times), median(times) / median(buffer)];
    console.log(`${name.padEnd(28)}${ms.toFixed(1).padStart(6)} ms ${multiple.toFixed(2).padStart(13)} times`);
  }
  goals.push({ name: `all instances in ${ratio.toFixed(2)} times a buffer (2)`, isMet: ratio <= 2 });
}

function timeList(origin: string): Promise<number> {
  return time({ url: origin + LIST, headers: PROVIDERS });
}

/** Every answer must be whole and of one moment while snapshots come and go. */
async function swapUnderLoad(origin: string): Promise<void> {
  const until = performance.now() + SWAPPING_MS;
  const answers = { lists: 0, singles: 0 };
  const tears: string[] = [];
  const readLists = async () => {
    while (performance.now() < until) {
      tears.push(...tearsIn(await read(origin + LIST, PROVIDERS), applications * instances));
      answers.lists += 1;
    }
  };
  const readSingles = async () => {
    while (performance.now() < until) {
      const { name } = JSON.parse(await read(origin + ONE, TENANTS_OWN)) as { readonly name: string };
      if (name !== 'web-7') tears.push(`${name} instead of web-7`);
      answers.singles += 1;
    }
  };
  const [swaps] = await Promise.all([swapUntil(until), readLists(), readLists(), readSingles(), readSingles()]);
  console.log(
    `${swaps} swaps under load      ${answers.lists} lists, ${answers.singles} instances, ${tears.length} torn`,
  );
  for (const tear of new Set(tears)) console.log(`  ${tear}`);
  goals.push({ name: 'no answer dropped or torn by swaps', isMet: tears.length === 0 && answers.lists > 0 });
}

/** Two applications change each time, and now and then all of them. */
async function swapUntil(end: number): Promise<number> {
  let swaps = 0;
  while (performance.now() < end) {
    const pause = sleep(SWAP_EVERY_MS);
    const first = 2 * (swaps % (applications / 2));
    await server.ask(swaps % 10 === 9 ? { kind: 'release' } : { kind: 'crash', applications: [first, first + 1] });
    swaps += 1;
    await pause;
  }
  return swaps;
}

/** Of a tenth of the applications and of all, each in a process that holds nothing else. */
async function compareMemory(): Promise<void> {
  const [few, all] = [await measureMemory(sizeOf(applications / 10)), await measureMemory(sizeOf(applications))];
  console.log(
    `an instance in memory       ${all.snapshot.toFixed(0)} bytes, of ${few.count} ${few.snapshot.toFixed(0)}`,
  );
  console.log(`  once all were listed      ${all.listed.toFixed(0)} bytes, of ${few.count} ${few.listed.toFixed(0)}`);
  console.log(`  and each asked for        ${all.read.toFixed(0)} bytes, of ${few.count} ${few.read.toFixed(0)}`);
  const growth = all.read / few.read;
  const name = `${growth.toFixed(2)} times the memory an instance of ${all.count} as of ${few.count} (1.2)`;
  goals.push({ name, isMet: growth <= 1.2 });
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;
}
