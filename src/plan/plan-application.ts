import type { DesiredApplication } from '../model/desired.ts';
import type { ApplicationName } from '../model/names.ts';
import type { ObservedApplication, ObservedInstance, ObservedNetwork, ObservedVolume } from '../model/observed.ts';
import type { Ongoing, Step } from '../model/plan.ts';
import type { KnownSigners } from '../model/signature-demand.ts';
import type { FailedStep, UpgradeDecision, UpgradeProgress } from '../upgrade/decision.ts';
import { decideUpgrade } from '../upgrade/decide.ts';
import type { Hold } from '../upgrade/hold.ts';
import type { ImageIndex } from './image-presence.ts';
import { settingsOf } from './lingering.ts';
import { removeMarkerAction } from './marker-actions.ts';
import { everything } from './missing.ts';
import { planDeparture } from './plan-departure.ts';
import { planHeld, planHeldRemoval } from './plan-held.ts';
import { planLingering } from './plan-lingering.ts';
import { planForgetting, planNotes } from './plan-markers.ts';
import { planPast } from './plan-past.ts';
import { heal, planTurn, whenItsTurn } from './plan-turns.ts';
import { planVolumeRemovals } from './plan-volume-removals.ts';
import { isNeeded, networkExists, planImages, planNetwork, toMissing } from './prepare-application.ts';
import type { RestartRequest } from './restarts.ts';
import { chain, ends, type Purpose } from './steps.ts';

/** Everything that decides what one application needs on one host; equal inputs, equal steps. */
export interface ApplicationInput {
  readonly key: string;
  readonly name: ApplicationName;
  /** Absent: everything of it goes. */
  readonly desired: DesiredApplication | undefined;
  /** Earlier versions of it, newest first, as far as they are known. */
  readonly earlier: readonly DesiredApplication[];
  readonly observed: ObservedApplication | undefined;
  /** Its own, those included that outlived it. */
  readonly volumes: readonly ObservedVolume[];
  /** Of every tenant. */
  readonly sharedNetworks: readonly ObservedNetwork[];
  readonly owner: string;
  readonly site: string;
  readonly images: ImageIndex;
  /** Of applications whose images need no signature, nobody asks. */
  readonly signers: KnownSigners;
  /** Pulls that succeeded a moment ago: step id → hash of the application as it was to be then. */
  readonly freshPulls: ReadonlyMap<string, string>;
  /** For its network, when it has none yet. */
  readonly subnet: string | undefined;
  /** Targets a step is under way for: nothing more is planned for these. */
  readonly busy: ReadonlySet<string>;
  /** Targets that are being repaired or updated; of an application without upgrade procedures nobody asks. */
  readonly mending: ReadonlySet<string>;
  /** Why nothing of it may change now; undefined: it may. */
  readonly hold: Hold | undefined;
  /** What its instances are in the middle of; of one that may change nobody asks. */
  readonly ongoing: readonly Ongoing[];
  readonly failedSteps: readonly FailedStep[];
  /** Those for its instances that are not noted on the engine yet. */
  readonly restarts: readonly RestartRequest[];
  /** ms since the epoch */
  readonly now: number;
}

export interface ApplicationPlan {
  readonly steps: readonly Step[];
  /** Hash of what it is brought to: the newest wish, or what was before one that failed. */
  readonly hash: string;
  readonly upgrade: UpgradeProgress | undefined;
  /** Why nothing of it changes now, and what would; undefined: nothing stands in its way. */
  readonly hold: Hold | undefined;
  /** The same inputs give other steps from then on, ms since the epoch; undefined: never. */
  readonly until: number | undefined;
}

/** The steps of one application. What runs is stopped only when the network and every image it needs are there. */
export function planApplication(input: ApplicationInput): ApplicationPlan {
  const { desired, hold } = input;
  if (desired === undefined) {
    const steps = planApplicationRemoval(input);
    const free = { steps, hash: '', upgrade: undefined, hold: undefined, until: nextChange(steps) };
    return hold === undefined ? free : planHeldRemoval({ input, hold, free });
  }
  const decision = decideUpgrade({
    ...input,
    desired,
    instances: input.observed?.instances ?? {},
    markers: input.observed?.markers ?? [],
    ongoing: input.mending,
  });
  const free = planDesired(input, decision);
  return hold === undefined ? free : planHeld({ input, hold, free }, desired, decision);
}

/** When a step that waits for a time will be planned otherwise; undefined: none does. */
function nextChange(steps: readonly Step[], ...others: readonly (number | undefined)[]): number | undefined {
  const times = [...steps.map(({ awaitsUntil }) => awaitsUntil), ...others].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

function planDesired(input: ApplicationInput, decision: UpgradeDecision): ApplicationPlan {
  const { application } = decision;
  const network = planNetwork(input, application);
  const { instances } = application;
  const pulls = planImages(input, application, instances);
  const missing = toMissing(input, application, { pulls, instances });
  const notes = planNotes(decision.notes, input, everything(missing));
  const lingering = planLingering({ ...input, desired: application });
  const removed = planSurplus(input, decision, everything(missing));
  // The network is being made, or there is no room for it: instances follow at a later look.
  const hasNetwork = networkExists(input, application) || network.length > 0;
  const untouched = hasNetwork ? input.busy : new Set([...input.busy, ...application.instances.map(({ key }) => key)]);
  const kept = application.instances
    .filter(({ key }) => !untouched.has(key))
    .flatMap((instance) => planTurn(instance, { input, decision, missing, lingering }));
  const stay = application.unplaced
    .filter(({ key, stays }) => stays && !untouched.has(key))
    .flatMap((instance) => heal(instance, { input, decision, missing, lingering }));
  const noted = notes.slice(-1).map(({ id }) => id);
  const behind = (step: Step): Step => ({ ...step, after: [...step.after, ...noted] });
  const work = [...removed, ...kept, ...stay].map(behind);
  const needed = pulls.filter((pull) => isNeeded(pull, [...notes, ...work]));
  const past = planPast(input, lingering);
  const steps = [...network, ...needed, ...notes, ...past, ...work, ...planForgetting(decision, input.key, noted)];
  const volumes = planUnwantedVolumes(input, decision, { steps, untouched }).map(behind);
  const { hash } = application;
  const until = nextChange(past, decision.wakeAt);
  return { steps: [...steps, ...volumes], hash, upgrade: decision.progress, hold: undefined, until };
}

/** Data that no text wants any more goes when the upgrade is over: until then the old version may come back. */
function planUnwantedVolumes(
  input: ApplicationInput,
  { application: desired, progress }: UpgradeDecision,
  { steps, untouched }: { readonly steps: readonly Step[]; readonly untouched: ReadonlySet<string> },
): readonly Step[] {
  if (progress !== undefined && progress.state !== 'rolled-back') return [];
  return planVolumeRemovals({ ...input, desired, busy: untouched, steps, reason: 'not in its specification' });
}

/**
 * Instances the specification no longer has: the highest numbers of a service go at once, but all of a service only
 * when its successor may come, with network and images (contract 8.4: removed services last).
 */
function planSurplus(
  input: ApplicationInput,
  { application, surplus }: UpgradeDecision,
  whenReady: readonly string[],
): readonly Step[] {
  if (surplus?.kind === 'stay') return [];
  // What runs of an instance that cannot be placed runs on: a host whose labels change throws nobody out.
  const wishes = [...application.instances, ...application.unplaced];
  const wanted = new Set(wishes.map((instance) => instance.key));
  const steps = Object.values(input.observed?.instances ?? {})
    .filter((instance) => !wanted.has(instance.key) && !input.busy.has(instance.key))
    .flatMap((instance) => {
      const replicas = wishes.filter(({ name }) => name.service === instance.service).length;
      const purpose = surplusPurpose(input.key, instance, replicas);
      const delayedShutdown = settingsOf(instance, application);
      return planDeparture(instance, { purpose, after: replicas === 0 ? whenReady : [], delayedShutdown }, input);
    });
  return surplus?.kind === 'later' ? steps.map((step) => whenItsTurn(step, surplus)) : steps;
}

function surplusPurpose(application: string, instance: ObservedInstance, replicas: number): Purpose {
  const { service } = instance;
  const count = replicas === 1 ? '1 replica' : `${replicas} replicas`;
  const reason = replicas === 0 ? `service ${service} is gone` : `service ${service} has ${count}`;
  return { target: instance.key, application, intent: 'remove', reason };
}

/** The instances go side by side, then their volumes and the networks. Persistent volumes stay (contract 2). */
function planApplicationRemoval(input: ApplicationInput): readonly Step[] {
  const { key, observed, busy } = input;
  const reason = 'the application is no longer deployed here';
  const instances = Object.values(observed?.instances ?? {});
  const removed = instances
    .filter((instance) => !busy.has(instance.key))
    .flatMap((instance) => {
      const purpose: Purpose = { target: instance.key, application: key, intent: 'remove', reason };
      return planDeparture(instance, { purpose, after: [], delayedShutdown: settingsOf(instance, undefined) }, input);
    });
  const lingering = planLingering(input);
  const past = planPast(input, lingering);
  const stays = lingering.length > 0 || removed.some(({ action }) => action.kind === 'create-marker');
  if (stays || instances.some((instance) => busy.has(instance.key))) return [...removed, ...past];
  const after = ends(removed, []);
  const purpose: Purpose = { target: key, application: key, intent: 'remove', reason };
  const forgotten = new Set(past.map(({ id }) => id));
  const markers = (observed?.markers ?? []).flatMap((marker) => chain([removeMarkerAction(marker)], purpose, after));
  return [
    ...removed,
    ...past,
    ...planVolumeRemovals({ ...input, desired: undefined, steps: removed, reason }),
    ...(observed?.networks ?? []).flatMap((network) => chain([removeNetwork(network)], purpose, after)),
    ...markers.filter(({ id }) => !forgotten.has(id)),
  ];
}

function removeNetwork({ name, id }: ObservedNetwork) {
  return { kind: 'remove-network' as const, network: name, id };
}
