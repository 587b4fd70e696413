import { markerLabels, markerName, versionName, type Marker, type ObservedMarker } from '../model/markers.ts';
import type { Action, Step } from '../model/plan.ts';
import type { UpgradeDecision } from '../upgrade/decision.ts';
import { chain, toStep, type Purpose } from './steps.ts';

interface MarkerInput {
  readonly key: string;
  readonly owner: string;
  readonly site: string;
}

/** Notes facts one after the other. The beginning of an upgrade is noted when all it needs is there. */
export function planNotes(
  notes: readonly Marker[],
  { key, owner, site }: MarkerInput,
  whenReady: readonly string[],
): readonly Step[] {
  let before: readonly string[] = [];
  return notes.map((marker) => {
    const after = marker.kind === 'upgrade' ? [...before, ...whenReady] : before;
    const labels = markerLabels(marker, { owner, site });
    const action: Action = { kind: 'create-marker', marker, name: markerName(marker, owner), labels };
    const step = toStep(action, purposeOf(key, reasonOf(marker)), after);
    before = [step.id];
    // Why it ends is not why it began.
    return marker.kind === 'upgrade-aborted' ? { ...step, aside: true as const } : step;
  });
}

/** Removes the markers that say nothing any more, and that of an upgrade when nothing is left to be waited for. */
export function planForgetting(
  { forget, end }: UpgradeDecision,
  key: string,
  after: readonly string[],
): readonly Step[] {
  const forgotten = forget.flatMap((marker) =>
    chain([removal(marker)], purposeOf(key, 'there is another specification'), after),
  );
  if (end === undefined) return forgotten;
  const step = toStep(removal(end.marker), purposeOf(key, reasonOf(end.marker)), after);
  if (end.awaits === '') return [...forgotten, step];
  const { awaits, until } = end;
  return [...forgotten, { ...step, awaits, ...(until === undefined ? {} : { awaitsUntil: until }) }];
}

function removal(marker: ObservedMarker): Action {
  return { kind: 'remove-marker', marker, name: marker.name };
}

function reasonOf(marker: Marker): string {
  if (marker.kind === 'upgrade-aborted') return marker.reason;
  return marker.kind === 'upgrade' ? `from ${marker.from.map(versionName).join(' and ')}` : marker.kind;
}

function purposeOf(key: string, reason: string): Purpose {
  return { target: key, application: key, intent: 'upgrade', reason };
}
