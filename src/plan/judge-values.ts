import type { DesiredInstance } from '../model/desired.ts';
import { hasOtherValues, isMadeFrom } from '../model/made-from.ts';
import type { Verdict } from './container-rules.ts';
import type { Pair, WithSandbox } from './sort-containers.ts';

/**
 * What an instance needs because its mutable variables have other values now than it was made with (avassa-reference
 * 2.7): to be made anew, where the application says no more than that. An upgrade brings them where it says so, and
 * nothing where they are to be ignored; undefined. `waits`: its turn in an upgrade has not come.
 */
export function judgeValues({ variables }: DesiredInstance, sorted: WithSandbox, waits: boolean): Verdict | undefined {
  const mayCome = variables.onChange === 'restart' || (variables.onChange === 'upgrade' && !waits);
  if (!mayCome || !hasOtherValues(variables, sorted.sandbox.identity)) return undefined;
  return { kind: 'replace', intent: 'replace', reason: reasonOf(sorted) };
}

/** A hash does not tell which variable changed, nor whether it is the text that refers to others now. */
function reasonOf({ sandbox, initContainers, members }: WithSandbox): string {
  const isOfThisText = ({ desired, observed }: Pair) =>
    observed === undefined || isMadeFrom(desired, observed.identity?.configHash);
  const hadValues = sandbox.identity?.variables !== '';
  const isValue = hadValues && [...initContainers, ...members].every(isOfThisText);
  return isValue ? 'the value of a variable changed' : 'its specification changed';
}
