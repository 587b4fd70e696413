import type { PoliciesInForce } from '../model/catalog.ts';
import type { ImageRulesSpec } from '../model/policy-spec.ts';
import type { SignatureDemand } from '../model/signature-demand.ts';
import { parseImageKey } from '../signatures/image-key.ts';
import { layersOf } from './layers.ts';

/**
 * What signatures the images of a tenant have to have: one demand from each file that asks for them, and each has to be
 * met, so the keys in the folder of a tenant add to those of all and stand in for none.
 */
export function signatureDemandsOf(policies: PoliciesInForce, tenant: string): readonly SignatureDemand[] {
  return layersOf(policies, tenant).flatMap(({ file, rules: { images }, nameOf }) => {
    if (!wantsSignature(images)) return [];
    const keys = (images?.['signed-by'] ?? []).map(({ name, key: pem }) => ({ name, id: parseImageKey(pem).id, pem }));
    return { rule: `\`${nameOf('images', 'require')}\` of ${file}`, keys };
  });
}

export function wantsSignature(images: ImageRulesSpec | undefined): boolean {
  return images?.require === 'signature' || images?.require === 'digest-and-signature';
}

export function wantsDigest(images: ImageRulesSpec | undefined): boolean {
  return images?.require === 'digest' || images?.require === 'digest-and-signature';
}
