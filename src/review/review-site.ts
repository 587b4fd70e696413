import type { Foreseen, ForeseenStep } from '../foresee/foresee.ts';
import { runningVersion } from '../model/observed-instance.ts';
import type { Pruning } from '../plan/prune-guard.ts';
import { planRemovals } from '../plan/plan-removals.ts';
import type {
  ApplicationReview,
  BlockedApplication,
  FieldChange,
  PullReview,
  SiteReview,
} from '../status/documents.ts';
import { foreseeChange, type ForeseeOptions, type StandingPair } from './foresee-change.ts';
import { toOperations } from './operations.ts';
import { reviewApplication, type ApplicationPair } from './review-application.ts';
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
  const { base, head } = pair;
  if (head !== undefined) return reviewStanding({ ...pair, head }, options);
  const nothing = { applications: [], pulls: [], held: [], blocked: [], shared: [] };
  return base && { site: base.site, host: base.host.name, change: 'removed', ...nothing };
}

function reviewStanding(pair: StandingPair, options: SiteReviewOptions): SiteReview | undefined {
  const { base, head, observed } = pair;
  const differing = differingApplications(pair);
  const unfelt = applicationKeys(pair).filter((key) => options.unfelt.has(key));
  const keys = observed === undefined ? [...new Set([...differing, ...unfelt])].sort() : liveKeys(pair);
  if (keys.length === 0 && base !== undefined) return undefined;
  const foreseen = foreseeChange(pair, differing, options);
  const { steps, planned } = foreseen;
  const pulled = pulledImages(steps);
  const applications = keys.flatMap((key) => reviewApplication(toPair(key, pair, { foreseen, pulled, options })) ?? []);
  const [shared, blocked] = [toOperations(steps.filter(isShared)), blockedAtEnd(foreseen)];
  const { held } = planned.plan;
  const found = applications.length + held.length + blocked.length + shared.length;
  if (base !== undefined && found === 0) return undefined;
  return {
    site: head.site,
    host: head.host.name,
    change: base === undefined ? 'added' : 'changed',
    applications,
    pulls: toPulls(pulled, applications),
    held,
    blocked,
    shared,
  };
}

/** What does not come to its end by itself. */
function blockedAtEnd({ end, planned }: Foreseen): readonly BlockedApplication[] {
  switch (end.kind) {
    case 'done':
      return [];
    case 'waits': {
      const held = new Set(planned.plan.held.map(({ application }) => application));
      return end.for.filter(({ application }) => !held.has(application));
    }
    case 'endless':
      return [{ application: '', reason: `this has no end: ${end.step === '' ? 'it goes on waiting' : end.step}` }];
    default:
      return end satisfies never;
  }
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

function toPair(key: string, pair: StandingPair, { foreseen, pulled, options }: Surroundings): ApplicationPair {
  const { base, head } = pair;
  const { held, blocked } = foreseen.planned.plan;
  return {
    key,
    base: base?.applications[key],
    head: head.applications[key],
    fields: options.fields.get(key) ?? [],
    steps: foreseen.steps.filter(({ step }) => step.application === key),
    pulled,
    held: held.find(({ application }) => application === key),
    hindered: blocked[key] ?? head.leftAlone[key],
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

/** What belongs to no single application; pulls are told by themselves. */
function isShared({ step }: ForeseenStep): boolean {
  return step.application === '' && step.action.kind !== 'pull-image';
}
