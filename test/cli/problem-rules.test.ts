import { describe, expect, it } from 'vitest';
import { fingerprints, ruleOf } from '../../src/cli/problem-rules.ts';
import type { Problem } from '../../src/model/problem.ts';
import { checkCrossReferences } from '../../src/spec/cross-references.ts';
import { catalogOf, deploymentText, ROOT, SHOP, shop } from '../policy/policy-texts.ts';

const OTHER = 'tenants/acme/applications/other.yaml';
const DEPLOYED = 'tenants/acme/application-deployments/shop.yaml';
const SITE = 'sites/local.yaml';

/** The rules that a tree of these texts breaks. */
function rulesOf(files: Readonly<Record<string, string>>): readonly string[] {
  const catalog = catalogOf(files);
  const problems = [...catalog.problems, ...checkCrossReferences(catalog)];
  return [...new Set(problems.map((problem) => ruleOf(problem).id))].sort();
}

describe('the rule of a problem', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['file/misplaced', { 'tenants/acme/aplications/a.yaml': shop() }],
    ['file/not-supported-yet', { 'tenants/acme/vaults/a.yaml': 'name: a' }],
    ['file/unreadable', { [SHOP]: '' }],
    ['yaml/syntax', { [SHOP]: 'name: "a' }],
    ['yaml/meaning', { [SHOP]: `${shop()}name: again\n` }],
    ['schema/unknown-key', { [SHOP]: shop('imag: x') }],
    ['schema/required', { [SHOP]: 'name: shop\n' }],
    ['schema/type', { [SHOP]: 'name: shop\nservices: 3\n' }],
    ['schema/length', { [SHOP]: 'name: shop\nservices: []\n' }],
    ['schema/value', { [SHOP]: shop('memory: much') }],
    ['application/capabilities', { [SHOP]: shop('additional-capabilities: [FLY]') }],
    ['application/variables', { [SHOP]: shop('env: { A: "${NOWHERE}" }') }],
    ['revision/same-name', { [SHOP]: shop(), [OTHER]: shop() }],
    ['revision/dependencies', { [SHOP]: `${shop()}depends-on: [cellar]\n` }],
    ['revision/references', { [DEPLOYED]: deploymentText('shop') }],
    ['policy/images.registries', { [ROOT]: 'images: { registries: [quay.io] }', [SHOP]: shop() }],
    ['policy/resources.require', { [ROOT]: 'resources: { require: [memory] }', [SHOP]: shop() }],
    [
      'policy/quotas.instances',
      { [ROOT]: 'quotas: { instances: 0 }', [SHOP]: shop(), [DEPLOYED]: deploymentText('shop') },
    ],
    ['policy/tenants', { [ROOT]: 'tenants: { nobody: { images: { registries: [] } } }' }],
  ])('is %s', (rule, files) => {
    expect(rulesOf(files)).toEqual([rule]);
  });

  it('says of a policy why there is such a rule', () => {
    const [problem] = catalogOf({ [ROOT]: 'images: { require: digest }', [SHOP]: shop() }).problems;
    expect(ruleOf(problem!)).toMatchObject({
      description: 'The rule images.require of a policy is not kept.',
      help: expect.stringContaining('A tag can be moved after the review, a digest cannot.') as string,
    });
  });

  it('does not change the fingerprint of a problem', () => {
    const problem: Problem = { file: SITE, line: 1, column: 1, message: 'is wrong', severity: 'error' };
    expect(fingerprints([{ ...problem, rule: 'schema/value' }])).toEqual(
      fingerprints([{ ...problem, rule: 'schema/type', line: 7 }]),
    );
  });
});
