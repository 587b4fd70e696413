import { probedContainers } from '../health/probed-containers.ts';
import { seenHealth } from '../health/sight.ts';
import type { DesiredApplication } from '../model/desired.ts';
import type { ObservedApplication, ObservedContainer, ObservedHealth } from '../model/observed.ts';
import { PROBE_KINDS, type DesiredProbe, type Probes } from '../model/probes.ts';
import { changed, ended, running } from './container-effects.ts';
import type { Moment, Scene } from './world.ts';

// What comes to pass by itself, if all goes well: init containers end, probes succeed, and what the engine is in the
// middle of it finishes.

export interface Happening {
  /** When at the earliest, by the daemon's clock, ms since the epoch. */
  readonly at: number;
  readonly happen: (scene: Scene, moment: Moment) => Scene;
}

/**
 * What is to come in an application as it is. `texts`: the newest, then earlier ones; `begun`: when the foreseeing began,
 * ms since the epoch: what was under way before comes no earlier.
 */
export function happeningsOf(
  application: ObservedApplication,
  texts: readonly DesiredApplication[],
  begun: number,
): readonly Happening[] {
  const { instances, lingering } = application;
  const containers = [...Object.values(instances), ...lingering].flatMap((instance) => instance.containers);
  const ends = containers.flatMap((container): readonly Happening[] => {
    const happen = endOf(container);
    return happen === undefined ? [] : [{ at: begun, happen }];
  });
  const answers = probedContainers(texts, application).flatMap(
    ({ desired, observed }) => nextAnswer(observed, desired.probes, begun) ?? [],
  );
  return [...ends, ...answers];
}

/** What it comes to by itself and at once; undefined: it stays as it is. */
function endOf({ id, status, identity }: ObservedContainer): Happening['happen'] | undefined {
  switch (status) {
    case 'restarting':
      return (scene, moment) => changed(scene, id, (one) => running(scene, one, moment), moment);
    case 'removing':
      return (scene) => ({ ...scene, containers: scene.containers.filter((one) => one.id !== id) });
    case 'running':
      if (identity?.role !== 'init-container') return undefined;
      return (scene, moment) => changed(scene, id, (one) => ended(one, 0, moment), moment);
    default:
      return undefined;
  }
}

/**
 * The startup probe first, then the readiness probe. A liveness probe that succeeds changes nothing. What a probe found
 * that the text has dropped is forgotten, unless nothing is asked any more.
 */
function nextAnswer(container: ObservedContainer, probes: Probes, begun: number): Happening | undefined {
  const { health, sight } = container;
  const { startup, readiness } = probes;
  const from = (probe: DesiredProbe, open: number) => {
    const asked = Math.max(sight.running + probe.initialDelayMs, open) + answersMs(probe);
    return Math.max(asked, begun);
  };
  const dropped = PROBE_KINDS.filter((kind) => probes[kind] === undefined && health[kind] !== 'unknown');
  if (dropped.length > 0 && Object.keys(probes).length > 0) {
    return answer(container, Object.fromEntries(dropped.map((kind) => [kind, 'unknown'])), begun);
  }
  // What failed is restarted; nothing is asked of it any more.
  if (health.startup === 'failure' || health.liveness === 'failure') return undefined;
  if (startup !== undefined && health.startup !== 'success') {
    return answer(container, { startup: 'success' }, from(startup, 0));
  }
  if (readiness === undefined || health.readiness === 'success') return undefined;
  // It would have succeeded since, had it begun to before.
  const open = health.readiness === 'failure' ? begun + readiness.periodMs : sight.started;
  return answer(container, { readiness: 'success' }, from(readiness, open));
}

/** How long it takes from the first answer to as many as count. */
function answersMs({ successThreshold, periodMs }: DesiredProbe): number {
  return (successThreshold - 1) * periodMs;
}

function answer({ id }: ObservedContainer, found: Partial<ObservedHealth>, at: number): Happening {
  const happen = (scene: Scene, { now }: Moment): Scene => ({
    ...scene,
    containers: scene.containers.map((one) =>
      one.id === id ? seenHealth(one, { ...one.health, ...found, message: '' }, now) : one,
    ),
  });
  return { at, happen };
}
