import type { DesiredApplication } from '../model/desired.ts';
import { instanceKey, shortInstanceName } from '../model/names.ts';
import type { ObservedApplication } from '../model/observed.ts';
import type { Step } from '../model/plan.ts';
import { removeVolumeAction } from './instance-volumes.ts';
import { ends, toStep } from './steps.ts';

interface VolumeRemovalInput {
  readonly key: string;
  /** Absent: every volume that may go goes. */
  readonly desired: DesiredApplication | undefined;
  readonly observed: ObservedApplication | undefined;
  readonly busy: ReadonlySet<string>;
  /** What else is done to the application. */
  readonly steps: readonly Step[];
  readonly reason: string;
}

/**
 * Ephemeral volumes and config maps go with what they were made for (avassa-reference 2.5), after everything that is
 * done to their instance: a container may still have them. Those of an instance that lives on beside its successor stay
 * as long as it does. PERSISTENT VOLUMES ARE NEVER REMOVED.
 */
export function planVolumeRemovals(input: VolumeRemovalInput): readonly Step[] {
  const { key, desired, observed, busy, steps, reason } = input;
  const wanted = new Set(desired?.instances.flatMap(({ volumes }) => volumes.map(({ name }) => name)));
  const kept = new Set([
    ...(desired?.unplaced ?? []).map((instance) => instance.key),
    ...(observed?.lingering ?? []).map(({ service, index }) => `${key}.${shortInstanceName({ service, index })}`),
    ...steps.flatMap(({ action, target }) => (action.kind === 'create-marker' ? [target] : [])),
  ]);
  return (observed?.volumes ?? [])
    .filter(({ kind, name }) => kind !== 'persistent' && !wanted.has(name))
    .flatMap((volume) => {
      const target = instanceKey(volume.identity);
      if (kept.has(target) || busy.has(target)) return [];
      // What is done to an old instance of this name is done to another than the one it was made for.
      const own = steps.filter((step) => step.target === target && step.aside !== true);
      const purpose = {
        target,
        application: key,
        intent: 'remove' as const,
        reason: `volume ${volume.volume}: ${reason}`,
      };
      const step = toStep(removeVolumeAction(volume), purpose, ends(own, []));
      // Whether its instance is at rest by then is an accident, and must not decide what is said.
      return [{ ...step, aside: true as const }];
    });
}
