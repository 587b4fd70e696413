import type { RunConfig } from './config.ts';
import { createReviewDesk, type ReviewDesk } from './api/plan/review-desk.ts';
import { SANDBOX_IMAGE } from './docker/sandbox-image.ts';
import type { GitPort } from './git/port.ts';
import type { LatestViews } from './reconcile/latest-views.ts';
import { reviewLive, type LiveState } from './reconcile/review-live.ts';
import { NO_SECRETS } from './reconcile/secret-source.ts';
import { createTreeLoader, type ParsedFiles } from './reconcile/tree-loader.ts';

export interface ReviewAround {
  readonly config: RunConfig;
  readonly git: GitPort;
  readonly views: LatestViews;
}

/** Plans for refs that are not merged. What they hold is kept apart from what is carried out. */
export function openReviews({ config, git, views }: ReviewAround): ReviewDesk {
  const parsed: ParsedFiles = new Map();
  const options = {
    git,
    loaderOf: (merged: GitPort) => createTreeLoader(merged, parsed),
    site: { owner: config.owner, sandboxImage: SANDBOX_IMAGE, site: config.sites?.[0] },
    secrets: () => NO_SECRETS.current(),
    networkPool: config.networkPool,
    limit: config.history,
    state: () => liveState(views),
    now: () => Date.now(),
  };
  return createReviewDesk({
    patterns: config.planRefs,
    review: (ref, signal) => reviewLive(ref, options, signal),
    elapsed: () => performance.now(),
  });
}

function liveState(views: LatestViews): LiveState | undefined {
  const { catalog } = views.repository();
  const { desired, observed } = views.host();
  return catalog === undefined || desired === undefined || observed === undefined
    ? undefined
    : { catalog, desired, observed };
}
