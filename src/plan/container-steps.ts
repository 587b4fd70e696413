import type { DesiredContainer } from '../model/desired.ts';
import type { ObservedContainer, ObservedInstance } from '../model/observed.ts';
import type { Action, ActionOf, Step } from '../model/plan.ts';
import type { Verdict } from './container-rules.ts';
import { logToKeep } from './keep-log.ts';
import { chain, ends, type Purpose } from './steps.ts';

// What the verdicts on one container come to, as actions and steps.

/** The verdicts for which more has to be known than the container. */
export type InPlaceVerdict = Exclude<Verdict, { kind: 'replace' | 'announce' }>;

/** The actions of a verdict that keeps the container. */
export function inPlace(
  verdict: InPlaceVerdict,
  desired: DesiredContainer,
  observed: ObservedContainer,
): readonly Action[] {
  const { id } = observed;
  switch (verdict.kind) {
    case 'keep':
    case 'wait':
      return [];
    case 'start':
      return [startAction(desired, observed)];
    case 'restart':
      return [...stopActions(observed), startAction(desired, observed)];
    case 'unpause':
      return [{ kind: 'unpause-container', name: observed.name, id }];
    case 'update':
      return [
        { kind: 'update-container', name: observed.name, id, resources: desired.resources, restart: desired.restart },
      ];
    case 'rename':
      return [{ kind: 'rename-container', name: desired.name, id }];
    default:
      return verdict satisfies never;
  }
}

/** Makes it and starts it; the labels make it ours. */
export function creationActions(
  container: DesiredContainer,
  labels: Readonly<Record<string, string>>,
): readonly [ActionOf<'create-container'>, Action] {
  return [{ kind: 'create-container', container, labels }, startAction(container, container)];
}

/** `named`: it may have been renamed. */
export function startAction({ prepare }: DesiredContainer, named: { readonly name: string }): Action {
  return { kind: 'start-container', name: named.name, prepare };
}

/** A paused process cannot hear a signal, so it is woken first. */
export function stopActions(container: ObservedContainer): readonly Action[] {
  const { name, id, stopTimeoutMs: graceMs } = container;
  if (!isActive(container)) return [];
  const stop: Action = { kind: 'stop-container', name, id, graceMs };
  return container.status === 'paused' ? [{ kind: 'unpause-container', name, id }, stop] : [stop];
}

/** `Status` tells; the engine's `Running` is true for one that is between two restarts, too. */
function isActive({ status }: ObservedContainer): boolean {
  return ['running', 'paused', 'restarting', 'unknown'].includes(status);
}

export function removal(container: ObservedContainer, purpose: Purpose, after: readonly string[]): readonly Step[] {
  return chain([...stopActions(container), removeAction(container)], purpose, after);
}

/** Stops and removes every container of an instance: the members together, the sandbox last. */
export function planRemoval(
  observed: Pick<ObservedInstance, 'containers'>,
  purpose: Purpose,
  after: readonly string[],
): readonly Step[] {
  const isSandbox = (container: ObservedContainer) => container.identity?.role === 'sandbox';
  const members = observed.containers.filter((container) => !isSandbox(container));
  const removed = members.flatMap((member) => removal(member, purpose, after));
  const sandboxes = observed.containers.filter(isSandbox);
  return [...removed, ...sandboxes.flatMap((sandbox) => chain([removeAction(sandbox)], purpose, ends(removed, after)))];
}

function removeAction(container: ObservedContainer): Action {
  const { name, id } = container;
  return { kind: 'remove-container', name, id, log: logToKeep(container) };
}
