import { emptyHost } from '../foresee/empty-host.ts';
import { foresee, type Foreseen, type ForeseenStep } from '../foresee/foresee.ts';
import type { ChangeRules } from '../model/change-rules.ts';
import type { DesiredSite } from '../model/desired.ts';
import type { HeldRemoval } from '../model/plan.ts';
import { freeSubnets } from '../plan/free-subnets.ts';
import type { BlockedApplication } from '../status/documents.ts';
import { createImageCensus, type ImageCensus } from './image-census.ts';
import { applicationKeys, relatedGroups, type SitePair } from './site-pair.ts';

export interface ForeseeOptions {
  readonly networkPool: string;
  /** ms since the epoch */
  readonly now: number;
}

/** A site of the newer revision: of one that is no more a daemon leaves everything as it is. */
export interface StandingPair extends SitePair {
  readonly head: DesiredSite;
}

/** What comes of a change. */
export interface ForeseenChange {
  /** In the order they are taken. */
  readonly steps: readonly ForeseenStep[];
  readonly held: readonly HeldRemoval[];
  /** Application key → why nothing can be done for it. */
  readonly blocked: Readonly<Record<string, string>>;
  /** What does not come to its end by itself, and is not what it was before. */
  readonly left: readonly BlockedApplication[];
  /** By key, what was looked at: as it is wished, without what the policies do not let be made. */
  readonly admitted: DesiredSite['applications'];
}

/**
 * What a change of these applications leads to on a host that is as the base wants it, or on the one that was observed.
 * Of a host that was not, only those are looked at, and whatever they have to do with, each group of them by itself: of
 * all others their images are enough, unless there is too little room for all their networks.
 */
export function foreseeChange(pair: StandingPair, changed: readonly string[], options: ForeseeOptions): ForeseenChange {
  const { observed, pruneVerdict } = pair;
  const earlier = withFormer(pair.head, pair.base);
  const allowsPrune = () => pruneVerdict?.allowed;
  if (observed !== undefined) {
    return toChange(foresee({ desired: { ...pair.head, earlier }, observed, ...options, allowsPrune }), undefined);
  }
  const census = createImageCensus(pair.base);
  const found = groupsOf(pair, changed, options).map((group) => {
    const keys = new Set(group);
    const desired = onlyOf({ ...pair.head, earlier }, keys);
    const before = foreseeBase(pair, keys, { ...options, census });
    const now = Math.max(options.now, before.until);
    return toChange(foresee({ ...options, desired, observed: before.observed, now, allowsPrune }), before);
  });
  return merge(found);
}

/** All that is removed stands together: whether that is too much at once is one question. */
function groupsOf(
  pair: StandingPair,
  changed: readonly string[],
  options: ForeseeOptions,
): readonly (readonly string[])[] {
  if (!hasRoom(pair, options)) return [applicationKeys(pair)];
  const groups = relatedGroups(changed, pair);
  const isOfRemovals = (group: readonly string[]) => group.some((key) => pair.head.applications[key] === undefined);
  const removals = groups.filter(isOfRemovals).flat();
  return [...(removals.length === 0 ? [] : [removals]), ...groups.filter((group) => !isOfRemovals(group))];
}

/** Whether the networks of both revisions fit into the pool: then it makes no difference which ones they are. */
function hasRoom({ base, head }: StandingPair, { networkPool }: ForeseeOptions): boolean {
  const applications = [base, head].flatMap((site) => Object.values(site?.applications ?? {}));
  const free = freeSubnets(networkPool, []);
  return [...new Set(applications.map(({ network }) => network))].every(() => free.next().value !== undefined);
}

type Base = Pick<Foreseen, 'observed' | 'until' | 'end'>;

/** Whoever waits for a window or a person has had it by now. */
const FREELY: ChangeRules = { suspended: {}, windows: undefined, upgradesBlocked: false };

/** So long ago the base was brought about: it is at rest, and whether a window is open is asked of the present. */
const LONG_AGO_MS = 30 * 86_400_000;

/** The host as the base has brought it about. */
function foreseeBase(
  { base, head }: StandingPair,
  keys: ReadonlySet<string>,
  { census, networkPool, ...options }: ForeseeOptions & { readonly census: ImageCensus },
): Base {
  const now = options.now - LONG_AGO_MS;
  const host = emptyHost(head.host.name);
  if (base === undefined) return { observed: host, until: now, end: { kind: 'done' } };
  const observed = { ...host, images: census.without(keys) };
  return foresee({ networkPool, now, desired: { ...onlyOf(base, keys), changeRules: FREELY }, observed });
}

function toChange({ steps, end, planned }: Foreseen, before: Base | undefined): ForeseenChange {
  const { held, blocked } = planned.plan;
  const change = { steps, held, blocked, admitted: planned.admission.admitted.applications };
  switch (end.kind) {
    case 'done':
      return { ...change, left: [] };
    case 'waits': {
      const known = [...held.map(textOf), ...(before?.end.kind === 'waits' ? before.end.for.map(textOf) : [])];
      return { ...change, left: end.for.filter((wait) => !known.includes(textOf(wait))) };
    }
    case 'endless': {
      const reason = `this has no end: ${end.step === '' ? 'it goes on waiting' : end.step}`;
      return { ...change, left: [{ application: '', reason }] };
    }
    default:
      return end satisfies never;
  }
}

function textOf({ application, reason }: BlockedApplication): string {
  return JSON.stringify([application, reason]);
}

/** Of what several groups need, as an image, each step stays once. */
function merge(found: readonly ForeseenChange[]): ForeseenChange {
  const all = found.flatMap(({ steps }) => steps).sort((a, b) => a.at - b.at);
  const told = new Set<string>();
  const steps = all.filter(({ step }) => {
    if (step.application !== '') return true;
    const isNews = !told.has(step.id);
    told.add(step.id);
    return isNews;
  });
  return {
    steps,
    held: found.flatMap(({ held }) => held),
    blocked: Object.assign({}, ...found.map(({ blocked }) => blocked)) as ForeseenChange['blocked'],
    left: found.flatMap(({ left }) => left),
    admitted: Object.assign({}, ...found.map(({ admitted }) => admitted)) as ForeseenChange['admitted'],
  };
}

/** Which images no version needs any more is not known without its whole history: all stay. */
function onlyOf(site: DesiredSite, keys: ReadonlySet<string>): DesiredSite {
  const pick = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries([...keys].flatMap((key) => (record[key] === undefined ? [] : [[key, record[key]]])));
  return { ...site, applications: pick(site.applications), earlier: pick(site.earlier), versionsComplete: false };
}

/** What ran before is known in its own text, as the history of the repository would tell it. */
function withFormer(head: DesiredSite, base: DesiredSite | undefined): DesiredSite['earlier'] {
  const entries = Object.entries(head.applications).map(([key, application]) => {
    const former = base?.applications[key];
    const known = head.earlier[key] ?? [];
    const isNews = former !== undefined && former.version !== application.version;
    return [key, isNews ? [former, ...known.filter(({ version }) => version !== former.version)] : known] as const;
  });
  return Object.fromEntries(entries);
}
