import type { DesiredApplication } from '../model/desired.ts';
import { runningVersion } from '../model/observed-instance.ts';
import type { ObservedApplication, ObservedInstance } from '../model/observed.ts';
import type { Ongoing } from '../model/plan.ts';
import { findText } from './earlier-text.ts';
import { goalOf } from './goal.ts';
import { isBeingMended } from './kept-texts.ts';
import { apparentReadiness, readinessOf } from './readiness.ts';

/** How an application stands to what is wished of it, for whoever asks whether it may change, or depends on it. */
export interface Condition {
  /** Nothing of it is here, nor was it begun to be made. */
  readonly isNew: boolean;
  /** Some of what runs is to be upgraded. */
  readonly isOutdated: boolean;
  /** It is between two versions: an upgrade of it has begun and is not at its end. */
  readonly isUnderWay: boolean;
  /** The upgrade to what is wished of it failed, and it stays as it is. */
  readonly hasFailed: boolean;
  /** Everything that is wished of it runs and is ready, in whatever version. */
  readonly isReady: boolean;
  /** What it is brought to; '' for none. */
  readonly version: string;
}

export interface ConditionFacts {
  readonly desired: DesiredApplication;
  /** Its earlier versions, as far as they are known. */
  readonly earlier: readonly DesiredApplication[];
  readonly observed: ObservedApplication | undefined;
  /** What this process is in the middle of with its instances. */
  readonly ongoing: readonly Ongoing[];
}

export function conditionOf({ desired, earlier, observed, ongoing }: ConditionFacts): Condition {
  const markers = observed?.markers ?? [];
  const goal = goalOf({ desired, earlier, markers });
  const instances = Object.values(observed?.instances ?? {});
  const known = [goal.application, ...earlier, desired];
  const wanted = goal.application.instances.map(({ key }) => observed?.instances[key]);
  const old = earlier.filter(({ version }) => version !== goal.application.version);
  const isMendedInOld = old.some((one) => isBeingMended(one, ongoing));
  return {
    isNew: instances.length === 0 && !isBegun(observed) && ongoing.length === 0,
    isOutdated: instances.some((one) => goal.isOutdated(one)) || (instances.length === 0 && isMendedInOld),
    isUnderWay: isBetween(observed),
    hasFailed: goal.aborted !== undefined || goal.failed !== undefined,
    isReady: goal.application.unplaced.length === 0 && wanted.every((one) => isReady(one, known)),
    version: goal.application.version ?? '',
  };
}

/** Its network is the first thing to be made, and goes with it. A network that others share tells nothing. */
function isBegun(observed: ObservedApplication | undefined): boolean {
  return (observed?.networks ?? []).length > 0 || (observed?.markers ?? []).some(({ kind }) => kind === 'upgrade');
}

/**
 * An upgrade to whatever version is noted, several versions run, or something of one whose upgrade was aborted. One that
 * was taken back has come to an end.
 */
function isBetween(observed: ObservedApplication | undefined): boolean {
  const versions = new Set(Object.values(observed?.instances ?? {}).map((one) => runningVersion(one) ?? ''));
  const isUnfinished = (observed?.markers ?? []).some(
    (marker) => marker.kind === 'upgrade' || (marker.kind === 'upgrade-aborted' && versions.has(marker.to)),
  );
  return versions.size > 1 || isUnfinished;
}

function isReady(observed: ObservedInstance | undefined, known: readonly DesiredApplication[]): boolean {
  if (observed === undefined) return false;
  const text = findText(observed, known);
  const readiness = text === undefined ? apparentReadiness(observed) : readinessOf(text.instance, observed);
  return readiness.kind === 'ready';
}

/** Of one of which no text counts: whether what runs of it is well, as far as that can be told. */
export function isApparentlyReady(observed: ObservedApplication | undefined): boolean {
  const instances = Object.values(observed?.instances ?? {});
  return instances.length > 0 && instances.every((one) => apparentReadiness(one).kind === 'ready');
}
