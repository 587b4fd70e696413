import type { Marker } from '../model/markers.ts';
import { applicationKey, type ApplicationName } from '../model/names.ts';
import type { ObservedApplication, ObservedContainer } from '../model/observed.ts';
import type { Step } from '../model/plan.ts';
import { createMarkerAction, removeMarkerAction } from './marker-actions.ts';
import type { NoteContext } from './plan-departure.ts';
import { toStep, type Purpose } from './steps.ts';

// Restarts that somebody asks for (contract 5.4): noted on the engine about the sandbox that is to go, so that a crash
// neither loses one nor makes it happen twice.

/** One that is not noted yet; lost with the process. */
export interface RestartRequest {
  /** `acme.shop.web-1` */
  readonly instance: string;
  readonly sandboxId: string;
  /** With the delayed shutdown of its service, if it has one. */
  readonly delayed: boolean;
}

/** `asked`: it has to be noted first. */
export interface RestartWish {
  readonly kind: 'asked' | 'noted';
  readonly delayed: boolean;
}

export const RESTART_REASON = 'a restart was asked for';

/** Whether the instance of this sandbox is to be made anew; undefined: nobody asked. */
export function restartOf(
  { id }: ObservedContainer,
  observed: ObservedApplication | undefined,
  requests: readonly RestartRequest[],
): RestartWish | undefined {
  const noted = observed?.markers.find((marker) => marker.kind === 'restart' && marker.sandboxId === id);
  if (noted?.kind === 'restart') return { kind: 'noted', delayed: noted.delayed };
  const asked = requests.find(({ sandboxId }) => sandboxId === id);
  return asked === undefined ? undefined : { kind: 'asked', delayed: asked.delayed };
}

export function noteRestart(
  { id }: ObservedContainer,
  delayed: boolean,
  purpose: Purpose,
  { name, now, ...stamp }: NoteContext,
): Step {
  const { tenant, application } = name;
  const marker: Marker = { kind: 'restart', tenant, application, sandboxId: id, at: now, delayed };
  return toStep(createMarkerAction(marker, stamp), purpose, []);
}

/** Forgets restarts of which the sandbox is no instance's any more: they are done. */
export function planEndedRestarts(name: ApplicationName, observed: ObservedApplication | undefined): readonly Step[] {
  const instances = Object.values(observed?.instances ?? {});
  const present = new Set(instances.flatMap(({ containers }) => containers.map(({ id }) => id)));
  const key = applicationKey(name);
  const purpose: Purpose = { target: key, application: key, intent: 'remove', reason: 'the restart is done' };
  return (observed?.markers ?? []).flatMap((marker): readonly Step[] => {
    if (marker.kind !== 'restart' || present.has(marker.sandboxId)) return [];
    return [{ ...toStep(removeMarkerAction(marker), purpose, []), aside: true }];
  });
}
