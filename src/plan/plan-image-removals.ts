import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import type { ObservedMarker } from '../model/markers.ts';
import type { ObservedHost } from '../model/observed.ts';
import type { Step } from '../model/plan.ts';
import { familiarName, indexImages } from './image-presence.ts';
import { toStep } from './steps.ts';

/** What the versions of a revision that are kept need: worked out once a revision. */
export interface WantedImages {
  readonly desired: DesiredSite;
  /** By their familiar names. */
  readonly names: ReadonlySet<string>;
}

export function wantedImagesOf(desired: DesiredSite, former: WantedImages | undefined): WantedImages {
  if (former?.desired === desired) return former;
  return {
    desired,
    names: imagesOf([...Object.values(desired.applications), ...Object.values(desired.earlier).flat()]),
  };
}

/**
 * Images that Fairlead brought to the host and that no version still kept needs go. Whoever else uses one keeps it: the
 * engine refuses, and that is the end of the matter. As long as the history has not told which versions are kept, and
 * while something is left alone of which nobody knows what it needs, all stay.
 */
export function planImageRemovals(
  desired: DesiredSite,
  { markers, applications, images }: ObservedHost,
  { names: wanted }: WantedImages,
): readonly Step[] {
  const isUnclear = !desired.versionsComplete || Object.keys(desired.leftAlone).length > 0;
  if (isUnclear || Object.keys(desired.frozenTenants).length > 0) return [];
  const unwanted = markers.filter(
    (marker): marker is ObservedMarker<'pulled-image'> =>
      marker.kind === 'pulled-image' && !wanted.has(familiarName(marker.image)),
  );
  if (unwanted.length === 0) return [];
  const containers = Object.values(applications).flatMap(({ instances, lingering }) =>
    [...Object.values(instances), ...lingering].flatMap((instance) => instance.containers),
  );
  // A container made from a digest uses the image under each of its names.
  const index = indexImages(images);
  const namesOf = (image: string) => [image, ...(index.find(image)?.tags ?? [])];
  const used = new Set(containers.flatMap(({ image }) => namesOf(image)).map(familiarName));
  return unwanted.filter(({ image }) => !used.has(familiarName(image))).map(removal);
}

function imagesOf(applications: readonly DesiredApplication[]): ReadonlySet<string> {
  const instances = applications.flatMap((application) => application.instances);
  const containers = instances.flatMap(({ initContainers, containers: members }) => [...initContainers, ...members]);
  return new Set(containers.map(({ image }) => familiarName(image)));
}

function removal(marker: ObservedMarker<'pulled-image'>): Step {
  const { image } = marker;
  const purpose = {
    target: image,
    application: '',
    intent: 'remove',
    reason: 'no version that is kept needs it',
  } as const;
  return toStep({ kind: 'remove-image', image, marker }, purpose, []);
}
