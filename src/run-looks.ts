import type { Actions } from './api/actions/actions.ts';
import { followedPath } from './api/webhooks/repository-name.ts';
import { createWebhookReceiver, type WebhookReceiver } from './api/webhooks/receiver.ts';
import { NO_WEBHOOK_SECRETS, parseWebhookSecrets, type WebhookSecrets } from './api/webhooks/secrets-file.ts';
import type { RunConfig } from './config.ts';
import { followFile, type FollowedFile } from './followed-file.ts';
import type { GitPort } from './git/port.ts';
import type { Journal } from './journal/journal.ts';
import { createLookAction } from './journal/look-action.ts';
import type { Log } from './log.ts';
import { createFindRevision } from './reconcile/find-revision.ts';
import type { LatestViews } from './reconcile/latest-views.ts';
import type { Looks } from './reconcile/looks.ts';
import { createRevisionJudge, type RevisionJudge } from './reconcile/revision-judge.ts';

export interface LooksAround {
  readonly config: RunConfig;
  readonly git: GitPort;
  readonly log: Log;
  readonly views: LatestViews;
  readonly journal: Pick<Journal, 'runs'>;
  readonly looks: Looks;
}

export interface OpenedLooks extends Pick<Actions, 'sync'> {
  readonly webhooks: WebhookReceiver;
  readonly judge: RevisionJudge;
}

/** Looks at the repository that are asked for, by webhooks and by hand, and what has come of a commit. */
export async function openLooks(around: LooksAround, signal: AbortSignal): Promise<OpenedLooks> {
  const { config, git, log, views, journal, looks } = around;
  const { branch, dryRun } = config;
  const secrets = await openSecrets(config, log);
  const action = createLookAction({ look: () => looks.ask(), runs: journal.runs, branch });
  action.carryOn();
  const webhooks = createWebhookReceiver({
    secrets: () => secrets.current(),
    followed: { branch, path: followedPath(config.repository) },
    deliver: (delivery) => action.deliver(delivery),
    now: () => Date.now(),
    onRefusal: ({ forge, address }, { status, message }) =>
      log.warn({ forge, address, status, reason: message }, 'webhook refused'),
  });
  const judge = createRevisionJudge({
    snapshot: () => views.store.snapshot(),
    host: () => views.host(),
    find: createFindRevision({ git, limit: Math.max(config.history, FEWEST_WALKED), signal }),
    ...{ branch, dryRun, now: () => Date.now() },
  });
  return { sync: (principal) => action.sync(principal), webhooks, judge };
}

/** A commit that others came after is found, though versions are looked for in less of the history. */
const FEWEST_WALKED = 200;

/** @throws FileProblems */
async function openSecrets({ webhooks: file }: RunConfig, log: Log): Promise<FollowedFile<WebhookSecrets>> {
  if (file === undefined) return { current: () => Promise.resolve(NO_WEBHOOK_SECRETS) };
  return followFile({
    file,
    what: 'file of webhook secrets',
    parse: parseWebhookSecrets,
    onProblem: (message) => log.error({ error: message }, 'webhook secrets cannot be used, the former ones stay'),
  });
}
