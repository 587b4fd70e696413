import type { UnplacedInstance } from '../model/desired.ts';
import { shortInstanceName } from '../model/names.ts';
import type { UpgradeRule } from '../model/upgrade-rule.ts';
import type { ApplicationReview } from '../status/documents.ts';
import type { ApplicationPair } from './review-application.ts';

export interface Classified extends ApplicationPair {
  readonly rule: UpgradeRule | undefined;
  /** Instances that are stopped and made anew without an upgrade procedure. */
  readonly uncoordinated: readonly string[];
}

export type Verdict = Pick<ApplicationReview, 'change' | 'reason'>;

interface Rule {
  readonly applies: (facts: Classified) => boolean;
  readonly change: Verdict['change'];
  readonly reason: (facts: Classified) => string;
}

/** First match wins. What is in the way comes first: then nothing else happens. */
const RULES: readonly Rule[] = [
  { applies: ({ held }) => held !== undefined, change: 'waiting', reason: ({ held }) => held?.reason ?? '' },
  { applies: ({ hindered }) => hindered !== undefined, change: 'waiting', reason: ({ hindered }) => hindered ?? '' },
  { applies: ({ base }) => base === undefined, change: 'added', reason: ofNew },
  { applies: ({ head }) => head === undefined, change: 'removed', reason: () => 'it is no longer deployed here' },
  { applies: ({ rule }) => rule !== undefined, change: 'upgraded', reason: ofUpgrade },
  { applies: ({ uncoordinated }) => uncoordinated.length > 0, change: 'restarted', reason: ofRestart },
  { applies: ({ steps }) => steps.length > 0, change: 'changed', reason: ofChange },
  { applies: (facts) => newlyUnplaced(facts).length > 0, change: 'waiting', reason: () => 'what runs stays as it is' },
  { applies: () => true, change: 'untouched', reason: () => 'what runs stays as it is' },
];

/** What kind of change it is, and why, in a sentence. */
export function classify(facts: Classified): Verdict {
  const rule = RULES.find(({ applies }) => applies(facts));
  if (rule === undefined) throw new TypeError('the last rule applies to everything');
  const unplaced = newlyUnplaced(facts).map(
    ({ name, reason }) => `; ${shortInstanceName(name)} is not placed: ${reason}`,
  );
  return { change: rule.change, reason: [rule.reason(facts), ofWindow(facts), ...unplaced].join('') };
}

function ofWindow({ opensAt }: Classified): string {
  if (opensAt === undefined) return '';
  const time = new Date(opensAt).toISOString().replace('.000Z', 'Z');
  return `; it waits for an upgrade window of the site, the next opens at ${time}`;
}

function newlyUnplaced({ base, head }: Classified): readonly UnplacedInstance[] {
  const before = new Set(base?.unplaced.map(({ key }) => key));
  return (head?.unplaced ?? []).filter(({ key }) => !before.has(key));
}

function ofNew({ head }: Classified): string {
  return head?.version === undefined ? 'without a version' : `version ${head.version}`;
}

function ofUpgrade(facts: Classified): string {
  return `${versions(facts)}, by the entry of upgrade-from for /${facts.rule?.versionRegexp ?? ''}/`;
}

/** Loud: nobody waits for one instance before the next. */
function ofRestart(facts: Classified): string {
  const { base, head, uncoordinated } = facts;
  if (base?.version !== head?.version)
    return `${versions(facts)}, and no entry of upgrade-from matches ${versionOf(base)}`;
  const count = uncoordinated.length === 1 ? '1 instance is' : `${uncoordinated.length} instances are`;
  const unfollowed =
    head === undefined || head.upgradeFrom.length === 0 ? '' : ', so no entry of upgrade-from is followed';
  return `its specification changed without a new version${unfollowed}: ${count} restarted at once`;
}

function ofChange({ base, head }: Classified): string {
  const before = base?.version === head?.version ? '' : `version ${versionOf(base)} → ${versionOf(head)}; `;
  return `${before}what stays is not restarted`;
}

function versions({ running, head }: Classified): string {
  const from = running.filter((version) => version !== (head?.version ?? '')).map((version) => version || '(none)');
  return `version ${from.join(', ')} → ${versionOf(head)}`;
}

function versionOf(application: ApplicationPair['base']): string {
  return application?.version ?? '(none)';
}
