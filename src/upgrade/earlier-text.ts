import type { DesiredApplication, DesiredContainer, DesiredInstance } from '../model/desired.ts';
import { isMadeFrom } from '../model/made-from.ts';
import type { ObservedContainer, ObservedInstance } from '../model/observed.ts';

export interface EarlierText {
  readonly application: DesiredApplication;
  readonly instance: DesiredInstance;
}

/** The very text an instance was made from, among those known; undefined when none of them is. */
export function findText(
  observed: ObservedInstance,
  applications: readonly DesiredApplication[],
): EarlierText | undefined {
  for (const application of applications) {
    const instance = application.instances.find(({ key }) => key === observed.key);
    if (instance !== undefined && isInstanceOf(instance, observed)) return { application, instance };
  }
  return undefined;
}

/** Whether this text, and no other, is what its containers were made from; some may be missing. */
export function isInstanceOf(
  { sandbox, initContainers, containers }: DesiredInstance,
  observed: ObservedInstance,
): boolean {
  const all = [sandbox, ...initContainers, ...containers];
  return observed.containers.length > 0 && observed.containers.every((found) => all.some((one) => isOf(one, found)));
}

function isOf(desired: DesiredContainer, { identity }: ObservedContainer): boolean {
  const { role, container } = desired;
  return identity?.role === role && identity.container === container && isMadeFrom(desired, identity.configHash);
}
