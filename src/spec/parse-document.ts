import { isMap, isScalar } from 'yaml';
import type { ProblemRule } from '../model/problem.ts';
import { decode } from './decode.ts';
import type { Finding, SyntaxFinding } from './finding.ts';
import { locate } from './locate.ts';
import type { Validator } from './validator.ts';
import type { YamlDocument } from './yaml-documents.ts';

/** A finding with its place in the text. */
export interface PlacedFinding extends SyntaxFinding {
  readonly severity: Finding['severity'];
  readonly rule?: ProblemRule;
}

export type ParsedDocument<T> =
  | { readonly valid: true; readonly spec: T; readonly value: unknown; readonly warnings: readonly Finding[] }
  | { readonly valid: false; readonly value: unknown; readonly findings: readonly PlacedFinding[] };

/** More than anybody reads; finding the place of each costs time. */
const MAX_PLACED = 1000;

/**
 * Decodes and validates one document; `check` looks at it beyond its schema and may warn. Everything that is wrong is told at once,
 * except in a document that is no valid YAML: what a broken text says about its fields means nothing.
 */
export function parseDocument<T>(
  document: YamlDocument,
  validator: Validator<T>,
  check: (value: unknown) => readonly Finding[] = () => [],
): ParsedDocument<T> {
  if (document.errors.length > 0) {
    return { valid: false, value: undefined, findings: document.errors.map((error) => toError(error, 'yaml/syntax')) };
  }
  const { value, findings } = decode(document, validator.schema);
  const validation = validator.validate(value);
  const checked = check(value);
  const isGood = findings.length === 0 && checked.every(({ severity }) => severity === 'warning');
  if (validation.valid && isGood) return { valid: true, spec: validation.spec, value, warnings: checked };
  const further = [...(validation.valid ? [] : validation.findings), ...checked];
  return {
    valid: false,
    value,
    findings: [...findings.map((one) => toError(one, 'yaml/meaning')), ...placeFindings(document, further)],
  };
}

export function placeFindings(document: YamlDocument, findings: readonly Finding[]): readonly PlacedFinding[] {
  return findings.slice(0, MAX_PLACED).map((finding) => ({
    offset: locate(document, finding),
    message: finding.message,
    severity: finding.severity,
    ...(finding.rule === undefined ? {} : { rule: finding.rule }),
  }));
}

/**
 * The text of a key at the top of a document, where exactly one can be told: a document that is no valid YAML, or says
 * it twice, may be two that ran into one another.
 */
export function topLevelText(document: YamlDocument, key: string): string | undefined {
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const pairs = document.contents.items.filter((pair) => isScalar(pair.key) && pair.key.value === key);
  const value = pairs[0]?.value;
  return pairs.length === 1 && isScalar(value) && typeof value.value === 'string' ? value.value : undefined;
}

function toError({ offset, message }: SyntaxFinding, rule: ProblemRule): PlacedFinding {
  return { offset, message, severity: 'error', rule };
}
