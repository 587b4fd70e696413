import type { ChangeRules } from '../model/change-rules.ts';
import { versionName } from '../model/markers.ts';
import type { Condition } from './condition.ts';
import type { Opening } from './window-time.ts';

// Whether an application may change now. One table for every reason there is: plan, log, state and API quote its words.

/**
 * `missing-dependency`: what it depends on is not deployed here, so it waits for a commit, and not for anything that
 * comes to pass by itself.
 */
export type HoldCause = 'suspended' | 'upgrades-blocked' | 'upgrade-window' | 'dependency' | 'missing-dependency';

/** What waits. `change`: anything but another version; `nothing`: it is as wished, and would wait. */
export type Waiting = 'start' | 'upgrade' | 'change' | 'removal' | 'nothing';

/** Why an application is kept as it is. */
export interface Hold {
  readonly cause: HoldCause;
  /** `no upgrade window of site local is open` */
  readonly why: string;
  /** When it ends at the latest, if nothing happens; ms since the epoch; undefined: that is not told by the clock. */
  readonly until: number | undefined;
  readonly waiting: Waiting;
  /** What it would be brought to; '' for none. */
  readonly version: string;
}

type Reason = Pick<Hold, 'cause' | 'why' | 'until'>;

/** How something that an application depends on stands. */
export interface Dependency {
  /** As its tenant calls it. */
  readonly name: string;
  /** `left-alone`: nobody knows what is wished of it; undefined: nothing, it is not deployed here. */
  readonly condition: Condition | { readonly kind: 'left-alone'; readonly isReady: boolean } | undefined;
}

export interface HoldFacts {
  readonly site: string;
  /** Name of the deployment that is suspended; undefined: it is not. */
  readonly suspendedBy: string | undefined;
  readonly rules: Pick<ChangeRules, 'upgradesBlocked'>;
  /** undefined: upgrades may begin at any time. */
  readonly opening: Opening | undefined;
  readonly condition: Condition;
  /** Sorted by name. */
  readonly dependencies: readonly Dependency[];
}

interface Rule {
  /** A sentence of the specification. */
  readonly because: string;
  readonly hold: (facts: HoldFacts) => Reason | undefined;
}

/** First match wins: what needs a commit stands before what ends by itself. */
const RULES: readonly Rule[] = [
  {
    because: 'of what a suspended deployment deploys nothing is changed, be it in the middle of an upgrade',
    hold: ({ suspendedBy }) => (suspendedBy === undefined ? undefined : suspension(suspendedBy)),
  },
  {
    because: 'no upgrade begins at a site where upgrades are blocked',
    hold: ({ site, rules, condition }) =>
      rules.upgradesBlocked && isToBeUpgraded(condition)
        ? { cause: 'upgrades-blocked', why: `upgrades are blocked at site ${site}`, until: undefined }
        : undefined,
  },
  {
    because: 'no upgrade begins while no window of the site is open',
    hold: ({ site, opening, condition }) =>
      opening?.isOpen === false && isToBeUpgraded(condition)
        ? { cause: 'upgrade-window', why: `no upgrade window of site ${site} is open`, until: opening.opensAt }
        : undefined,
  },
  {
    because: 'nothing is started before what it depends on is ready',
    hold: ({ condition, dependencies }) => (condition.isNew ? firstReason(dependencies, unreadiness) : undefined),
  },
  {
    because: 'nothing is upgraded before what it depends on is, and is ready',
    hold: ({ condition, dependencies }) =>
      isToBeUpgraded(condition) ? firstReason(dependencies, (one) => backwardness(one) ?? unreadiness(one)) : undefined,
  },
];

/** undefined: it may change. */
export function judgeHold(facts: HoldFacts): Hold | undefined {
  const { isNew, isOutdated, version } = facts.condition;
  for (const { hold } of RULES) {
    const reason = hold(facts);
    if (reason !== undefined) {
      const waiting = isNew ? 'start' : isOutdated ? 'upgrade' : 'nothing';
      return { ...reason, waiting, version };
    }
  }
  return undefined;
}

/** Of an application that is no longer wished, and that a suspended deployment names. */
export function heldRemoval(deployment: string): Hold {
  return { ...suspension(deployment), waiting: 'removal', version: '' };
}

function suspension(deployment: string): Reason {
  return { cause: 'suspended', why: `deployment ${deployment} is suspended`, until: undefined };
}

/** What has begun is brought to its end, whatever holds up others. */
function isToBeUpgraded({ isOutdated, isUnderWay }: Condition): boolean {
  return isOutdated && !isUnderWay;
}

function firstReason(
  dependencies: readonly Dependency[],
  judge: (dependency: Dependency) => Reason | undefined,
): Reason | undefined {
  for (const dependency of dependencies) {
    const found = judge(dependency);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unreadiness({ name, condition }: Dependency): Reason | undefined {
  if (condition === undefined)
    return { cause: 'missing-dependency', why: `${nounOf(name)} is not deployed here`, until: undefined };
  return condition.isReady ? undefined : because(name, 'is not ready');
}

/** It is not, or not well, in the version that is wished of it. */
function backwardness({ name, condition }: Dependency): Reason | undefined {
  if (condition === undefined || 'kind' in condition) return undefined;
  const version = versionName(condition.version);
  if (condition.hasFailed) return because(name, 'is to be upgraded first, and its upgrade failed');
  if (condition.isUnderWay) return because(name, `is being upgraded to ${version} first`);
  return condition.isOutdated ? because(name, `is to be upgraded to ${version} first`) : undefined;
}

function because(name: string, what: string): Reason {
  return { cause: 'dependency', why: `${nounOf(name)} ${what}`, until: undefined };
}

function nounOf(name: string): string {
  return `application ${name}, which it depends on,`;
}
