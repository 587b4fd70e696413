import type { PoliciesInForce, ValidDocument } from '../model/catalog.ts';
import type { GovernedField } from '../model/governed-field.ts';
import { own } from '../model/own.ts';
import type { Problem } from '../model/problem.ts';
import { layersOf, type Layer } from './layers.ts';
import { RULES, type Rule } from './rules.ts';

type Application = ValidDocument<'application'>;

/** Everything in an application that the policies forbid, each where it stands; [] when it keeps to all of them. */
export function violations(document: Application, policies: PoliciesInForce): readonly Problem[] {
  const found = layersOf(policies, document.tenant).flatMap((layer) =>
    document.governed.flatMap((field) => againstLayer(field, layer)),
  );
  return found.map(({ field: { line, column, path }, sentence, rule }) => ({
    file: document.file,
    line,
    column,
    message: `${path}: ${sentence}`,
    severity: 'error',
    rule: `policy/${rule.section}.${rule.key}`,
  }));
}

/**
 * Why nothing new may be made from a text: what the policies forbid in it, or that they are not known. undefined: it
 * keeps to all of them.
 */
export function refusalOf(document: Application, policies: PoliciesInForce): string | undefined {
  const unknown = policies.unknown[''] ?? own(policies.unknown, document.tenant);
  if (unknown !== undefined) return `the policy is not known: ${unknown}`;
  const [first, ...others] = violations(document, policies);
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `the policy forbids it: ${first.message}${more}`;
}

function againstLayer(field: GovernedField, layer: Layer) {
  return RULES.filter(({ governs }) => governs === field.kind).flatMap((rule) => {
    const sentence = explain(field.value, rule, layer);
    return sentence === undefined ? [] : [{ field, sentence, rule }];
  });
}

function explain(value: string, { section, key, complaint }: Rule, { file, rules, nameOf }: Layer): string | undefined {
  const found = complaint(value, rules);
  return found && `${found.what} (\`${nameOf(section, key)}\` of ${file}); ${found.mend}, or have the policy changed`;
}
