import { hostname } from 'node:os';
import { apiRoutes } from './api/routes.ts';
import { startApi, type Api } from './api/pipeline/server.ts';
import { createSessions } from './api/sessions/sessions.ts';
import type { RunConfig } from './config.ts';
import type { SiteOptions } from './desired/site-context.ts';
import { parseEndpoint } from './docker/endpoint.ts';
import { openDocker } from './docker/engine.ts';
import type { DockerPort } from './docker/port.ts';
import { measureCalls } from './docker/measure-calls.ts';
import { SANDBOX_IMAGE } from './docker/sandbox-image.ts';
import { measureFetches } from './git/measure-fetches.ts';
import { openRepository } from './git/open.ts';
import type { GitPort } from './git/port.ts';
import type { Narrator } from './events.ts';
import { logEvent, type Log } from './log.ts';
import { openJournal, type Journal } from './journal/journal.ts';
import { createRestartAction } from './journal/restart-action.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { hideSecrets } from './model/secret-values.ts';
import { pause } from './reconcile/bell.ts';
import { deployedApplications } from './reconcile/deployed-applications.ts';
import { createDesire } from './reconcile/desire.ts';
import { createHostLoop, type HostLoop } from './reconcile/host-loop.ts';
import { createLatestViews, type LatestViews } from './reconcile/latest-views.ts';
import { createLooks, type LookDesk } from './reconcile/looks.ts';
import { isPruneAllowed } from './reconcile/prune-permission.ts';
import { runRepositoryLoop, type RepositoryLoopOptions, type RepositoryView } from './reconcile/repository-loop.ts';
import { runningRevisions, runningVersions } from './reconcile/running-versions.ts';
import { NO_SECRETS, type SecretSource } from './reconcile/secret-source.ts';
import { createTreeLoader } from './reconcile/tree-loader.ts';
import { createVersionedRepository } from './reconcile/versioned-repository.ts';
import { builtInSiteLabels } from './spec/site-labels.ts';
import { openTokens } from './run-access.ts';
import { openCertificate } from './run-certificate.ts';
import { openLooks } from './run-looks.ts';
import { openNotifier } from './run-notify.ts';
import { createCheckThread } from './aside/check-thread.ts';
import { openVerification } from './run-verification.ts';
import { openSignedPulls } from './run-signatures.ts';
import { waitForOutcome } from './run-outcome.ts';
import { openReviews } from './run-review.ts';
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
  const metrics = createMetrics({ version, now, process: true });
  const opened = openRepository(config.repository, {
    ...{ branch: config.branch, treePath: config.path },
    directory: `${config.stateDir}/git`,
    access: config.repositoryAccess,
    environment: env,
  });
  const git = measureFetches(opened, metrics);
  const gate = await openVerification(config, git, log);
  const journal = await openJournal({ stateDir: config.stateDir, now, onProblem: (...told) => logLoss(log, ...told) });
  const notifier = await openNotifier(config, log, metrics);
  const views = createLatestViews({
    site: { site: LOCAL, labels: builtInSiteLabels(LOCAL) },
    host: LOCAL,
    now,
    onSnapshot: (...snapshots) => {
      journal.see(...snapshots);
      notifier.see();
    },
  });
  const around = { config, env, git, gate, log, views, journal, metrics, looks: createLooks() };
  const loops = await createLoops(around, until);
  const api = await serve({ ...around, version }, loops, until);
  log.info({ address: api.address, scheme: config.tls === undefined ? 'http' : 'https' }, 'api listening');
  try {
    const telling = notifier.run(views, until);
    const work = loops.run().finally(() => stopping.abort());
    const outcome = config.once ? waitForOutcome(views, config, until) : undefined;
    const failures = await Promise.race([work.then(() => outcome ?? []), ...(outcome === undefined ? [] : [outcome])]);
    stopping.abort();
    await Promise.all([work, telling]);
    for (const failure of failures) log.error({ error: failure }, 'not as desired');
    return failures.length === 0 ? 0 : 1;
  } finally {
    stopping.abort();
    await api.close();
    await journal.close();
    await claim.release();
    log.info('stopped; what runs goes on');
  }
}

/** The state API, with what it shows and what it can set in motion. */
async function serve(around: Serving, loops: Loops, signal: AbortSignal): Promise<Api> {
  const { config, log, views, journal, metrics, version } = around;
  const { tokens, logins } = await openTokens(config, log, signal);
  const { events, runs, audit } = journal;
  const { owner, dryRun } = config;
  const sessions = createSessions({ engine: loops.docker, host: () => views.host(), owner, audit, runs, dryRun, now });
  const restart = createRestartAction({ ask: loops.restart, runs, audit, dryRun: config.dryRun });
  const { sync, ...looking } = await openLooks(around, signal);
  return startApi({
    store: views.store,
    tokens,
    listen: config.listen,
    routes: apiRoutes({
      ...{ version, logins, events, runs, audit, actions: { restart, sync }, sessions, metrics, ...looking },
      reviews: openReviews(around),
      isEnding: () => signal.aborted,
    }),
    checkAside: createCheckThread(),
    tls: await openCertificate(config, log, metrics.onCertificate),
    watch: metrics.requests,
    ending: signal,
    onError: (error) => log.error({ error: String(error) }, 'request failed'),
  });
}

/** Several sites at once come later. */
function checkSites({ sites = [] }: RunConfig): void {
  if (sites.length > 1) throw new Error(`not supported yet: several sites at once (${sites.join(', ')}); name one`);
}

/** What the loops work with. */
interface Surroundings extends Pick<RunOptions, 'config' | 'env'> {
  readonly git: GitPort;
  readonly gate: Awaited<ReturnType<typeof openVerification>>;
  readonly log: Log;
  readonly views: LatestViews;
  readonly journal: Journal;
  readonly metrics: Metrics;
  readonly looks: LookDesk;
}

interface Serving extends Surroundings {
  readonly version: string;
}

interface Loops extends Pick<HostLoop, 'restart'> {
  readonly docker: DockerPort;
  /** Ends when the signal aborts. */
  run(): Promise<void>;
}

/** Told once, and once that it is over: nothing else suffers. */
function logLoss(log: Log, what: 'events' | 'runs' | 'audit', problem: string): void {
  if (problem === '') log.info({ what }, 'kept in the state folder again');
  else log.warn({ what, error: problem }, 'cannot be kept in the state folder');
}

const now = () => Date.now();

/** Repository and host, joined by what they see: the desired site goes from one to the other, views to the store. */
async function createLoops(around: Surroundings, signal: AbortSignal): Promise<Loops> {
  const { config, git, gate, log, views, journal, metrics, looks } = around;
  const loader = createTreeLoader(git);
  const site: SiteOptions = { owner: config.owner, sandboxImage: SANDBOX_IMAGE, site: config.sites?.[0] };
  const narrate: Narrator = (event) => {
    logEvent(log, event);
    metrics.narrate(event);
    journal.tell(event, views.store.snapshot());
  };
  const deployedAt = (revision: string) => deployedApplications(loader, revision, site);
  const pruneOptions = { git, limit: config.history, deployedAt, signal };
  const secrets = NO_SECRETS;
  const settings = await hostSettings(around, secrets);
  const hostLoop = createHostLoop({
    ...settings,
    narrate,
    onPass: metrics.onPass,
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
  const publish = (view: RepositoryView) => repository.publish(view);
  return {
    docker: settings.docker,
    restart: (instance, options) => hostLoop.restart(instance, options),
    async run() {
      void views.hostObserved.then(() => repository.lookAgain());
      const repositoryLoop = runRepositoryLoop(
        { git, gate, loader, pollMs, historyLimit, ...whatRuns(views, signal), now, narrate, publish, looks },
        signal,
      );
      await Promise.all([hostLoop.run(signal), repositoryLoop, repository.run(signal)]);
    },
  };
}

async function hostSettings({ config, env, log, metrics }: Surroundings, secrets: SecretSource) {
  const hide = (text: string) => hideSecrets(text, secrets.current());
  const opened = openDocker(parseEndpoint(config.docker), { configFile: config.dockerConfig, hide });
  const docker = measureCalls(opened, metrics);
  return {
    docker,
    signedPulls: await openSignedPulls(config, { docker, log, env }),
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

/** How long a broken file's last good text is looked for on a host that does not answer. */
const FIRST_LOOK_MS = 10_000;
