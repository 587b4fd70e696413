import type { DesiredInstance, Resources } from '../model/desired.ts';
import type { Marker, ObservedMarker } from '../model/markers.ts';
import { applicationKey, containerName, instanceKey } from '../model/names.ts';
import { sandboxOf } from '../model/observed-instance.ts';
import type { LingeringInstance, ObservedContainer, ObservedResources } from '../model/observed.ts';
import type { Action, Step } from '../model/plan.ts';
import { planRemoval } from './container-steps.ts';
import {
  currentNumber,
  judgeLingering,
  numberIn,
  shutdownCmdOf,
  type JudgedLingering,
  type LingeringFacts,
} from './lingering.ts';
import { removeMarkerAction, toNote } from './marker-actions.ts';
import { ends, toStep, type Purpose } from './steps.ts';

export interface LingeringInput extends LingeringFacts {
  readonly owner: string;
  readonly site: string;
}

/** What is done to one old instance. */
export interface PlannedLingering {
  readonly instance: LingeringInstance;
  /** What it is worked on under: the name it has now. */
  readonly target: string;
  readonly steps: readonly Step[];
}

/**
 * What is done to the old instances in delayed shutdown, for the moment alone: each step follows from what is seen, so
 * that whoever carries on after a crash does. They give their names to what succeeds them, are asked to end when that is
 * ready, and are ended when their time is over. NOTHING HEALS THEM.
 */
export function planLingering(input: LingeringInput): readonly PlannedLingering[] {
  return judgeLingering(input).map((judged) => {
    const { target } = baseOf(input, judged);
    return { instance: judged.instance, target, steps: stepsOf(input, judged) };
  });
}

/** Markers about old instances of which nothing else is left. */
export function planForgottenLingering(input: LingeringInput): readonly Step[] {
  const { lingering = [], markers = [] } = input.observed ?? {};
  const present = new Set(lingering.filter(({ containers }) => containers.length > 0).map((one) => one.sandboxId));
  const key = applicationKey(input.name);
  const purpose: Purpose = { target: key, application: key, intent: 'remove', reason: 'nothing is left of it' };
  return markers
    .filter((marker) => isOfLingering(marker) && !present.has(marker.sandboxId))
    .map((marker) => ({ ...toStep(removeMarkerAction(marker), purpose, []), aside: true }));
}

function isOfLingering(marker: ObservedMarker): marker is ObservedMarker<'lingering' | 'shutdown-asked'> {
  return marker.kind === 'lingering' || marker.kind === 'shutdown-asked';
}

/**
 * Ids of the steps that have to be done before an instance can be made: old ones have the names of its containers, or go
 * because they are in its way. Those under way count, too, though nothing more is planned for what they work on.
 */
export function stepsInTheWay(
  { name, sandbox, initContainers, containers }: DesiredInstance,
  lingering: readonly PlannedLingering[],
): readonly string[] {
  const wanted = new Set([sandbox, ...initContainers, ...containers].map((container) => container.name));
  return lingering.flatMap(({ instance, steps }) => {
    const hasName = instance.containers.some((container) => wanted.has(container.name));
    const isFormer = instance.service === name.service && instance.index === name.index;
    const now = steps.filter(({ awaits }) => awaits === undefined);
    const counts = hasName ? now : now.filter(({ action }) => isFormer && action.kind === 'remove-container');
    return counts.map(({ id }) => id);
  });
}

/** Whether an old instance serves in its place, because it has not been ready since it was made. */
export function isStillServed(
  { name }: DesiredInstance,
  lingering: readonly PlannedLingering[],
  busy: ReadonlySet<string>,
): boolean {
  return lingering.some(({ instance, target }) => {
    const isFormer = instance.service === name.service && instance.index === name.index;
    // It may be being asked just now.
    return isFormer && instance.askedAt === undefined && !busy.has(target);
  });
}

function stepsOf(input: LingeringInput, judged: JudgedLingering): readonly Step[] {
  const { instance, stage } = judged;
  const renamed = stage.kind === 'over' ? [] : renames(input, judged);
  const after = ends(renamed, []);
  const own = purposeOf(input, judged);
  switch (stage.kind) {
    case 'needed': {
      const awaits = `${stage.successor} to be ready`;
      const asked = asking(input, judged, own(`${stage.successor} is ready`), after);
      const removed = removal(input, judged, own('its time is over'), ends(asked, after));
      return [
        ...renamed,
        ...asked.map((step) => ({ ...step, awaits, awaitsUntil: stage.until })),
        ...removed.map(later),
      ];
    }
    case 'due': {
      const asked = asking(input, judged, own(stage.reason), after);
      const removed = removal(input, judged, own('its time is over'), ends(asked, after));
      return [...renamed, ...asked, ...removed.map(later)];
    }
    case 'leaving': {
      const removed = removal(input, judged, own('its time is over'), after);
      return [...renamed, ...removed.map((step) => ({ ...later(step), awaitsUntil: stage.until }))];
    }
    case 'over':
      return removal(input, judged, own(stage.reason), []);
    default:
      throw new TypeError(`${instance.sandboxId} is in no stage: ${String(stage satisfies never)}`);
  }
}

function later(step: Step): Step {
  return { ...step, awaits: 'it to end by itself' };
}

/** The sandbox first: its name says which number is taken. */
function renames(input: LingeringInput, judged: JudgedLingering): readonly Step[] {
  const { containers } = judged.instance;
  const rename = (container: ObservedContainer, after: readonly string[]): readonly Step[] => {
    const name = nameOf(input, judged, container);
    if (container.name === name || container.status === 'removing') return [];
    // For the sake of who is to have the name.
    const holder = numberIn(container.name, input.name, judged.instance.service);
    const purpose: Purpose = {
      ...baseOf(input, judged, holder),
      intent: 'replace',
      reason: 'its predecessor lives on',
    };
    return [toStep({ kind: 'rename-container', name, id: container.id }, purpose, after)];
  };
  const sandbox = sandboxOf({ containers });
  const own = sandbox === undefined ? [] : rename(sandbox, []);
  const members = containers.filter((container) => container !== sandbox);
  return [...own, ...members.flatMap((member) => rename(member, ends(own, [])))];
}

/** From now on what ends has ended: until then the engine has restarted what crashed. */
function asking(
  input: LingeringInput,
  judged: JudgedLingering,
  purpose: Purpose,
  after: readonly string[],
): readonly Step[] {
  const { containers, sandboxId } = judged.instance;
  const members = containers.filter(({ identity }) => identity?.role === 'container');
  const left = members.flatMap((member): readonly Action[] => {
    if (member.restartPolicy === 'no') return [];
    const named = { name: nameOf(input, judged, member), id: member.id };
    return [{ kind: 'update-container', ...named, resources: toResources(member.resources), restart: 'no' }];
  });
  const updates = left.map((action) => aside(toStep(action, purpose, after)));
  const commands = members.flatMap((member) => {
    const cmd = shutdownCmdOf(member, input.desired);
    if (cmd.length === 0 || member.status !== 'running') return [];
    return [{ name: nameOf(input, judged, member), id: member.id, cmd }];
  });
  const { tenant, application } = input.name;
  const marker: Marker = { kind: 'shutdown-asked', tenant, application, sandboxId, at: input.now };
  const name = keyOf(input, judged);
  const begin: Action = { kind: 'begin-delayed-shutdown', name, commands, noted: toNote(marker, input) };
  return [...updates, aside(toStep(begin, purpose, ends(updates, after)))];
}

/** As they are; what the engine's host cannot limit is not limited. */
function toResources({ memoryBytes = 0, nanoCpus = 0, cpuShares = 0 }: ObservedResources): Resources {
  return { memoryBytes, nanoCpus, cpuShares };
}

function removal(
  input: LingeringInput,
  judged: JudgedLingering,
  purpose: Purpose,
  after: readonly string[],
): readonly Step[] {
  const { instance, stage } = judged;
  // Of what is over nothing is renamed any more.
  const name = (container: ObservedContainer) =>
    stage.kind === 'over' ? container.name : nameOf(input, judged, container);
  const containers = instance.containers.map((container) => ({ ...container, name: name(container) }));
  return planRemoval({ containers }, purpose, after).map(aside);
}

function aside(step: Step): Step {
  return { ...step, aside: true };
}

function purposeOf(input: LingeringInput, judged: JudgedLingering): (reason: string) => Purpose {
  return (reason) => ({ ...baseOf(input, judged), intent: 'remove', reason: `delayed shutdown: ${reason}` });
}

function baseOf(
  input: LingeringInput,
  { instance, number }: JudgedLingering,
  current = currentNumber(input.name, instance),
): Pick<Purpose, 'target' | 'application'> {
  const { service } = instance;
  return {
    target: instanceKey({ ...input.name, service, index: current ?? number }),
    application: applicationKey(input.name),
  };
}

function keyOf({ name }: LingeringInput, { instance, number }: JudgedLingering): string {
  return instanceKey({ ...name, service: instance.service, index: number });
}

/** The name a container of an old instance has from now on. */
function nameOf(input: LingeringInput, judged: JudgedLingering, { identity }: ObservedContainer): string {
  const index = judged.number;
  const name = { ...input.name, service: judged.instance.service, index };
  return identity === undefined || identity.role === 'sandbox'
    ? instanceKey(name)
    : containerName(name, identity.container);
}
