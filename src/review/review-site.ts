import type { ForeseenStep } from '../foresee/foresee.ts';
import { runningVersion } from '../model/observed-instance.ts';
import type { Pruning } from '../plan/prune-guard.ts';
import { planRemovals } from '../plan/plan-removals.ts';
import { openingAt } from '../upgrade/window-time.ts';
import { compareTexts } from '../spec/problems.ts';
import type { ApplicationReview, FieldChange, PullReview, SiteReview } from '../status/documents.ts';
import { foreseeChange, type ForeseenChange, type ForeseeOptions, type StandingPair } from './foresee-change.ts';
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
  const { steps, held, left: blocked } = foreseen;
  const pulled = pulledImages(steps);
  const surroundings = { foreseen, steps: byApplication(steps), pulled, options };
  const applications = keys.flatMap((key) => reviewApplication(toPair(key, pair, surroundings)) ?? []);
  const shared = toOperations(steps.filter(isShared).toSorted(byTimeAndTarget));
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

/** The removals that history has to be asked about, see `SitePair.pruneVerdict`; undefined: none. */
export function removalsToJudge({ base, head, observed }: SitePair): Pruning | undefined {
  if (base === undefined || head === undefined) return undefined;
  return planRemovals({ desired: head, observed: observed ?? standingHost(base) }).pruning;
}

function liveKeys({ base, head, observed }: SitePair): readonly string[] {
  return [...new Set([...applicationKeys({ base, head }), ...Object.keys(observed?.applications ?? {})])].sort();
}

interface Surroundings {
  readonly foreseen: ForeseenChange;
  readonly steps: ReadonlyMap<string, readonly ForeseenStep[]>;
  readonly pulled: ReadonlySet<string>;
  readonly options: SiteReviewOptions;
}

function toPair(key: string, pair: StandingPair, { foreseen, steps, pulled, options }: Surroundings): ApplicationPair {
  const { base, head } = pair;
  const { held, blocked, left } = foreseen;
  const { own, opensAt } = sinceOpening(steps.get(key) ?? [], head, options.now);
  const waits = own.length > 0 ? undefined : left.find(({ application }) => application === key)?.reason;
  return {
    key,
    base: base?.applications[key],
    head: foreseen.admitted[key] ?? head.applications[key],
    fields: options.fields.get(key) ?? [],
    steps: own,
    pulled,
    opensAt,
    held: held.find(({ application }) => application === key),
    hindered: blocked[key] ?? head.leftAlone[key] ?? waits,
    running: runningVersions(key, pair),
  };
}

/** Of what waits for a window the time from its opening on is told: when that is does not hang on when one asks. */
function sinceOpening(steps: readonly ForeseenStep[], { changeRules }: StandingPair['head'], now: number) {
  const opening = changeRules.windows && openingAt(changeRules.windows, now);
  if (opening === undefined || opening.isOpen) return { own: steps, opensAt: undefined };
  const wait = opening.opensAt - now;
  if (steps.length === 0 || steps.some(({ at }) => at < wait)) return { own: steps, opensAt: undefined };
  return { own: steps.map(({ step, at }) => ({ step, at: at - wait })), opensAt: opening.opensAt };
}

function byApplication(steps: readonly ForeseenStep[]): ReadonlyMap<string, readonly ForeseenStep[]> {
  const groups = new Map<string, ForeseenStep[]>();
  for (const one of steps) {
    const group = groups.get(one.step.application);
    if (group === undefined) groups.set(one.step.application, [one]);
    else group.push(one);
  }
  return groups;
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

/** The order in which different things are done at one time is accidental. */
function byTimeAndTarget(a: ForeseenStep, b: ForeseenStep): number {
  return a.at - b.at || compareTexts(a.step.target, b.step.target);
}

/** What belongs to no single application; pulls are told by themselves. */
function isShared({ step }: ForeseenStep): boolean {
  return step.application === '' && step.action.kind !== 'pull-image';
}
