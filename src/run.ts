import { hostname } from 'node:os';
import { adminTokenFile, ensureAdminToken } from './api/admin-token.ts';
import { startApi } from './api/server.ts';
import { createTokenDirectory, openTokenFile, type TokenDirectory } from './api/token-directory.ts';
import type { RunConfig } from './config.ts';
import { builtInSiteLabels, desiredSite, type SiteContext } from './desired/site.ts';
import { parseEndpoint } from './docker/endpoint.ts';
import { openDocker } from './docker/engine.ts';
import { SANDBOX_IMAGE } from './docker/sandbox-image.ts';
import { openRepository } from './git/open.ts';
import type { GitPort } from './git/port.ts';
import type { Narrator } from './events.ts';
import { logEvent, type Log } from './log.ts';
import type { DesiredSite } from './model/desired.ts';
import type { ObservedHost } from './model/observed.ts';
import { createBell, pause } from './reconcile/bell.ts';
import { createHostLoop, UNTRIED, type HostView } from './reconcile/host-loop.ts';
import { judgeOutcome, type Outcome } from './reconcile/outcome.ts';
import { isPruneAllowed } from './reconcile/prune-permission.ts';
import { runRepositoryLoop, UNREAD, type RepositoryView } from './reconcile/repository-loop.ts';
import { createSummarizer } from './reconcile/summarize.ts';
import { createTreeLoader, type TreeLoader } from './reconcile/tree-loader.ts';
import { resolveCatalog } from './spec/resolve-catalog.ts';
import { claimStateDir } from './state-dir.ts';
import { createStore, type StoreReader } from './store/store.ts';

/** The site and host a repository without `sites/` is deployed to (contract 1, `--docker`). */
const LOCAL = 'local';

export interface RunOptions {
  readonly config: RunConfig;
  readonly version: string;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the daemon; what runs stays. */
  readonly signal: AbortSignal;
}

/** The daemon: the only place that knows every part. Resolves with the exit code (contract 1). */
export async function runDaemon({ config, version, log, env, signal }: RunOptions): Promise<number> {
  checkSites(config);
  const claim = await claimStateDir(config.stateDir);
  const stopping = new AbortController();
  const until = AbortSignal.any([signal, stopping.signal]);
  const git = openRepository(config.repository, {
    branch: config.branch,
    treePath: config.path,
    directory: `${config.stateDir}/git`,
    credentialsFile: config.repositoryCredentials,
    environment: env,
  });
  const core = createCore(config, { git, log });
  const tokens = await openTokens(config, log);
  const onError = (error: unknown) => log.error({ error: String(error) }, 'request failed');
  const api = await startApi({
    store: core.store,
    tokens,
    listen: config.listen,
    version,
    onError,
  });
  log.info({ address: api.address }, 'api listening');
  try {
    const work = core.run(until).finally(() => stopping.abort());
    const outcome = config.once ? waitForOutcome(core, config, until) : undefined;
    const failures = await Promise.race([work.then(() => outcome ?? []), ...(outcome === undefined ? [] : [outcome])]);
    stopping.abort();
    await work;
    for (const failure of failures) log.error({ error: failure }, 'not as desired');
    return failures.length === 0 ? 0 : 1;
  } finally {
    stopping.abort();
    await api.close();
    await claim.release();
    log.info('stopped; what runs goes on');
  }
}

/** Sites of the repository's own come later; until then there is the implicit one. */
function checkSites({ sites }: RunConfig): void {
  const unknown = sites?.filter((site) => site !== LOCAL) ?? [];
  if (unknown.length > 0)
    throw new Error(`there is no site ${unknown.join(', ')}; the one there is is called ${LOCAL}`);
}

interface Surroundings {
  readonly git: GitPort;
  readonly log: Log;
}

interface Core {
  readonly store: StoreReader;
  run(signal: AbortSignal): Promise<void>;
  outcome(): Outcome;
  /** Resolves when something changed, or after `ms`. */
  change(ms: number, signal: AbortSignal): Promise<boolean>;
}

/** Repository and host, joined by the store: what one publishes, the other and the API see. */
function createCore(config: RunConfig, { git, log }: Surroundings): Core {
  const loader = createTreeLoader(git);
  const site: SiteContext = {
    site: LOCAL,
    owner: config.owner,
    labels: builtInSiteLabels(LOCAL),
    sandboxImage: SANDBOX_IMAGE,
  };
  const summarize = createSummarizer();
  const bell = createBell();
  let tellRunning = () => {};
  const runningKnown = new Promise<void>((resolve) => (tellRunning = resolve));
  let repository: RepositoryView = UNREAD;
  let host: HostView = { ...UNTRIED, host: LOCAL };
  let desired: DesiredSite | undefined;
  const summary = () => summarize({ repository, host, site: LOCAL, siteLabels: site.labels, now: Date.now() });
  const store = createStore(summary());

  function publish(): void {
    store.swap(summary());
    bell.ring();
  }

  async function run(signal: AbortSignal): Promise<void> {
    const narrate: Narrator = (event) => logEvent(log, event);
    const docker = openDocker(parseEndpoint(config.docker), { configFile: config.dockerConfig });
    const deployedAt = (revision: string) => deployedApplications(loader, revision, site);
    const hostLoop = createHostLoop({
      docker,
      host: LOCAL,
      owner: config.owner,
      holder: `${hostname()} pid ${process.pid}`,
      sandboxImage: SANDBOX_IMAGE,
      networkPool: config.networkPool,
      dryRun: config.dryRun,
      resyncMs: config.resyncIntervalMs,
      now: () => Date.now(),
      narrate,
      allowsPrune: (revision, pruning) =>
        isPruneAllowed(revision, pruning, { git, limit: config.history, deployedAt, signal }),
      publish: (view) => {
        host = view;
        if (view.observed !== undefined) tellRunning();
        publish();
      },
    });
    const repositoryLoop = runRepositoryLoop(
      {
        git,
        loader,
        pollMs: config.pollIntervalMs,
        historyLimit: config.history,
        runningRevisions: async () => {
          await Promise.race([runningKnown, pause(FIRST_LOOK_MS, signal)]);
          return host.observed === undefined ? undefined : revisionsOf(host.observed);
        },
        runningKnown,
        now: () => Date.now(),
        narrate,
        publish: (view) => {
          const { catalog } = view;
          if (catalog !== undefined && catalog !== repository.catalog) {
            hostLoop.desire((desired = desiredSite(catalog, site, desired)));
          }
          repository = view;
          publish();
        },
      },
      signal,
    );
    await Promise.all([hostLoop.run(signal), repositoryLoop]);
  }

  return {
    store,
    run,
    outcome: () => judgeOutcome(store.snapshot(), host, { dryRun: config.dryRun, now: Date.now() }),
    change: (ms, signal) => bell.wait(ms, signal),
  };
}

/** An outcome may ripen by the clock alone. */
const OUTCOME_EVERY_MS = 1_000;

/** How long a broken file's last good text is looked for on a host that does not answer. */
const FIRST_LOOK_MS = 10_000;

/** The commits in the labels of what runs. */
function revisionsOf({ applications }: ObservedHost): readonly string[] {
  const instances = Object.values(applications).flatMap((one) => Object.values(one.instances));
  const containers = instances.flatMap((instance) => instance.containers);
  return [...new Set(containers.map(({ identity }) => identity?.revision ?? ''))].filter((revision) => revision !== '');
}

/** Keys of the applications a revision deploys to the site, as far as its own text tells. */
async function deployedApplications(
  loader: TreeLoader,
  revision: string,
  site: SiteContext,
): Promise<ReadonlySet<string>> {
  const { applications, leftAlone } = desiredSite(resolveCatalog(await loader.load(revision), []), site);
  return new Set([...Object.keys(applications), ...Object.keys(leftAlone)]);
}

async function openTokens(config: RunConfig, log: Log): Promise<TokenDirectory> {
  if (config.tokens !== undefined) {
    const onProblem = (message: string) =>
      log.error({ error: message }, 'tokens file cannot be used, the former tokens stay');
    return openTokenFile({ file: config.tokens, onProblem });
  }
  const entry = await ensureAdminToken(config.stateDir);
  log.info({ file: adminTokenFile(config.stateDir) }, 'admin token written');
  return createTokenDirectory([entry]);
}

/** What stands in the way of everything being ready; empty when it is. */
async function waitForOutcome(core: Core, { timeoutMs }: RunConfig, signal: AbortSignal): Promise<readonly string[]> {
  const deadline = Date.now() + timeoutMs;
  do {
    const outcome = core.outcome();
    if (outcome.done) return outcome.failures;
    if (Date.now() >= deadline) return [`not everything was ready after ${timeoutMs / 1000} s`];
  } while (await core.change(Math.min(deadline - Date.now(), OUTCOME_EVERY_MS), signal));
  return ['stopped before everything was ready'];
}
