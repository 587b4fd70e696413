import type { DesiredApplication } from '../model/desired.ts';
import type { Step } from '../model/plan.ts';
import type { UpgradeDecision } from '../upgrade/decision.ts';
import { heldDecision } from '../upgrade/held.ts';
import type { Hold } from '../upgrade/hold.ts';
import { keptTexts } from '../upgrade/kept-texts.ts';
import { everything, type Missing } from './missing.ts';
import type { ApplicationInput, ApplicationPlan } from './plan-application.ts';
import { planLingering } from './plan-lingering.ts';
import { planNotes } from './plan-markers.ts';
import { planPast } from './plan-past.ts';
import { planHealing } from './plan-turns.ts';
import { networkExists, planNetwork } from './prepare-application.ts';

/** An application that has to wait, and what would be done were it not so. */
export interface HeldPlan {
  readonly input: ApplicationInput;
  readonly hold: Hold;
  readonly free: ApplicationPlan;
}

const NOTHING_MISSING: Missing = { network: [], images: new Map(), verified: undefined };

/** What runs is kept as it is; what would be done is shown, and nothing of it is taken. */
export function planHeld(
  { input, hold, free }: HeldPlan,
  desired: DesiredApplication,
  decision: UpgradeDecision,
): ApplicationPlan {
  const held = heldDecision(decision);
  const texts = keptTexts({ ...input, desired, goal: held.application, hold });
  const application = texts[0]?.application ?? held.application;
  const network = texts.length === 0 ? [] : planNetwork(input, application);
  const hasNetwork = networkExists(input, application) || network.length > 0;
  const lingering = planLingering({ ...input, desired: application });
  const healing = texts
    .filter(({ instance }) => hasNetwork && !input.busy.has(instance.key))
    .flatMap((text) => planHealing(text, { input, decision: held, lingering }));
  const notes = planNotes(held.notes, input, everything(NOTHING_MISSING));
  const kept = [...network, ...notes, ...planPast(input, lingering), ...healing];
  return {
    ...behind(hold, kept, free),
    hash: application.hash,
    upgrade: held.progress,
    until: earliest(held.wakeAt, hold.until, ...kept.map(({ awaitsUntil }) => awaitsUntil)),
  };
}

/** Of an application that nobody wishes any more: what has begun to leave goes on to leave. */
export function planHeldRemoval({ input, hold, free }: HeldPlan): ApplicationPlan {
  const kept = planPast(input, planLingering(input));
  return { ...free, ...behind(hold, kept, free), until: earliest(...kept.map(({ awaitsUntil }) => awaitsUntil)) };
}

/** The steps that are taken all the same, and behind them those that are only shown. */
function behind(hold: Hold, kept: readonly Step[], free: ApplicationPlan): Pick<ApplicationPlan, 'steps' | 'hold'> {
  const ids = new Set(kept.map(({ id }) => id));
  const targets = new Set(kept.map(({ target }) => target));
  const shown = free.steps.filter(({ id, target }) => !ids.has(id) && !targets.has(target));
  const isMore = hold.waiting === 'nothing' && shown.length > 0;
  return {
    steps: [...kept, ...shown.map((step) => whenReleased(step, hold))],
    hold: isMore ? { ...hold, waiting: 'change' } : hold,
  };
}

function whenReleased({ awaitsUntil: _, ...step }: Step, { why, until }: Hold): Step {
  return { ...step, awaits: why, ...(until === undefined ? {} : { awaitsUntil: until }) };
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
