import type { DesiredApplication, DesiredContainer, DesiredInstance } from '../model/desired.ts';
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
    if (instance !== undefined && isMadeFrom(instance, observed)) return { application, instance };
  }
  return undefined;
}

function isMadeFrom({ sandbox, initContainers, containers }: DesiredInstance, observed: ObservedInstance): boolean {
  const all = [sandbox, ...initContainers, ...containers];
  return observed.containers.length > 0 && observed.containers.every((found) => all.some((one) => isOf(one, found)));
}

function isOf({ role, container, configHash }: DesiredContainer, { identity }: ObservedContainer): boolean {
  return identity?.role === role && identity.container === container && identity.configHash === configHash;
}
