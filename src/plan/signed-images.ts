import { parseImageReference } from '../model/image-reference.ts';
import { unmetDemand, type KnownSigners, type SignatureDemand } from '../model/signature-demand.ts';
import { fullImageName } from '../policy/registries.ts';
import type { ImageIndex } from './image-presence.ts';

export interface SignedImages {
  readonly images: ImageIndex;
  readonly signers: KnownSigners;
}

/**
 * The image that a reference stands for on the host, by its digest, where that is known to be signed as is demanded.
 * It counts for the digests it was pulled by from this repository: what was built or loaded there has none.
 */
export function verifiedReference(
  reference: string,
  demands: readonly SignatureDemand[],
  { images, signers }: SignedImages,
): string | undefined {
  const name = fullImageName(reference);
  const { tag } = parseImageReference(reference);
  return images.find(reference)?.digests.find((known) => {
    const digest = digestIn(known);
    const isMeant = fullImageName(known) === name && (!tag.startsWith('sha256:') || tag === digest);
    return isMeant && unmetDemand(demands, signers.get(`${name}@${digest}`) ?? []) === undefined;
  });
}

/** `busybox@sha256:…` → `sha256:…` */
export function digestIn(reference: string): string {
  return reference.slice(reference.indexOf('@') + 1);
}
