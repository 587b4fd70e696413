import type { SiteOptions } from '../desired/site-context.ts';
import { removalsToJudge } from '../review/review-site.ts';
import type { SitePair } from '../review/site-pair.ts';
import { deployedApplications } from './deployed-applications.ts';
import { isPruneAllowed } from './prune-permission.ts';
import type { ReadRevisionOptions } from './read-revision.ts';

export type JudgeRemovalsOptions = ReadRevisionOptions & { readonly site: SiteOptions };

/** Asks history about more removals than are always carried out. @throws GitError */
export async function judgeRemovals(pair: SitePair, options: JudgeRemovalsOptions): Promise<SitePair> {
  const pruning = removalsToJudge(pair);
  if (pruning === undefined || pair.head === undefined) return pair;
  const { head } = pair;
  const site = { ...options.site, site: head.site };
  const deployedAt = (revision: string) => deployedApplications(options.loader, revision, site);
  const allowed = await isPruneAllowed(head.revision, pruning, { ...options, deployedAt });
  return { ...pair, pruneVerdict: { applications: pruning.applications, allowed } };
}
