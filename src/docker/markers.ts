import type { Labels } from '../model/labels.ts';
import { markerFromLabels } from '../model/markers.ts';
import { LABEL } from '../model/names.ts';
import type { ActionOf } from '../model/plan.ts';
import type { EngineCalls } from './calls.ts';
import { throwHalfLabelled, throwNameTaken } from './name-taken.ts';
import type { DockerPort } from './port.ts';
import { inspectVolume, listVolumes, postVolume, removeVolume } from './volumes.ts';

type MarkerCalls = Pick<DockerPort, 'listMarkers' | 'inspectMarker' | 'createMarker' | 'removeMarker'>;

/** Markers are empty volumes; what they say stands in their labels. */
export function openMarkers(calls: EngineCalls): MarkerCalls {
  return {
    listMarkers: async (owner, signal) =>
      (await listVolumes(calls, owner, signal)).flatMap(
        ({ Name, Labels }) => markerFromLabels(Name, Labels ?? {}) ?? [],
      ),
    inspectMarker: async (name, signal) => {
      const wire = await inspectVolume(calls, name, signal);
      return wire === undefined ? undefined : markerFromLabels(name, wire.Labels ?? {});
    },
    createMarker: async ({ name, labels }: ActionOf<'create-marker'>, signal) => {
      const made = await postVolume(calls, { name, options: {}, labels }, signal);
      throwUnlessMarker(name, made.Labels ?? {}, labels);
    },
    removeMarker: ({ name }, signal) => removeVolume(calls, { kind: 'remove-volume', name, hostPath: '' }, signal),
  };
}

/** One that is there already may have been written at another time: the first counts. */
function throwUnlessMarker(name: string, labels: Labels, wanted: Labels): void {
  if (labels[LABEL.owner] !== wanted[LABEL.owner]) throwNameTaken(name, 'volume', labels[LABEL.owner]);
  if (labels[LABEL.marker] !== wanted[LABEL.marker]) throwHalfLabelled(name, 'volume');
}
