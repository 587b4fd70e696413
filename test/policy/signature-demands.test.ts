import { describe, expect, it } from 'vitest';
import { resolveCatalog } from '../../src/spec/resolve-catalog.ts';
import { signatureDemandsOf } from '../../src/policy/signature-demands.ts';
import { createImageSigner } from '../signatures/image-signer.ts';
import { catalogOf, errorsOf, OWN, ROOT, SHOP, shop } from './policy-texts.ts';

const release = createImageSigner('release').key;
const team = createImageSigner('team').key;
const entry = ({ name, pem }: typeof release) => `{ name: ${name}, key: ${JSON.stringify(pem)} }`;

/** The rules that ask for a signature of acme's images, each with the names of its keys. */
function demands(files: Readonly<Record<string, string>>, tenant = 'acme') {
  const catalog = catalogOf({ ...files, [SHOP]: shop() });
  expect(errorsOf(catalog)).toEqual([]);
  const { policies } = resolveCatalog(catalog, []);
  return signatureDemandsOf(policies, tenant).map(({ rule, keys }) => [rule, keys.map(({ name }) => name)]);
}

const SIGNED = `images: { require: signature, signed-by: [${entry(release)}] }\n`;

describe('signatures', () => {
  it('are asked for by nobody unless a policy does', () => {
    expect(demands({ [ROOT]: `images: { require: nothing, signed-by: [${entry(release)}] }\n` })).toEqual([]);
  });

  it('and a digest can be asked for together', () => {
    const both = `images: { require: digest-and-signature, signed-by: [${entry(release)}] }\n`;
    const catalog = catalogOf({ [ROOT]: both, [SHOP]: shop() });
    expect(errorsOf(catalog)).toEqual([expect.stringContaining('is not pinned by a digest')]);
    expect(signatureDemandsOf(resolveCatalog(catalog, []).policies, 'acme')).toHaveLength(1);
  });

  it('that a tenant asks for come on top: its keys stand in for none of those of all', () => {
    const own = `images: { require: signature, signed-by: [${entry(team)}] }\n`;
    expect(demands({ [ROOT]: SIGNED, [OWN]: own })).toEqual([
      ['`images.require` of policy.yaml', ['release']],
      [`\`images.require\` of ${OWN}`, ['team']],
    ]);
    expect(demands({ [ROOT]: SIGNED, [OWN]: own }, 'beta')).toHaveLength(1);
    expect(demands({ [ROOT]: SIGNED, [OWN]: 'images: { require: nothing }\n' })).toHaveLength(1);
  });

  it('that one tenant needs not have, or by other keys, are for the file of all to say', () => {
    const exempt = `${SIGNED}tenants: { acme: { images: { require: nothing } } }\n`;
    expect(demands({ [ROOT]: exempt })).toEqual([]);
    expect(demands({ [ROOT]: exempt }, 'beta')).toHaveLength(1);
    const other = `${SIGNED}tenants: { acme: { images: { signed-by: [${entry(team)}] } } }\n`;
    expect(demands({ [ROOT]: other })).toEqual([['`images.require` of policy.yaml', ['team']]]);
  });
});
