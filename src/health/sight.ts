import { UNSEEN, type ObservedContainer, type ObservedHealth, type ObservedSight } from '../model/observed.ts';

// What an engine does not tell and a daemon has to see for itself: what probes found, and since when things are so.

/** A container as it was read just now, with what is known of its present life. */
export function seen(
  container: ObservedContainer,
  before: ObservedContainer | undefined,
  now: number,
): ObservedContainer {
  const sameLife = before?.startedAt === container.startedAt;
  const health = sameLife ? before.health : container.health;
  return withSight({ ...container, health }, sameLife ? before.sight : UNSEEN, now);
}

/** The same container when its probes have found this. */
export function seenHealth(container: ObservedContainer, health: ObservedHealth, now: number): ObservedContainer {
  return withSight({ ...container, health }, container.sight, now);
}

function withSight(container: ObservedContainer, before: ObservedSight, now: number): ObservedContainer {
  const { status, health } = container;
  if (status !== 'running') return { ...container, sight: UNSEEN };
  const since = (former: number, isSo: boolean) => (isSo ? former || now : 0);
  const ready = since(before.ready, health.readiness === 'success');
  const sight: ObservedSight = {
    running: since(before.running, true),
    started: since(before.started, health.startup === 'success'),
    ready,
    lostReadiness: ready === 0 && (before.lostReadiness || before.ready > 0),
  };
  return { ...container, sight };
}
