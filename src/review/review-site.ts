import type { Foreseen, ForeseenStep } from '../foresee/foresee.ts';
import { runningVersion } from '../model/observed-instance.ts';
import type { Pruning } from '../plan/prune-guard.ts';
import { planRemovals } from '../plan/plan-removals.ts';
import type { ApplicationReview, FieldChange, PullReview, SiteReview } from '../status/documents.ts';
import { foreseeChange, type ForeseeOptions } from './foresee-change.ts';
import { toOperations } from './operations.ts';
import { imagesOf, reviewApplication, type ApplicationPair } from './review-application.ts';
import { applicationKeys, differingApplications, type SitePair } from './site-pair.ts';
import { standingHost } from './standing-host.ts';

export interface SiteReviewOptions extends ForeseeOptions {
  /** Where the documents of an application differ, by its key. */
  readonly fields: ReadonlyMap<string, readonly FieldChange[]>;
  /** Keys of those whose documents differ and make no difference at any site. */
  readonly unfelt: ReadonlySet<string>;
}

/** What changes at one site; undefined: nothing. */
export function reviewSite(pair: SitePair, options: SiteReviewOptions): SiteReview | undefined {
  const { base, head, observed } = pair;
  const site = head ?? base;
  if (site === undefined) return undefined;
  const differing = differingApplications(pair);
  const unfelt = applicationKeys(pair).filter((key) => options.unfelt.has(key));
  const keys = observed === undefined ? [...new Set([...differing, ...unfelt])].sort() : liveKeys(pair);
  if (keys.length === 0 && base !== undefined && head !== undefined) return undefined;
  const foreseen = foreseeChange(pair, differing, options);
  const { steps, planned } = foreseen;
  const { held, blocked } = planned.plan;
  const pulled = pulledImages(steps);
  const applications = keys.flatMap((key) => reviewApplication(toPair(key, pair, { foreseen, pulled, options })) ?? []);
  const change = base === undefined ? 'added' : head === undefined ? 'removed' : 'changed';
  const cleanup = toOperations(steps.filter(isCleanup));
  if (change === 'changed' && applications.length + held.length + cleanup.length === 0) return undefined;
  return {
    site: site.site,
    host: site.host.name,
    change,
    applications,
    pulls: toPulls(pulled, applications),
    held,
    blocked: Object.entries(blocked).map(([application, reason]) => ({ application, reason })),
    cleanup,
  };
}

/** The removals that history has to be asked about, see `SitePair.pruneVerdict`; undefined: none. */
export function removalsToJudge({ base, head, observed }: SitePair): Pruning | undefined {
  if (base === undefined || head === undefined) return undefined;
  return planRemovals({ desired: head, observed: observed ?? standingHost(base) }).pruning;
}

function liveKeys({ base, head, observed }: SitePair): readonly string[] {
  return [...new Set([...applicationKeys({ base, head }), ...Object.keys(observed?.applications ?? {})])].sort();
}

interface Surroundings {
  readonly foreseen: Foreseen;
  readonly pulled: ReadonlySet<string>;
  readonly options: SiteReviewOptions;
}

function toPair(key: string, pair: SitePair, { foreseen, pulled, options }: Surroundings): ApplicationPair {
  const { base, head } = pair;
  const { held, blocked } = foreseen.planned.plan;
  return {
    key,
    base: base?.applications[key],
    head: head?.applications[key],
    fields: options.fields.get(key) ?? [],
    steps: foreseen.steps.filter(({ step }) => step.application === key),
    pulled,
    held: held.find(({ application }) => application === key),
    blocked: blocked[key],
    running: runningVersions(key, pair),
  };
}

/** '' is none. */
function runningVersions(key: string, { base, observed }: SitePair): readonly string[] {
  const instances = Object.values(observed?.applications[key]?.instances ?? {});
  const seen = instances.map((instance) => runningVersion(instance) ?? '');
  const application = base?.applications[key];
  const wished = observed === undefined && application !== undefined ? [application.version ?? ''] : [];
  return [...new Set([...seen, ...wished])].sort();
}

function pulledImages(steps: readonly ForeseenStep[]): ReadonlySet<string> {
  return new Set(steps.flatMap(({ step: { action } }) => (action.kind === 'pull-image' ? [action.image] : [])));
}

function toPulls(pulled: ReadonlySet<string>, applications: readonly ApplicationReview[]): readonly PullReview[] {
  return [...pulled].sort().map((image) => ({
    image,
    applications: applications.filter(({ pulls }) => pulls.includes(image)).map(({ application }) => application),
  }));
}

/** What belongs to none, but for what brings an image. */
function isCleanup({ step }: ForeseenStep): boolean {
  return step.application === '' && step.intent === 'remove';
}
