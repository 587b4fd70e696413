import type { DesiredApplication, DesiredInstance } from '../model/desired.ts';
import { versionName } from '../model/markers.ts';
import { runningVersion, sandboxOf } from '../model/observed-instance.ts';
import type { ObservedInstance } from '../model/observed.ts';
import type { Step } from '../model/plan.ts';
import type { Turn, UpgradeDecision } from '../upgrade/decision.ts';
import { findText, type EarlierText } from '../upgrade/earlier-text.ts';
import { planRemoval } from './container-steps.ts';
import { everything, type Missing } from './missing.ts';
import type { ApplicationInput } from './plan-application.ts';
import { planInstance } from './plan-instance.ts';
import { isStillServed, stepsInTheWay, type PlannedLingering } from './plan-lingering.ts';
import { isNeeded, networksOf, planImages, toMissing } from './prepare-application.ts';
import { restartOf } from './restarts.ts';

/** Plans the instances of an application, each as its turn in the upgrade wants it. */
export interface TurnInput {
  readonly input: ApplicationInput;
  readonly decision: UpgradeDecision;
  readonly missing: Missing;
  /** What is done to old instances that live on. */
  readonly lingering: readonly PlannedLingering[];
}

/** The steps of one instance; while an old one waits for its turn they heal it, and show what will be done. */
export function planTurn(instance: DesiredInstance, turns: TurnInput): readonly Step[] {
  const { decision } = turns;
  const turn = decision.turns.get(instance.key);
  const bring = () => planText({ application: decision.application, instance }, turns, false);
  switch (turn?.kind) {
    case undefined:
      return bring();
    case 'now':
      return bring().map((step) => inBatch(step, turn.batch));
    case 'stop':
      return planStop(instance, turns);
    case 'stay':
      return heal(instance, turns);
    case 'later': {
      const healing = heal(instance, turns);
      return healing.length > 0 ? healing : bring().map((step) => whenItsTurn(inBatch(step, turn.batch), turn));
    }
    default:
      return turn satisfies never;
  }
}

function planStop({ key }: DesiredInstance, { input, decision, missing }: TurnInput): readonly Step[] {
  const observed = input.observed?.instances[key];
  if (observed === undefined) return [];
  const { version = '' } = decision.application;
  const reason = `version ${versionName(runningVersion(observed) ?? '')} → ${versionName(version)}`;
  const purpose = { target: key, application: input.key, intent: 'replace', reason } as const;
  return planRemoval(observed, purpose, everything(missing));
}

function planText(
  { application, instance }: EarlierText,
  { input, decision, missing, lingering }: TurnInput,
  waits: boolean,
): readonly Step[] {
  const { owner, site, observed, now } = input;
  const sandbox = sandboxOf(observed?.instances[instance.key]);
  const { version, revision } = application;
  return planInstance({
    desired: instance,
    observed: observed?.instances[instance.key],
    volumes: new Map(input.volumes.map((volume) => [volume.name, volume])),
    stamp: { owner, site, revision, version },
    application: input.key,
    networkIds: networksOf(input, application).map(({ id }) => id),
    missing,
    upgrade: application === decision.application ? decision.upgrade : '',
    waits,
    begun: runsVersion(observed?.instances ?? {}, version),
    clearing: stepsInTheWay(instance, lingering),
    isStillServed: isStillServed(instance, lingering, input.busy),
    restart: sandbox && restartOf(sandbox, observed, input.restarts),
    now,
  });
}

/** Keeps an old instance as it is, or as its neighbours are, where the text it was made from is known. */
export function heal(instance: Pick<DesiredInstance, 'key' | 'name'>, turns: TurnInput): readonly Step[] {
  const text = textOf(instance, turns);
  return text === undefined ? [] : planHealing(text, turns);
}

/** Keeps an instance as this text wants it, and pulls what that takes. */
export function planHealing(text: EarlierText, turns: Omit<TurnInput, 'missing'>): readonly Step[] {
  const { input } = turns;
  const instances = [text.instance];
  const pulls = planImages(input, text.application, instances);
  const missing = toMissing(input, text.application, { pulls, instances });
  const steps = planText(text, { ...turns, missing }, true);
  const awaited = new Set(steps.flatMap(({ after }) => after));
  return [...pulls.filter((pull) => awaited.has(pull.id) && isNeeded(pull, steps)), ...steps];
}

function textOf(
  { key, name }: Pick<DesiredInstance, 'key' | 'name'>,
  { input, decision }: TurnInput,
): EarlierText | undefined {
  const { earlier, observed, desired } = input;
  const known = desired === undefined ? earlier : [...earlier, desired];
  const found = observed?.instances[key];
  if (found !== undefined) return findText(found, known);
  if (decision.turns.get(key)?.kind !== 'stay') return undefined;
  const neighbours = Object.values(observed?.instances ?? {}).filter(({ service }) => service === name.service);
  const application = neighbours.flatMap((one) => findText(one, earlier)?.application ?? [])[0];
  return application && textIn(application, key);
}

function textIn(application: DesiredApplication, key: string): EarlierText | undefined {
  const instance = application.instances.find((one) => one.key === key);
  return instance && { application, instance };
}

function runsVersion(instances: Readonly<Record<string, ObservedInstance>>, version: string | undefined): boolean {
  const containers = Object.values(instances).flatMap((instance) => instance.containers);
  return containers.some(({ identity }) => identity?.applicationVersion === version);
}

function inBatch(step: Step, batch: string): Step {
  return batch === '' || step.intent === 'repair' ? step : { ...step, reason: `${step.reason}, ${batch}` };
}

/** Of a plan's steps, those that are shown and not taken yet. */
export function whenItsTurn(step: Step, { awaits, until }: Extract<Turn, { kind: 'later' }>): Step {
  return { ...step, awaits: step.awaits ?? awaits, ...(until === undefined ? {} : { awaitsUntil: until }) };
}
