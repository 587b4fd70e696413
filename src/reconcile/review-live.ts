import type { SiteOptions } from '../desired/site-context.ts';
import type { GitPort } from '../git/port.ts';
import type { SecretValues } from '../model/secret-values.ts';
import type { ReviewDocument } from '../status/documents.ts';
import type { LiveQuestion, LiveState } from './answer-live.ts';

export interface LiveReviewOptions {
  readonly git: Pick<GitPort, 'fetchRef'>;
  /** `answerLive`, wherever that is done. @throws GitError, NoSiteError */
  readonly answer: (question: LiveQuestion, signal: AbortSignal) => Promise<ReviewDocument>;
  /** What would keep a commit from coming into force as it is, in sentences; default: nothing. @throws GitError */
  readonly warn?: ((commit: string, signal: AbortSignal) => Promise<readonly string[]>) | undefined;
  readonly site: Omit<SiteOptions, 'secrets'>;
  readonly secrets: () => SecretValues;
  readonly networkPool: string;
  /** First parents walked back at most. */
  readonly limit: number;
  /** undefined: not everything has been read yet. */
  readonly state: () => LiveState | undefined;
  /** ms since the epoch */
  readonly now: () => number;
}

/** The repository or the host has not been read so far. */
export class NotReadYetError extends Error {
  constructor() {
    super('the repository or the host has not been read so far; try again in a moment');
    this.name = 'NotReadYetError';
  }
}

/**
 * What would be done if a ref of the repository were merged now, on the host as it is now: drift is made good with it.
 * Nothing is carried out, and nothing that follows the branch is disturbed.
 * @param ref a full name, see `toFullRef`
 * @throws GitError, NoSiteError, NotReadYetError
 */
export async function reviewLive(
  ref: string,
  options: LiveReviewOptions,
  signal: AbortSignal,
): Promise<ReviewDocument> {
  const { git, answer, warn, state, secrets, now, site, networkPool, limit } = options;
  const revision = await git.fetchRef(ref, signal);
  const warnings = (await warn?.(revision, signal)) ?? [];
  const live = state();
  if (live === undefined) throw new NotReadYetError();
  const question = { ref, revision, live, site, networkPool, limit, warnings };
  return await answer({ ...question, secrets: secrets(), now: now() }, signal);
}
