import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import type { ObservedHost, ObservedImage } from '../model/observed.ts';
import { emptyHost } from '../foresee/empty-host.ts';
import { foresee, type Foreseen } from '../foresee/foresee.ts';
import { freeSubnets } from '../plan/free-subnets.ts';
import { imagesOf } from './review-application.ts';
import { applicationKeys, withRelated, type SitePair } from './site-pair.ts';

export interface ForeseeOptions {
  readonly networkPool: string;
  /** ms since the epoch */
  readonly now: number;
}

/**
 * What a change of these applications leads to on a host that is as the base wants it, or on the one that was observed.
 * Of a host that was not, only those are looked at, and whatever they have to do with: of all others their images and
 * the room their networks take are enough.
 */
export function foreseeChange(pair: SitePair, changed: readonly string[], options: ForeseeOptions): Foreseen {
  const { observed, pruneVerdict } = pair;
  const keys = observed === undefined ? withRelated(changed, pair) : applicationKeys(pair);
  const head = onlyOf(pair.head ?? deserted(pair.base), keys);
  const desired = { ...head, earlier: withFormer(head, pair.base), versionsComplete: false };
  const before = observed === undefined ? foreseeBase(pair, keys, options) : { observed, until: options.now };
  const { networkPool } = options;
  const given = { desired, observed: before.observed, now: before.until, networkPool };
  return foresee({ ...given, allowsPrune: () => pruneVerdict?.allowed });
}

/** The host as the base has brought it about. */
function foreseeBase(
  { base, head }: SitePair,
  keys: readonly string[],
  { networkPool, now }: ForeseeOptions,
): Pick<Foreseen, 'observed' | 'until'> {
  const host = emptyHost((base ?? head)?.host.name ?? '');
  if (base === undefined) return { observed: host, until: now };
  const others = Object.values(base.applications).filter(({ key }) => !keys.includes(key));
  const observed = { ...host, images: toImages(others), takenSubnets: subnetsOf(others, networkPool) };
  return foresee({ desired: { ...onlyOf(base, keys), versionsComplete: false }, observed, networkPool, now });
}

/** Each with an id of its own, as if it had been there before Fairlead came: it goes for nobody. */
function toImages(applications: readonly DesiredApplication[]): readonly ObservedImage[] {
  const names = new Set(applications.flatMap((application) => imagesOf(application)));
  return [...names].sort().map((name) => ({ id: `sha256:${name}`, tags: [name], digests: [] }));
}

/** As many as they need; which ones makes no difference. */
function subnetsOf(applications: readonly DesiredApplication[], pool: string): readonly string[] {
  const count = new Set(applications.map(({ network }) => network)).size;
  const free = freeSubnets(pool, []);
  return Array.from({ length: count }, () => free.next().value).filter((subnet) => subnet !== undefined);
}

function onlyOf(site: DesiredSite, keys: readonly string[]): DesiredSite {
  const pick = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).filter(([key]) => keys.includes(key)));
  return { ...site, applications: pick(site.applications), earlier: pick(site.earlier) };
}

/** What is desired of a site that is no more: nothing. */
function deserted(base: DesiredSite | undefined): DesiredSite {
  if (base === undefined) throw new TypeError('a site is of one revision at least');
  return { ...base, applications: {}, earlier: {}, leftAlone: {}, awaited: [], frozenTenants: {} };
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
