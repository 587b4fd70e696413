import type { DelayedShutdown } from '../model/desired.ts';
import type { Marker } from '../model/markers.ts';
import type { ApplicationName } from '../model/names.ts';
import { sandboxOf } from '../model/observed-instance.ts';
import type { ObservedContainer, ObservedInstance } from '../model/observed.ts';
import type { Step } from '../model/plan.ts';
import { planRemoval } from './container-steps.ts';
import { createMarkerAction } from './marker-actions.ts';
import { toStep, type Purpose } from './steps.ts';

/** What a lingering instance is noted with. */
export interface NoteContext {
  readonly name: ApplicationName;
  readonly owner: string;
  readonly site: string;
  /** ms since the epoch */
  readonly now: number;
}

export interface Departure {
  readonly purpose: Purpose;
  readonly after: readonly string[];
  /** undefined: it is stopped. */
  readonly delayedShutdown: DelayedShutdown | undefined;
}

/** How an instance goes for which nothing comes: it lives on where it may, else it is stopped and removed. */
export function planDeparture(
  observed: ObservedInstance,
  { purpose, after, delayedShutdown }: Departure,
  context: NoteContext,
): readonly Step[] {
  const sandbox = delayedShutdown === undefined ? undefined : livingSandbox(observed);
  if (sandbox === undefined) return planRemoval(observed, purpose, after);
  return [letLinger(sandbox, purpose, after, context)];
}

/** From the moment this is noted the instance is not one of its application's any more, but an old one that lives on. */
export function letLinger(
  { id }: ObservedContainer,
  purpose: Purpose,
  after: readonly string[],
  { name, now, ...stamp }: NoteContext,
): Step {
  const { tenant, application } = name;
  const marker: Marker = { kind: 'lingering', tenant, application, sandboxId: id, at: now };
  return toStep(createMarkerAction(marker, stamp), purpose, after);
}

/** The sandbox of an instance that serves somebody: it runs, and a container in it. */
export function livingSandbox(observed: ObservedInstance | undefined): ObservedContainer | undefined {
  const running = observed?.containers.filter(({ status }) => status === 'running') ?? [];
  const sandbox = sandboxOf({ containers: running });
  const serves = running.some(({ identity, sandboxId }) => identity?.role === 'container' && sandboxId === sandbox?.id);
  return serves ? sandbox : undefined;
}
