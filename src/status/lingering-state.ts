import type { DesiredApplication } from '../model/desired.ts';
import { instanceKey } from '../model/names.ts';
import type { ObservedApplication, ObservedContainer } from '../model/observed.ts';
import { judgeLingering, type JudgedLingering, type LingeringStage } from '../plan/lingering.ts';
import { beginShutdownId } from '../plan/steps.ts';
import type { ContainerState, InstanceState } from './documents.ts';
import { formatTime } from './format.ts';
import { observedInstanceState } from './observed-instance-state.ts';

export interface LingeringStateFacts {
  readonly desired: DesiredApplication | undefined;
  readonly observed: ObservedApplication | undefined;
  readonly host: string;
  /** Failed steps: id → message. */
  readonly failures: ReadonlyMap<string, string>;
  readonly now: number;
}

/** Old instances in their delayed shutdown, each under the number it has meanwhile (contract 3). */
export function lingeringStates({ desired, observed, ...facts }: LingeringStateFacts): readonly InstanceState[] {
  if (observed === undefined) return [];
  const { name, volumes } = observed;
  const judged = judgeLingering({ name, desired, observed, volumes, now: facts.now });
  return judged.map((one) => lingeringState(one, observed, facts));
}

function lingeringState(
  { instance, number, stage }: JudgedLingering,
  { name, volumes }: ObservedApplication,
  { host, failures, now }: Pick<LingeringStateFacts, 'host' | 'failures' | 'now'>,
): InstanceState {
  const { service, containers } = instance;
  const key = instanceKey({ ...name, service, index: number });
  const found = { key, service, index: number, containers };
  const state = observedInstanceState({ application: name, observed: found, volumes, host, now });
  const members = state.containers.map((container) => leaving(container, containers));
  const failure = failures.get(beginShutdownId(key));
  return {
    ...state,
    'oper-status': members.some(isRunning) ? 'running' : 'admin-down',
    ...(failure === undefined ? {} : { 'error-message': failure }),
    progress: `delayed shutdown: ${progressOf(stage)}`,
    lingering: true,
    containers: members,
  };
}

/** Nobody wants it to run on: that it has ended is no error. */
function leaving(state: ContainerState, containers: readonly ObservedContainer[]): ContainerState {
  const { 'error-message': message, ...rest } = state;
  const found = containers.find(({ identity }) => identity?.role === 'container' && identity.container === state.name);
  const runs = found !== undefined && ['running', 'paused', 'restarting'].includes(found.status);
  const said = runs && message !== undefined ? { 'error-message': message } : {};
  return { ...rest, ...said, 'oper-status': runs ? 'running' : 'admin-down', ready: runs && state.ready };
}

function isRunning(container: ContainerState): boolean {
  return container['oper-status'] === 'running';
}

function progressOf(stage: LingeringStage): string {
  switch (stage.kind) {
    case 'needed':
      return `begins when ${stage.successor} is ready, at the latest at ${formatTime(stage.until)}`;
    case 'due':
      return 'begins';
    case 'leaving':
      return `ends by itself, at the latest at ${formatTime(stage.until)}`;
    case 'over':
      return stage.reason;
    default:
      return stage satisfies never;
  }
}
