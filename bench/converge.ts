// npx tsx bench/converge.ts [APPLICATIONS] [REPLICAS]
//
// How long one commit takes to become containers, beside the same Docker calls made by a loop that decides nothing, on
// the same private engine in one run. The ratio is the figure: seconds depend on the machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateEngine } from '../scripts/setup.mjs';
import { desiredSite } from '../src/desired/site.ts';
import { parseEndpoint } from '../src/docker/endpoint.ts';
import { openDocker } from '../src/docker/engine.ts';
import type { DockerPort } from '../src/docker/port.ts';
import { SANDBOX_IMAGE } from '../src/docker/sandbox-image.ts';
import { LANE_WIDTH } from '../src/execute/lanes.ts';
import { perform } from '../src/execute/perform.ts';
import type { Step } from '../src/model/plan.ts';
import { planHost } from '../src/plan/plan-host.ts';
import { createMirror } from '../src/reconcile/mirror.ts';
import { container, resolved, service, siteContext } from '../test/builders.ts';
import { busyboxImage, importBusybox } from '../test/engine-hosts/busybox-image.ts';
import { manyFiles } from '../test/engine/daemon/documents.ts';
import { createRepository } from '../test/git/git-repo.ts';

const [applications = 30, replicas = 2] = process.argv.slice(2).map(Number);
const signal = new AbortController().signal;

const engine = await startPrivateEngine();
const folder = await mkdtemp(join(tmpdir(), 'fairlead-bench-'));
try {
  await importBusybox(engine.endpoint);
  const docker = openDocker(parseEndpoint(engine.endpoint));
  const pool = engine.networkPool ?? '10.201.0.0/16';
  const raw = await timed(() => makeWithoutDeciding(docker, pool));
  await removeAll(docker, 'raw');
  const repository = await createRepository(join(folder, 'repo'));
  await repository.commit(manyFiles('acme', applications, replicas));
  const flags = ['--docker', engine.endpoint, '--network-pool', pool, '--listen', '127.0.0.1:0', '--once'];
  const run = () => runDaemon(['--repository', repository.path, '--state-dir', join(folder, 'state'), ...flags]);
  const fairlead = await timed(run);
  const again = await timed(run);
  console.log(`${applications} applications of ${replicas} replicas, ${applications * replicas * 2} containers`);
  console.log(`the bare calls   ${format(raw)}`);
  console.log(`fairlead --once  ${format(fairlead)}   ${(fairlead / raw).toFixed(2)} times the bare calls`);
  console.log(`  once more      ${format(again)}   nothing to do: start, look, end`);
} finally {
  await engine.stop();
  await rm(folder, { recursive: true });
}

/** The calls of the plan in its order, as many at a time as Fairlead makes. */
async function makeWithoutDeciding(docker: DockerPort, networkPool: string): Promise<void> {
  await docker.importSandboxImage(SANDBOX_IMAGE, signal);
  const mirror = createMirror(docker, { host: 'local', owner: 'raw', now: () => Date.now() });
  await mirror.load(signal);
  const sleeper = container('main', { image: busyboxImage, cmd: ['sleep', '100000'] });
  const specs = Array.from({ length: applications }, (_, index) => ({
    name: `app-${index + 1}`,
    services: [service('web', { replicas, containers: [sleeper] })],
  }));
  const desired = desiredSite(resolved(specs), siteContext({ owner: 'raw', sandboxImage: SANDBOX_IMAGE }));
  const shared = { inFlight: [], attempts: [], ongoing: [], now: Date.now() };
  const { plan } = planHost({ ...shared, desired, observed: mirror.snapshot(), networkPool });
  const networks = plan.steps.filter(({ action }) => action.kind === 'create-network');
  const chains = groupByTarget(plan.steps);
  for (const { target } of networks) chains.delete(target);
  await inLanes(
    networks.map((step) => [step]),
    docker,
  );
  await inLanes([...chains.values()], docker);
}

function groupByTarget(steps: readonly Step[]): Map<string, Step[]> {
  const groups = new Map<string, Step[]>();
  for (const step of steps) groups.set(step.target, [...(groups.get(step.target) ?? []), step]);
  return groups;
}

async function inLanes(chains: readonly (readonly Step[])[], docker: DockerPort): Promise<void> {
  const waiting = [...chains];
  const lane = async () => {
    for (let chain = waiting.shift(); chain !== undefined; chain = waiting.shift()) {
      for (const { action } of chain) await perform(docker, action, signal);
    }
  };
  await Promise.all(Array.from({ length: LANE_WIDTH.engine }, lane));
}

async function removeAll(docker: DockerPort, owner: string): Promise<void> {
  const containers = await docker.listContainers(owner, signal);
  await Promise.all(containers.map(({ id }) => docker.removeContainer(id, signal)));
  for (const { id, identity } of await docker.listNetworks(signal)) {
    if (identity?.owner === owner) await docker.removeNetwork(id, signal);
  }
}

async function runDaemon(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'run', ...args], { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`fairlead ended with ${code}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function format(ms: number): string {
  return `${(ms / 1000).toFixed(2).padStart(7)} s`;
}
