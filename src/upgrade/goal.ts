import type { DesiredApplication } from '../model/desired.ts';
import type { MarkerKind, ObservedMarker } from '../model/markers.ts';
import { hasOtherValues } from '../model/made-from.ts';
import { runningVersion, sandboxOf } from '../model/observed-instance.ts';
import type { ObservedInstance } from '../model/observed.ts';
import type { UpgradeFacts } from './decision.ts';
import { chooseRule } from './rule.ts';

/** What an application is being brought to. */
export interface Goal {
  readonly application: DesiredApplication;
  readonly isOutdated: (instance: ObservedInstance) => boolean;
  /** That upgrades to it have failed: nothing more is upgraded. */
  readonly aborted: ObservedMarker<'upgrade-aborted'> | undefined;
  /** The failed upgrade that it takes back; undefined when it takes back none. */
  readonly failed: ObservedMarker<'upgrade-aborted'> | undefined;
  /** Why a failed upgrade is not taken back though it should be; '' where nothing stands in the way. */
  readonly noWayBack: string;
}

/** The newest wish; or what was before it, where that failed and the author wants it so (`on-failure: rollback`). */
export function goalOf({ desired, earlier, markers }: Pick<UpgradeFacts, 'desired' | 'earlier' | 'markers'>): Goal {
  const aborted = findMarker(markers, 'upgrade-aborted', desired.target);
  const newest: Goal = {
    application: desired,
    isOutdated: (one) => isOutdated(one, desired),
    aborted,
    failed: undefined,
    noWayBack: '',
  };
  if (aborted === undefined) return newest;
  const rule = chooseRule(desired.upgradeFrom, aborted.from);
  const former = earlier.find(({ version }) => version !== desired.version && aborted.from.includes(version ?? ''));
  if (rule?.onFailure !== 'rollback' || former === undefined) return newest;
  if (former.refused !== undefined) {
    return { ...newest, noWayBack: `not rolled back to version ${former.version ?? '(none)'}: ${former.refused}` };
  }
  return {
    // By the same method, from whatever runs.
    application: { ...former, upgradeFrom: [{ ...rule, versionRegexp: '', onFailure: 'stop' }] },
    isOutdated: (one) => isOutdated(one, former),
    aborted: findMarker(markers, 'upgrade-aborted', former.target),
    failed: aborted,
    noWayBack: '',
  };
}

/** Of another version; or made with other values, where that asks for the upgrade procedure (avassa-reference 2.7). */
function isOutdated(instance: ObservedInstance, { version, instances }: DesiredApplication): boolean {
  if (runningVersion(instance) !== version) return true;
  const variables = instances.find(({ key }) => key === instance.key)?.variables;
  return variables?.onChange === 'upgrade' && hasOtherValues(variables, sandboxOf(instance)?.identity);
}

export function findMarker<K extends MarkerKind>(
  markers: readonly ObservedMarker[],
  kind: K,
  target: string,
): ObservedMarker<K> | undefined {
  return markers.find(
    (marker): marker is ObservedMarker<K> => marker.kind === kind && 'target' in marker && marker.target === target,
  );
}

/** Of other targets; and the beginning of one that has failed since. */
export function outOfDate(
  { application, failed, aborted }: Goal,
  { markers }: UpgradeFacts,
): readonly ObservedMarker[] {
  const failures = [application.target, failed?.target];
  return markers.filter((marker) => {
    if (marker.kind === 'upgrade') return aborted !== undefined || marker.target !== application.target;
    // As long as the version to go back to is not known, nor is whether that has failed already.
    const mayBeOfRollback = marker.kind === 'upgrade-aborted' && aborted?.from.includes(marker.to) === true;
    return marker.kind === 'upgrade-aborted' && !failures.includes(marker.target) && !mayBeOfRollback;
  });
}
