import { parseImageReference } from '../model/image-reference.ts';
import type { Action, ActionOf } from '../model/plan.ts';
import type { KnownSigners } from '../model/signature-demand.ts';
import { fullImageName } from '../policy/registries.ts';

/** A digest that no image has: which one a tag stands for, only its registry knows. */
const FORESEEN = `sha256:${'0'.repeat(64)}`;

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
