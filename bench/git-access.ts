// npx tsx bench/git-access.ts [FILES] [POLLS]
//
// What it costs to look at a repository: the first clone, a poll that finds nothing, and one commit of one file; over
// http (git http-backend) and over SSH (a real sshd), there with the connection kept between polls and with one a poll.
// CPU is that of this process alone.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensurePrograms } from '../scripts/setup.mjs';
import { openRepository } from '../src/git/open.ts';
import type { GitPort } from '../src/git/port.ts';
import { createRepository } from '../test/git/git-repo.ts';
import { startGitServer } from '../test/git/git-server.ts';
import { makeKey, startSshServer } from '../test/git/ssh-server.ts';

const [files = 5_000, polls = 30] = process.argv.slice(2).map(Number);
const never = new AbortController().signal;

await ensurePrograms(['git', 'sshd', 'ssh-keygen']);
const directory = await mkdtemp(path.join(tmpdir(), 'fairlead-bench-'));
const at = (...names: string[]) => path.join(directory, ...names);
const repository = await createRepository(at('served', 'r.git'), { bare: true });
const all = Array.from({ length: files }, (_, n) => [`tenants/t${n % 50}/applications/a${n}.yaml`, `name: a${n}\n`]);
await repository.commit(Object.fromEntries(all) as Record<string, string>);
const http = await startGitServer({ root: at('served') });
const ssh = await startSshServer({ directory: at('sshd'), root: at('served') });
await ssh.authorize((await makeKey(at('key'))).publicKey);
await writeFile(at('known'), ssh.knownHosts);

interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

async function cost(work: () => Promise<unknown>): Promise<Cost> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - began, cpuMs: (user + system) / 1000 };
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<Cost> {
  const costs: Cost[] = [];
  for (let n = 0; n < times; n += 1) costs.push(await cost(work));
  return middle(costs);
}

function middle(costs: readonly Cost[]): Cost {
  return { ms: median(costs.map(({ ms }) => ms)), cpuMs: median(costs.map(({ cpuMs }) => cpuMs)) };
}

const median = (figures: readonly number[]) => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;
const show = ({ ms, cpuMs }: Cost) => `${ms.toFixed(0)} ms (cpu ${cpuMs.toFixed(0)})`;
const options = { branch: 'main', treePath: '.' };
const access = { sshKeyFile: at('key'), knownHostsFile: at('known') };
const openHttp = () => openRepository(`${http.url}/r.git`, { ...options, directory: at('http') });
const openSsh = () =>
  openRepository(`${ssh.url}${at('served', 'r.git')}`, { ...options, directory: at('ssh'), access });

async function measure(name: string, port: GitPort): Promise<void> {
  const clone = await cost(() => port.fetch(never));
  const poll = await repeat(polls, () => port.fetch(never));
  const costs: Cost[] = [];
  for (let n = 0; n < 10; n += 1) {
    await repository.commit({ 'tenants/t1/applications/a1.yaml': `name: a1 # ${name} ${n}\n` });
    costs.push(await cost(() => port.fetch(never)));
  }
  const news = middle(costs);
  console.log(`${name}: clone ${show(clone)}, poll ${show(poll)}, one commit ${show(news)}`);
}

try {
  console.log(`${files} files, median of ${polls} polls`);
  await measure('http', openHttp());
  await measure('ssh', openSsh());
  // A port of its own each time: nothing is kept.
  console.log(`ssh, a connection a poll: ${show(await repeat(polls, () => openSsh().fetch(never)))}`);
} finally {
  await Promise.all([http.stop(), ssh.stop()]);
  await rm(directory, { recursive: true, force: true });
}
