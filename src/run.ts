import { hostname } from 'node:os';
import { onlyTokens, openAccessFile, type AccessSource } from './api/access/access-source.ts';
import type { LoginOutcome } from './api/access/logins.ts';
import { openAccess, type OpenedAccess } from './api/access/open-access.ts';
import { adminTokenFile, ensureAdminToken } from './api/admin-token.ts';
import { apiRoutes } from './api/routes.ts';
import { startApi } from './api/server.ts';
import type { RunConfig } from './config.ts';
import { resolveSiteContext, builtInSiteLabels, type SiteOptions } from './desired/site-context.ts';
import { desiredSite } from './desired/site.ts';
import { parseEndpoint } from './docker/endpoint.ts';
import { openDocker } from './docker/engine.ts';
import { SANDBOX_IMAGE } from './docker/sandbox-image.ts';
import { openRepository } from './git/open.ts';
import type { GitPort } from './git/port.ts';
import type { Narrator } from './events.ts';
import { logEvent, type Log } from './log.ts';
import { hideSecrets } from './model/secret-values.ts';
import { pause } from './reconcile/bell.ts';
import { createDesire } from './reconcile/desire.ts';
import { createHostLoop } from './reconcile/host-loop.ts';
import { createLatestViews, type LatestViews } from './reconcile/latest-views.ts';
import { judgeOutcome } from './reconcile/outcome.ts';
import { isPruneAllowed } from './reconcile/prune-permission.ts';
import { runRepositoryLoop, type RepositoryLoopOptions, type RepositoryView } from './reconcile/repository-loop.ts';
import { runningRevisions, runningVersions } from './reconcile/running-versions.ts';
import { NO_SECRETS, type SecretSource } from './reconcile/secret-source.ts';
import { createTreeLoader, type TreeLoader } from './reconcile/tree-loader.ts';
import { createVersionedRepository } from './reconcile/versioned-repository.ts';
import { resolveCatalog } from './spec/resolve-catalog.ts';
import { claimStateDir } from './state-dir.ts';

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
  const views = createLatestViews({ site: { site: LOCAL, labels: builtInSiteLabels(LOCAL) }, host: LOCAL, now });
  const { tokens, logins } = await openTokens(config, log, until);
  const onError = (error: unknown) => log.error({ error: String(error) }, 'request failed');
  const api = await startApi({
    store: views.store,
    tokens,
    listen: config.listen,
    routes: apiRoutes({ version, logins }),
    onError,
  });
  log.info({ address: api.address }, 'api listening');
  try {
    const work = runLoops({ config, git, log, views }, until).finally(() => stopping.abort());
    const outcome = config.once ? waitForOutcome(views, config, until) : undefined;
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

/** Several sites at once come later. */
function checkSites({ sites = [] }: RunConfig): void {
  if (sites.length > 1) throw new Error(`not supported yet: several sites at once (${sites.join(', ')}); name one`);
}

/** What the loops work with. */
interface Surroundings {
  readonly config: RunConfig;
  readonly git: GitPort;
  readonly log: Log;
  readonly views: LatestViews;
}

const now = () => Date.now();

/** Repository and host, joined by what they see: the desired site goes from one to the other, views to the store. */
async function runLoops(around: Surroundings, signal: AbortSignal): Promise<void> {
  const { config, git, log, views } = around;
  const loader = createTreeLoader(git);
  const site: SiteOptions = { owner: config.owner, sandboxImage: SANDBOX_IMAGE, site: config.sites?.[0] };
  const narrate: Narrator = (event) => logEvent(log, event);
  const deployedAt = (revision: string) => deployedApplications(loader, revision, site);
  const pruneOptions = { git, limit: config.history, deployedAt, signal };
  const secrets = NO_SECRETS;
  const hostLoop = createHostLoop({
    ...hostSettings(config, secrets),
    narrate,
    allowsPrune: (revision, pruning) => isPruneAllowed(revision, pruning, pruneOptions),
    publish: (view) => views.showHost(view),
  });
  const desire = createDesire({
    site,
    secrets,
    nameSite: (named) => views.nameSite(named),
    tell: (desired) => hostLoop.desire(desired),
  });
  const { pollIntervalMs: pollMs, history: historyLimit } = config;
  const repository = createVersionedRepository({
    ...{ git, loader, limit: historyLimit, narrate },
    running: () => runningVersions(views.host().observed),
    show: (view) => {
      const problem = desire(view.catalog);
      views.showRepository(problem === undefined ? view : { ...view, error: problem });
    },
  });
  void views.hostObserved.then(() => repository.lookAgain());
  const publish = (view: RepositoryView) => repository.publish(view);
  const repositoryLoop = runRepositoryLoop(
    { git, loader, pollMs, historyLimit, ...whatRuns(views, signal), now, narrate, publish },
    signal,
  );
  await Promise.all([hostLoop.run(signal), repositoryLoop, repository.run(signal)]);
}

function hostSettings(config: RunConfig, secrets: SecretSource) {
  const hide = (text: string) => hideSecrets(text, secrets.current());
  return {
    docker: openDocker(parseEndpoint(config.docker), { configFile: config.dockerConfig, hide }),
    host: LOCAL,
    owner: config.owner,
    holder: `${hostname()} pid ${process.pid}`,
    sandboxImage: SANDBOX_IMAGE,
    networkPool: config.networkPool,
    dryRun: config.dryRun,
    resyncMs: config.resyncIntervalMs,
    now,
  };
}

/** The commits in the labels of what runs, once the host has been seen. */
function whatRuns(
  views: LatestViews,
  signal: AbortSignal,
): Pick<RepositoryLoopOptions, 'runningRevisions' | 'runningKnown'> {
  return {
    runningKnown: views.hostObserved,
    runningRevisions: async () => {
      await Promise.race([views.hostObserved, pause(FIRST_LOOK_MS, signal)]);
      const { observed } = views.host();
      return observed === undefined ? undefined : runningRevisions(observed);
    },
  };
}

/** An outcome may ripen by the clock alone. */
const OUTCOME_EVERY_MS = 1_000;

/** How long a broken file's last good text is looked for on a host that does not answer. */
const FIRST_LOOK_MS = 10_000;

/** Keys of the applications a revision deploys to the site, as far as its own text tells. */
async function deployedApplications(
  loader: TreeLoader,
  revision: string,
  site: SiteOptions,
): Promise<ReadonlySet<string>> {
  const catalog = resolveCatalog(await loader.load(revision), []);
  const choice = resolveSiteContext(catalog, site);
  if (choice.kind === 'problem') return new Set();
  const { applications, leftAlone } = desiredSite(catalog, choice.context);
  return new Set([...Object.keys(applications), ...Object.keys(leftAlone)]);
}

async function openTokens(config: RunConfig, log: Log, signal: AbortSignal): Promise<OpenedAccess> {
  const source = await openSource(config, log);
  const { stateDir, tokenLifetimeMs: lifetimeMs } = config;
  const onProblem = (message: string) => log.error({ error: message }, 'not everybody may be let in');
  const onLogin = ({ outcome, ...fields }: LoginOutcome) => log.info(fields, `login ${outcome}`);
  return openAccess({ source, stateDir, lifetimeMs, now, onProblem, onLogin, signal });
}

async function openSource(config: RunConfig, log: Log): Promise<AccessSource> {
  if (config.tokens !== undefined) {
    const onProblem = (message: string) =>
      log.error({ error: message }, 'tokens file cannot be used, the former entries stay');
    return openAccessFile({ file: config.tokens, onProblem });
  }
  const entry = await ensureAdminToken(config.stateDir);
  log.info({ file: adminTokenFile(config.stateDir) }, 'admin token written');
  return onlyTokens([entry]);
}

/** What stands in the way of everything being ready; empty when it is. */
async function waitForOutcome(
  views: LatestViews,
  { timeoutMs, dryRun }: RunConfig,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const deadline = now() + timeoutMs;
  do {
    const outcome = judgeOutcome(views.store.snapshot(), views.host(), { dryRun, now: now() });
    if (outcome.done) return outcome.failures;
    if (now() >= deadline) return [`not everything was ready after ${timeoutMs / 1000} s`];
  } while (await views.change(Math.min(deadline - now(), OUTCOME_EVERY_MS), signal));
  return ['stopped before everything was ready'];
}
