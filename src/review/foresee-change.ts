import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import type { ObservedImage } from '../model/observed.ts';
import { emptyHost } from '../foresee/empty-host.ts';
import { foresee, type Foreseen } from '../foresee/foresee.ts';
import { freeSubnets } from '../plan/free-subnets.ts';
import { imagesOf } from './review-application.ts';
import { withRelated, type SitePair } from './site-pair.ts';

export interface ForeseeOptions {
  readonly networkPool: string;
  /** ms since the epoch */
  readonly now: number;
}

/** A site of the newer revision: of one that is no more a daemon leaves everything as it is. */
export interface StandingPair extends SitePair {
  readonly head: DesiredSite;
}

/**
 * What a change of these applications leads to on a host that is as the base wants it, or on the one that was observed.
 * Of a host that was not, only those are looked at, and whatever they have to do with: of all others their images and
 * the room their networks take are enough.
 */
export function foreseeChange(pair: StandingPair, changed: readonly string[], options: ForeseeOptions): Foreseen {
  const { observed, pruneVerdict } = pair;
  const allowsPrune = () => pruneVerdict?.allowed;
  const earlier = withFormer(pair.head, pair.base);
  if (observed !== undefined) return foresee({ desired: { ...pair.head, earlier }, observed, ...options, allowsPrune });
  const keys = new Set(withRelated(changed, pair));
  const desired = onlyOf({ ...pair.head, earlier }, keys);
  const before = foreseeBase(pair, keys, options);
  return foresee({ ...options, desired, observed: before.observed, now: before.until, allowsPrune });
}

/** The host as the base has brought it about. */
function foreseeBase(
  { base, head }: StandingPair,
  keys: ReadonlySet<string>,
  options: ForeseeOptions,
): Pick<Foreseen, 'observed' | 'until'> {
  const host = emptyHost(head.host.name);
  if (base === undefined) return { observed: host, until: options.now };
  const others = Object.values(base.applications).filter(({ key }) => !keys.has(key));
  const takenSubnets = subnetsOf(others, options.networkPool);
  return foresee({
    ...options,
    desired: onlyOf(base, keys),
    observed: { ...host, images: toImages(others), takenSubnets },
  });
}

/** Each with an id of its own, as if it had been there before Fairlead came: it goes for nobody. */
function toImages(applications: readonly DesiredApplication[]): readonly ObservedImage[] {
  const sandboxes = applications.flatMap(({ instances }) => instances.map(({ sandbox }) => sandbox.image));
  const names = new Set([...sandboxes, ...applications.flatMap((application) => imagesOf(application))]);
  return [...names].sort().map((name) => ({ id: `sha256:${name}`, tags: [name], digests: [] }));
}

/** As many as they need; which ones makes no difference. */
function subnetsOf(applications: readonly DesiredApplication[], pool: string): readonly string[] {
  const count = new Set(applications.map(({ network }) => network)).size;
  const free = freeSubnets(pool, []);
  return Array.from({ length: count }, () => free.next().value).filter((subnet) => subnet !== undefined);
}

/** Which images no version needs any more is not known without its whole history: all stay. */
function onlyOf(site: DesiredSite, keys: ReadonlySet<string>): DesiredSite {
  const pick = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).filter(([key]) => keys.has(key)));
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
