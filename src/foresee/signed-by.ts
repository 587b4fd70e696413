import { parseImageReference } from '../model/image-reference.ts';
import type { DesiredSite } from '../model/desired.ts';
import type { ObservedHost } from '../model/observed.ts';
import type { Action, ActionOf } from '../model/plan.ts';
import { NO_SIGNERS, type KnownSigners } from '../model/signature-demand.ts';
import { digestIn } from '../plan/signed-images.ts';
import { fullImageName } from '../policy/registries.ts';

/** A digest that no image has: which one a tag stands for, only its registry knows. */
const FORESEEN = `sha256:${'0'.repeat(64)}`;

/** What a host has from registries passes for signed by whomever it may have to be: who has signed it, they alone know. */
export function assumedSigners({ images }: ObservedHost, { applications, earlier }: DesiredSite): KnownSigners {
  const texts = [...Object.values(applications), ...Object.values(earlier).flat()];
  const keys = texts.flatMap(({ signatures }) => signatures).flatMap((demand) => demand.keys);
  if (keys.length === 0) return NO_SIGNERS;
  const ids = [...new Set(keys.map(({ id }) => id))].sort();
  const digests = images.flatMap((image) => image.digests);
  return new Map(digests.map((digest) => [`${fullImageName(digest)}@${digestIn(digest)}`, ids]));
}

/** What is known of signatures after a step, if all goes well: what has to be signed is. */
export function signedBy(signers: KnownSigners, action: Action): KnownSigners {
  if (action.kind !== 'pull-image' || action.signed === undefined) return signers;
  const ids = action.signed.demands.flatMap(({ keys }) => keys.map(({ id }) => id));
  return new Map(signers).set(`${fullImageName(action.image)}@${digestOf(action)}`, [...new Set(ids)].sort());
}

/** The name with a digest by which such a pull brings an image. */
export function foreseenReference(action: ActionOf<'pull-image'>): string {
  return `${parseImageReference(action.image).name}@${digestOf(action)}`;
}

function digestOf({ image }: ActionOf<'pull-image'>): string {
  const { tag } = parseImageReference(image);
  return tag.startsWith('sha256:') ? tag : FORESEEN;
}
