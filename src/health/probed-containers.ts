import type { DesiredApplication, DesiredContainer } from '../model/desired.ts';
import type { ObservedApplication, ObservedContainer, ObservedInstance } from '../model/observed.ts';
import { findText } from '../upgrade/earlier-text.ts';

/** A container as it is, and the text that says what it may be asked. */
export interface ProbedContainer {
  readonly desired: DesiredContainer;
  readonly observed: ObservedContainer;
  readonly instance: ObservedInstance;
  /** The application network of that text. */
  readonly network: string;
}

/**
 * The running containers of an application with what is to be asked of them: what the text says that their instance was
 * made from or, where that is not known, what its successor will be. `texts`: the newest, then earlier ones.
 */
export function probedContainers(
  texts: readonly DesiredApplication[],
  observed: ObservedApplication,
): readonly ProbedContainer[] {
  const [newest] = texts;
  return Object.values(observed.instances).flatMap((seen) => {
    const text = findText(seen, texts);
    const instance = text?.instance ?? newest?.instances.find(({ key }) => key === seen.key);
    const network = text?.application.network ?? newest?.network ?? '';
    return (instance?.containers ?? []).flatMap((desired) => {
      const found = ownOf(desired, seen);
      return found?.status === 'running' ? [{ desired, observed: found, instance: seen, network }] : [];
    });
  });
}

/** By its labels, as the plan finds it: while somebody has it renamed, what its probes found must not be forgotten. */
function ownOf({ name, role, container }: DesiredContainer, { containers }: ObservedInstance) {
  const candidates = containers.filter(({ identity }) => identity?.role === role && identity.container === container);
  return candidates.find((candidate) => candidate.name === name) ?? candidates[0];
}
