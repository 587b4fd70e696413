import type { DesiredApplication } from '../model/desired.ts';
import { sandboxOf } from '../model/observed-instance.ts';
import type { ObservedApplication, ObservedInstance } from '../model/observed.ts';
import type { Ongoing } from '../model/plan.ts';
import { findText, type EarlierText } from './earlier-text.ts';
import type { Hold } from './hold.ts';

export interface KeptFacts {
  readonly desired: DesiredApplication;
  /** What it would be brought to. */
  readonly goal: DesiredApplication;
  /** Its earlier versions, newest first, as far as they are known. */
  readonly earlier: readonly DesiredApplication[];
  readonly observed: ObservedApplication | undefined;
  readonly hold: Hold;
  /** What this process is in the middle of with its instances. */
  readonly ongoing: readonly Ongoing[];
}

/**
 * While an application has to wait: each of its instances in the text it is kept in. What is there is kept in the text it
 * was made from, where that is known; one that is lost comes back as the others are, in the old version where that can
 * be. What was never made stays unmade: that would be a change.
 */
export function keptTexts(facts: KeptFacts): readonly EarlierText[] {
  const { desired, earlier, observed } = facts;
  const known = [...earlier, desired];
  const instances = Object.values(observed?.instances ?? {});
  const found = instances.map((observed) => ({ observed, text: findText(observed, known) }));
  // What is left of an instance may be alike in a text that is not known and in the wished one.
  const isAnotherTextRunning = found.some(({ text }) => text === undefined);
  const present = found.flatMap(({ observed: one, text }) => {
    const isDoubtful = isAnotherTextRunning && text?.application === facts.goal && !isWhole(text, one);
    return text === undefined || isDoubtful ? [] : [text];
  });
  const running = new Set(present.map(({ application }) => application));
  const old = known.filter((one) => one !== facts.goal && (running.has(one) || isBeingMended(one, facts.ongoing)));
  const kept = new Set(instances.map(({ key }) => key));
  const lost = [...old, facts.goal].flatMap((application) =>
    application.instances.flatMap((instance) => {
      const comesBack = application !== facts.goal || mayComeBack(instance.key, { ...facts, isMixed: old.length > 0 });
      if (kept.has(instance.key) || !comesBack) return [];
      kept.add(instance.key);
      return [{ application, instance }];
    }),
  );
  return [...present, ...lost];
}

function isWhole({ instance: { initContainers, containers } }: EarlierText, observed: ObservedInstance): boolean {
  return observed.containers.length >= 1 + initContainers.length + containers.length;
}

/** Nothing may be left of an instance for a moment, while it is made anew in its text. */
export function isBeingMended({ hash }: DesiredApplication, ongoing: readonly Ongoing[]): boolean {
  return ongoing.some(({ desiredHash }) => desiredHash === hash);
}

/**
 * Whether one that is not there was, in the very text that is wished: it is being worked on; or nothing but that text runs
 * any more, though the upgrade to it is not at its end; or what runs came from the commit that is in force.
 */
function mayComeBack(
  key: string,
  { goal, observed, hold, ongoing, isMixed }: KeptFacts & { readonly isMixed: boolean },
): boolean {
  if (ongoing.some(({ target, desiredHash }) => target === key && desiredHash === goal.hash)) return true;
  const isUpgrading = (observed?.markers ?? []).some(
    (marker) => marker.kind === 'upgrade' && marker.target === goal.target,
  );
  if (isMixed) return false;
  return isUpgrading || (hold.cause === 'suspended' && hasRevision(observed, goal.revision));
}

function hasRevision(observed: ObservedApplication | undefined, revision: string): boolean {
  const sandboxes = Object.values(observed?.instances ?? {}).map((one: ObservedInstance) => sandboxOf(one));
  return sandboxes.some((sandbox) => sandbox?.identity?.revision === revision);
}
