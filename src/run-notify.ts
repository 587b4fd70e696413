import type { RunConfig } from './config.ts';
import { followFile } from './followed-file.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics/metrics.ts';
import { parseNotifications, type Notifications } from './notify/notifications-file.ts';
import { openNotifiedFile } from './notify/notified-file.ts';
import { runNotifier, type NotifierOptions } from './notify/notifier.ts';
import { createBell } from './reconcile/bell.ts';
import type { HostView } from './reconcile/host-loop.ts';
import type { LatestViews } from './reconcile/latest-views.ts';
import { PATIENCE_MS } from './reconcile/outcome.ts';
import { reportRevisions } from './reconcile/revision-reports.ts';
import type { Snapshot } from './store/store.ts';

/** What tells the forge and people; made before there is anything to tell. */
export interface Notifier {
  /** There is a new snapshot. */
  see(): void;
  /** Until the signal aborts. */
  run(views: LatestViews, signal: AbortSignal): Promise<void>;
}

/** @throws FileProblems */
export async function openNotifier(config: RunConfig, log: Log, metrics: Pick<Metrics, 'onNotification'>) {
  const { notifications: file } = config;
  if (file === undefined) return SILENT;
  const settings = await followFile<Notifications>({
    file,
    what: 'notifications file',
    parse: parseNotifications,
    onProblem: (message) => log.error({ error: message }, 'notifications file cannot be used, the former one stays'),
  });
  const why = whyNot(config);
  if (why !== undefined) {
    log.info({ reason: why }, 'no commit status and no notification is sent');
    return SILENT;
  }
  return createNotifier(config, settings, { log, metrics });
}

const SILENT: Notifier = { see: () => {}, run: () => Promise.resolve() };

function whyNot({ dryRun, once }: RunConfig): string | undefined {
  if (dryRun) return '--dry-run changes nothing, anywhere';
  return once ? 'a run with --once tells by its exit code' : undefined;
}

function createNotifier(
  { stateDir, branch, dryRun }: RunConfig,
  settings: NotifierOptions['settings'],
  { log, metrics }: { readonly log: Log; readonly metrics: Pick<Metrics, 'onNotification'> },
): Notifier {
  const moved = createBell();
  let isSeen = false;
  const now = () => Date.now();
  const file = openNotifiedFile({
    stateDir,
    onProblem: (error) => {
      if (error === '') log.info('what was notified is kept in the state folder again');
      else log.warn({ error }, 'what was notified cannot be kept in the state folder');
    },
  });
  return {
    see() {
      isSeen = true;
      moved.ring();
    },
    run: (views, signal) => {
      const judge = (snapshot: Snapshot) =>
        reportRevisions({ snapshot, host: views.host(), branch }, { dryRun, now: now() });
      const outward: Omit<NotifierOptions, 'settings' | 'file' | 'moved' | 'now'> = {
        reports: () => (isSeen ? judge(views.store.snapshot()) : []),
        ripensAt: () => ripensAt(views.host(), now()),
        onEnd(target, { outcome, reason }) {
          metrics.onNotification({ target, outcome });
          if (outcome !== 'delivered') log.error({ target, error: reason }, `notification ${outcome}`);
        },
        onTrouble: (target, error) => log.warn({ target, error }, 'notification is tried again'),
      };
      // Whatever goes wrong here, hosts are looked after.
      return runNotifier({ settings, file, moved, now, ...outward }, signal).catch((error: unknown) =>
        log.error({ error: error instanceof Error ? error.name : 'unknown reason' }, 'notifications ended'),
      );
    },
  };
}

/** A host that does not answer is a failure after a while, with no new snapshot. */
function ripensAt({ status, changedAt }: HostView, now: number): number | undefined {
  const at = changedAt + PATIENCE_MS;
  return status === 'down' && at > now ? at : undefined;
}
