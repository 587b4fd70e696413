// node --import ./bench/typescript-loader.mjs bench/holds.ts [APPLICATIONS]
//
// What others notice while a ref is planned that changes every application, on a host that has nothing yet: how long the
// event loop is held, and how long a read of one instance takes. Once with the plan made in the daemon's own thread, and
// as it is done, in another. Ends with 1 when that holds the loop for 100 ms or more.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createTokenDirectory } from '../src/api/access/token-directory.ts';
import { startApi } from '../src/api/pipeline/server.ts';
import { applicationRoutes } from '../src/api/state/applications.ts';
import { createReviewThread } from '../src/aside/review-thread.ts';
import { resolveSiteContext } from '../src/desired/site-context.ts';
import { desiredSite } from '../src/desired/site.ts';
import { emptyHost } from '../src/foresee/empty-host.ts';
import { openLocalRepository } from '../src/git/local.ts';
import { NO_SECRET_VALUES } from '../src/model/secret-values.ts';
import { answerLive, type LiveQuestion } from '../src/reconcile/answer-live.ts';
import { readRevision } from '../src/reconcile/read-revision.ts';
import { createTreeLoader } from '../src/reconcile/tree-loader.ts';
import { createFleet } from '../test/api/fleet.ts';
import { createRepository } from '../test/git/git-repo.ts';
import { headersOf, read, TENANTS, TOKENS } from './state-callers.ts';

const [applications = 1_000] = process.argv.slice(2).map(Number);
const LIMIT_MS = 100;
const ONE = '/v1/state/applications/app-3/service-instances/web-1';
const never = new AbortController().signal;

const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-bench-'));
const origin = await serveFleet();
try {
  const repository = await createRepository(folder);
  await repository.commit(documents('1.0'));
  const revision = await repository.commit(documents('2.0'), 'change', { branch: 'next', parent: repository.head() });
  await repository.git('repack', '-adq');
  const git = openLocalRepository({ path: repository.path, branch: 'main', treePath: '.' });
  const question = await ask(git, repository.head(), revision);
  const thread = createReviewThread(git);
  console.log(`${applications} applications, all of them changed`);
  await measure('nobody asks', () => new Promise((resolve) => setTimeout(resolve, 3_000)));
  await measure('planned here', () => answerLive(question, { git, parsed: new Map() }, never));
  const held = await measure('planned in a thread', () => thread(question, never));
  const again = await measure('  and once more', () => thread(question, never));
  if (Math.max(held, again) >= LIMIT_MS) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}
process.exit();

async function ask(git: ReturnType<typeof openLocalRepository>, base: string, revision: string): Promise<LiveQuestion> {
  const site = { owner: 'bench', sandboxImage: 'sandbox' };
  const { catalog } = await readRevision(base, { git, loader: createTreeLoader(git), limit: 100, signal: never });
  const choice = resolveSiteContext(catalog, site);
  if (choice.kind === 'problem') throw new Error(choice.message);
  const live = { catalog, desired: desiredSite(catalog, choice.context), observed: emptyHost('local') };
  const rest = { secrets: NO_SECRET_VALUES, networkPool: '10.0.0.0/8', limit: 100, now: Date.now(), warnings: [] };
  return { ref: 'refs/heads/next', revision, live, site, ...rest };
}

/** Reads go on while the work does. Returns the longest hold of the loop, ms. */
async function measure(what: string, work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const over = new AbortController();
  const began = performance.now();
  const done = work().finally(() => over.abort());
  const times: number[] = [];
  while (!over.signal.aborted) {
    const asked = performance.now();
    await read(origin + ONE, headersOf(3 % TENANTS));
    times.push(performance.now() - asked);
  }
  await done;
  const took = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  times.sort((a, b) => a - b);
  const at = (share: number) => `${(times[Math.floor((times.length - 1) * share)] ?? NaN).toFixed(1)} ms`;
  const longest = delay.max / 1e6;
  const reads = `${times.length} reads: median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`;
  console.log(`${what.padEnd(22)} ${(took / 1000).toFixed(1)} s, loop held ${longest.toFixed(0)} ms at most; ${reads}`);
  return longest;
}

async function serveFleet(): Promise<string> {
  const fleet = createFleet({ tenants: TENANTS, applications: 10, instances: 2 });
  (await fleet.make('1')).show();
  const { address } = await startApi({
    store: fleet.views.store,
    tokens: createTokenDirectory(TOKENS),
    listen: { host: '127.0.0.1', port: 0 },
    routes: applicationRoutes,
  });
  return `http://${address}`;
}

function documents(version: string): Record<string, string> {
  const numbers = Array.from({ length: applications }, (_, index) => index);
  return Object.fromEntries(
    numbers.flatMap((index) => {
      const [name, tenant] = [`app-${index}`, `tenants/tenant-${index % 10}`];
      const services = `services:\n  - name: web\n    replicas: 3\n    containers:\n      - name: main\n        image: nginx:1.27\n`;
      const upgrade = `upgrade-from:\n  - version-regexp: .\n    method: per-service\n`;
      return [
        [`${tenant}/applications/${name}.yaml`, `name: ${name}\nversion: '${version}'\n${services}${upgrade}`],
        [
          `${tenant}/application-deployments/${name}.yaml`,
          `name: ${name}\napplication: ${name}\nplacement:\n  all-sites: {}\n`,
        ],
      ];
    }),
  );
}
