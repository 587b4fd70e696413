import type { DesiredApplication, DesiredInstance } from '../model/desired.ts';
import type { ObservedApplication, ObservedInstance } from '../model/observed.ts';
import type { TenantQuota } from '../model/quota.ts';
import { isInstanceOf } from '../upgrade/earlier-text.ts';
import { costOfInstance, NO_COST, plus, type Cost } from './cost.ts';
import { exceeded, explainExceeded } from './quotas.ts';

/** What a tenant may have at a site, and what of it wants to have a part in that. */
export interface Share {
  readonly tenant: string;
  readonly quota: TenantQuota;
  readonly applications: readonly DesiredApplication[];
  /** Those that nobody may touch: they count as they run. */
  readonly leftAlone: readonly ObservedApplication[];
  readonly observed: Readonly<Record<string, ObservedApplication>>;
  readonly underWay: ReadonlySet<string>;
  /** Instances that are not made or changed for another reason. */
  readonly withheld: ReadonlySet<string>;
}

interface Wish {
  readonly application: DesiredApplication;
  readonly instance: DesiredInstance;
  readonly found: ObservedInstance | undefined;
  /** `current`: made from the text desired. `outdated`: from another one. `kept`: from another one, and so it stays. */
  readonly kind: 'current' | 'outdated' | 'kept' | 'missing';
}

/**
 * Which instances a quota leaves no room for, with the reason: none where all that is wished fits. Otherwise what is
 * there counts first, whatever it comes to; then what would be brought to another text, all of an application or none of
 * it; then what is missing, of applications that have begun before those that have not. Among equals names decide.
 * A new application counts as begun from its first instance on, so the last place may go to another one while several
 * are begun: nothing on the engine says for certain which came first. What is replaced fits once more when it is gone, so
 * a crash in between loses nothing.
 */
export function shareOut(share: Share): ReadonlyMap<string, string> {
  const wishes = share.applications.flatMap((application) => toWishes(application, share));
  const others = share.leftAlone.flatMap(seenCosts).reduce(plus, NO_COST);
  if (exceeded(share.quota, wishes.map(wishedCost).reduce(plus, others)) === undefined) return new Map();
  const standing = wishes.filter(({ kind }) => kind !== 'missing');
  const updates = fitUpdates(wishes, standing.map(presentCost).reduce(plus, others), share);
  return new Map([...updates.reasons, ...fitAdditions(wishes, updates.taken, share)]);
}

function toWishes(application: DesiredApplication, { observed, underWay, withheld }: Share): readonly Wish[] {
  return application.instances.flatMap((instance): readonly Wish[] => {
    const { key } = instance;
    const found = observed[application.key]?.instances[key];
    const wish = (kind: Wish['kind']) => [{ application, instance, found, kind }];
    if (found === undefined && withheld.has(key)) return [];
    if (underWay.has(key) && !withheld.has(key)) return wish('current');
    if (found === undefined) return wish('missing');
    if (isInstanceOf(instance, found)) return wish('current');
    return wish(withheld.has(key) ? 'kept' : 'outdated');
  });
}

function wishedCost(wish: Wish): Cost {
  return wish.kind === 'kept' ? presentCost(wish) : costOfInstance(wish.instance);
}

/** Of what is there: as it is, not as it is to be. */
function presentCost({ kind, instance, found }: Wish): Cost {
  return kind === 'current' || found === undefined ? costOfInstance(instance) : seenCost(found);
}

/** An application changes as a whole, so that a rollout does not end half way. */
function fitUpdates(wishes: readonly Wish[], taken: Cost, { tenant, quota }: Share) {
  const reasons = new Map<string, string>();
  let total = taken;
  for (const group of groupByApplication(wishes)) {
    const outdated = group.filter(({ kind }) => kind === 'outdated');
    if (outdated.length === 0) continue;
    const after = outdated.reduce(
      (sum, one) => plus(minus(sum, presentCost(one)), costOfInstance(one.instance)),
      total,
    );
    const limit = exceeded(quota, after);
    if (limit === undefined) total = after;
    else for (const { instance } of outdated) reasons.set(instance.key, explainExceeded(tenant, limit, after));
  }
  return { reasons, taken: total };
}

function fitAdditions(wishes: readonly Wish[], taken: Cost, { tenant, quota, observed }: Share) {
  const reasons = new Map<string, string>();
  let total = taken;
  const isNew = ({ application }: Wish) => Number(observed[application.key] === undefined);
  const missing = wishes.filter(({ kind }) => kind === 'missing');
  for (const { instance } of missing.toSorted((a, b) => isNew(a) - isNew(b) || byKey(a, b))) {
    const after = plus(total, costOfInstance(instance));
    const limit = exceeded(quota, after);
    if (limit === undefined) total = after;
    else reasons.set(instance.key, explainExceeded(tenant, limit, after));
  }
  return reasons;
}

/** One whose rollout is under way goes on before another's begins. */
function groupByApplication(wishes: readonly Wish[]): readonly (readonly Wish[])[] {
  const groups = new Map<string, Wish[]>();
  for (const wish of wishes) {
    const group = groups.get(wish.application.key);
    if (group === undefined) groups.set(wish.application.key, [wish]);
    else group.push(wish);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  const isUnderWay = (group: readonly Wish[]) => group.some(({ kind }) => kind === 'current');
  return [...sorted.filter(isUnderWay), ...sorted.filter((group) => !isUnderWay(group))];
}

/** The order of instances within an application stays. */
function byKey(a: Wish, b: Wish): number {
  return a.application.key < b.application.key ? -1 : a.application.key > b.application.key ? 1 : 0;
}

function seenCosts({ instances }: ObservedApplication): readonly Cost[] {
  return Object.values(instances).map(seenCost);
}

/** By the limits that the engine holds; init containers count as they do in a wish. */
function seenCost({ containers }: ObservedInstance): Cost {
  const limits = containers.map(({ identity, resources }) => ({
    role: identity?.role,
    memory: resources.memoryBytes ?? 0,
    cpus: resources.nanoCpus ?? 0,
  }));
  const most = (kind: 'memory' | 'cpus') => {
    const together = limits.filter(({ role }) => role !== 'init-container').reduce((sum, one) => sum + one[kind], 0);
    return Math.max(together, ...limits.map((one) => one[kind]));
  };
  return { instances: 1, memory: most('memory'), cpus: most('cpus') };
}

function minus(a: Cost, b: Cost): Cost {
  return { instances: a.instances - b.instances, memory: a.memory - b.memory, cpus: a.cpus - b.cpus };
}
