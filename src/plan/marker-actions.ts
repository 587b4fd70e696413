import type { Stamp } from '../model/labels.ts';
import { markerLabels, markerName, type Marker, type ObservedMarker } from '../model/markers.ts';
import type { ActionOf, MarkerNote } from '../model/plan.ts';

/** A marker as it is written. */
export function toNote(marker: Marker, stamp: Pick<Stamp, 'owner' | 'site'>): MarkerNote {
  return { marker, name: markerName(marker, stamp.owner), labels: markerLabels(marker, stamp) };
}

export function createMarkerAction(marker: Marker, stamp: Pick<Stamp, 'owner' | 'site'>): ActionOf<'create-marker'> {
  return { kind: 'create-marker', ...toNote(marker, stamp) };
}

export function removeMarkerAction(marker: ObservedMarker): ActionOf<'remove-marker'> {
  return { kind: 'remove-marker', marker, name: marker.name };
}
