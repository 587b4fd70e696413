import type { RunConfig } from './config.ts';
import { createReviewThread } from './aside/review-thread.ts';
import { createReviewDesk, type ReviewDesk } from './api/plan/review-desk.ts';
import { SANDBOX_IMAGE } from './docker/sandbox-image.ts';
import type { GitPort } from './git/port.ts';
import type { LatestViews } from './reconcile/latest-views.ts';
import type { LiveState } from './reconcile/answer-live.ts';
import { reviewLive, type LiveReviewOptions } from './reconcile/review-live.ts';
import { NO_SECRETS } from './reconcile/secret-source.ts';
import { warningsOf } from './signatures/admission.ts';
import type { VerificationGate } from './verification/gate.ts';

export interface ReviewAround {
  readonly config: RunConfig;
  readonly git: GitPort;
  /** undefined: nothing has to be signed. */
  readonly gate: Pick<VerificationGate, 'judge'> | undefined;
  readonly views: LatestViews;
}

/** Plans for refs that are not merged. What they hold is kept apart from what is carried out. */
export function openReviews({ config, git, gate, views }: ReviewAround): ReviewDesk {
  const options = {
    git,
    answer: createReviewThread(git),
    ...(gate && { warn: warnBy(gate, config) }),
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

function warnBy(gate: Pick<VerificationGate, 'judge'>, { verify }: RunConfig): LiveReviewOptions['warn'] {
  return async (commit, signal) => warningsOf(commit, verify?.mode ?? 'commit', await gate.judge(commit, signal));
}

function liveState(views: LatestViews): LiveState | undefined {
  const { catalog } = views.repository();
  const { desired, observed } = views.host();
  return catalog === undefined || desired === undefined || observed === undefined
    ? undefined
    : { catalog, desired, observed };
}
