import type { DesiredSite } from '../model/desired.ts';
import type { ObservedHost } from '../model/observed.ts';
import type { Ongoing } from '../model/plan.ts';
import { conditionOf, isApparentlyReady, type Condition, type ConditionFacts } from '../upgrade/condition.ts';
import { heldRemoval, judgeHold, type Dependency, type Hold } from '../upgrade/hold.ts';
import { openingAt, type Opening } from '../upgrade/window-time.ts';

export interface HoldInput {
  readonly desired: DesiredSite;
  readonly observed: ObservedHost;
  readonly ongoing: readonly Ongoing[];
  /** ms since the epoch */
  readonly now: number;
}

/** Conditions with what they were told from; passed back in, they save telling the same again. */
export type Conditions = ReadonlyMap<string, { readonly facts: ConditionFacts; readonly condition: Condition }>;

export interface HoldJudge {
  /** Why an application may not change now; undefined: it may. */
  of(key: string): Hold | undefined;
  /** Of those that were asked for. */
  conditions(): Conditions;
}

/** Asks only of those that something could hold up, so that a host without any of it pays nothing. */
export function createHoldJudge(input: HoldInput, former: Conditions | undefined): HoldJudge {
  const { desired, observed, now } = input;
  const { suspended, windows, upgradesBlocked } = desired.changeRules;
  const conditions = new Map<string, { readonly facts: ConditionFacts; readonly condition: Condition }>();
  let opening: Opening | undefined;

  function conditionOfKey(key: string): Condition | undefined {
    const facts = factsOf(key, input);
    if (facts === undefined) return undefined;
    const known = conditions.get(key) ?? former?.get(key);
    const isKnown = known !== undefined && isSame(known.facts, facts);
    const found = isKnown ? known : { facts, condition: conditionOf(facts) };
    conditions.set(key, found);
    return found.condition;
  }

  function dependencyOf(key: string): Dependency {
    const seen = observed.applications[key];
    const leftAlone = { kind: 'left-alone', isReady: isApparentlyReady(seen) } as const;
    const condition = conditionOfKey(key) ?? (desired.leftAlone[key] === undefined ? undefined : leftAlone);
    return { name: key.slice(key.indexOf('.') + 1), condition };
  }

  return {
    of(key) {
      const suspendedBy = suspended[key];
      const needed = desired.dependencies[key] ?? [];
      const isFree = suspendedBy === undefined && needed.length === 0 && windows === undefined && !upgradesBlocked;
      if (isFree) return undefined;
      const condition = conditionOfKey(key);
      if (condition === undefined) return suspendedBy === undefined ? undefined : heldRemoval(suspendedBy);
      if (windows !== undefined) opening ??= openingAt(windows, now);
      const rules = { site: desired.site, rules: { upgradesBlocked }, opening };
      return judgeHold({ ...rules, suspendedBy, condition, dependencies: needed.map(dependencyOf) });
    },
    conditions: () => conditions,
  };
}

function factsOf(key: string, { desired, observed, ongoing }: HoldInput): ConditionFacts | undefined {
  const wanted = desired.applications[key];
  if (wanted === undefined) return undefined;
  const facts = { desired: wanted, earlier: desired.earlier[key] ?? NONE, observed: observed.applications[key] };
  return { ...facts, ongoing: ongoingOf(ongoing, key) };
}

/** Of the instances of one application. */
export function ongoingOf(ongoing: readonly Ongoing[], key: string): readonly Ongoing[] {
  return ongoing.filter(({ target }) => target.startsWith(`${key}.`));
}

const NONE: readonly never[] = [];

function isSame(a: ConditionFacts, b: ConditionFacts): boolean {
  return (
    a.desired === b.desired &&
    a.earlier === b.earlier &&
    a.observed === b.observed &&
    a.ongoing.length === b.ongoing.length &&
    a.ongoing.every((one, index) => one === b.ongoing[index])
  );
}
