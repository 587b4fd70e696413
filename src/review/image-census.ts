import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import type { ObservedImage } from '../model/observed.ts';
import { imagesOf } from './review-application.ts';

/** Which images the applications of a site need, sandboxes included. */
export interface ImageCensus {
  /** Those that others than these need, as if they had been on the host before Fairlead came: they go for nobody. */
  without(keys: ReadonlySet<string>): readonly ObservedImage[];
}

export function createImageCensus(site: DesiredSite | undefined): ImageCensus {
  const applications = site?.applications ?? {};
  const users = new Map<string, number>();
  for (const application of Object.values(applications)) {
    for (const image of needed(application)) users.set(image, (users.get(image) ?? 0) + 1);
  }
  return {
    without(keys) {
      const own = new Map<string, number>();
      for (const key of keys) {
        for (const image of needed(applications[key])) own.set(image, (own.get(image) ?? 0) + 1);
      }
      const others = [...users].filter(([image, count]) => count > (own.get(image) ?? 0));
      return others
        .map(([image]) => image)
        .sort()
        .map((image) => ({ id: `sha256:${image}`, tags: [image], digests: [] }));
    },
  };
}

function needed(application: DesiredApplication | undefined): ReadonlySet<string> {
  const sandboxes = (application?.instances ?? []).map(({ sandbox }) => sandbox.image);
  return new Set([...sandboxes, ...imagesOf(application)]);
}
