import type { ApplicationEntry, Snapshot } from '../store/store.ts';

/**
 * How an application stands to what is wished, a closed set. `synced`: as desired; `out-of-sync`: steps are left;
 * `unknown`: it was not compared yet, or its version is still looked for; the others as `Standing`.
 */
export const SYNC_STATUSES = [
  ...(['synced', 'out-of-sync', 'upgrading', 'aborted', 'rejected', 'held', 'blocked', 'waiting', 'unknown'] as const),
] as const;
export type SyncStatus = (typeof SYNC_STATUSES)[number];

/** Tells it of the entries of one snapshot. */
export function createSyncStatus({ plan, figures }: Snapshot): (key: string, entry: ApplicationEntry) => SyncStatus {
  const steps = [...(plan?.steps ?? []), ...(plan?.later.map(({ step }) => step) ?? []), ...figures.inFlight];
  const unfinished = new Set(steps.map(({ application }) => application));
  return (key, { standing }) => {
    switch (standing) {
      case 'rejected':
      case 'held':
      case 'blocked':
      case 'waiting':
      case 'aborted':
      case 'upgrading':
        return standing;
      case 'awaited':
        return 'unknown';
      case 'free':
        if (plan === undefined) return 'unknown';
        return unfinished.has(key) ? 'out-of-sync' : 'synced';
      default:
        return standing satisfies never;
    }
  };
}
