import type { DocumentInForce, PoliciesInForce, ResolvedCatalog, ValidDocument } from '../model/catalog.ts';
import type { Problem } from '../model/problem.ts';
import { buildCatalog } from './build-catalog.ts';
import {
  checkPart,
  checkWhole,
  NO_FILE,
  toChangeProblem,
  type ChangeTarget,
  type PartText,
  type WholeText,
} from './change-document.ts';
import type { ChangeProblem } from './change-text.ts';
import { checkCrossReferences } from './cross-references.ts';
import { compareProblems } from './problems.ts';

/** What somebody would commit. */
export type Change = WholeText | PartText | { readonly how: 'removal' };

/**
 * Everything that speaks against a commit of this change alone: what rejects the document, by itself or beside others, and
 * what `fairlead validate` would call an error after the change and not before it. What is wrong already, wherever it
 * stands, is not held against the change; neither are warnings.
 */
export function checkChange(change: Change, target: ChangeTarget, catalog: ResolvedCatalog): readonly ChangeProblem[] {
  const before = documentsOf(catalog, target.tenant);
  const isTarget = ({ kind, name }: ValidDocument) => kind === target.kind && name === target.name;
  const others = before.filter((document) => !isTarget(document));
  const judgeWith = (documents: readonly ValidDocument[]) => judge(before, documents, catalog);
  switch (change.how) {
    case 'removal':
      return judgeWith(others);
    case 'whole': {
      const changed = checkWhole(change.text, target);
      return 'problems' in changed ? changed.problems : judgeWith([...others, changed.document]);
    }
    case 'merge':
    case 'json-patch': {
      const changed = checkPart(change, target, before.find(isTarget)?.spec ?? {});
      return 'problems' in changed ? changed.problems : judgeWith([...others, changed.document]);
    }
    default:
      return change satisfies never;
  }
}

/** In force at a tenant, and what it is judged by: names and references do not reach beyond it. */
function documentsOf(catalog: ResolvedCatalog, tenant: string): readonly ValidDocument[] {
  const { applications, deployments, sites, policies } = catalog;
  return [applications, deployments, sites, policies.documents]
    .flatMap((inForce) => Object.values<DocumentInForce>(inForce))
    .map(({ document }) => document)
    .filter((document) => document.tenant === tenant || document.tenant === '');
}

function judge(
  before: readonly ValidDocument[],
  after: readonly ValidDocument[],
  { rejected, policies }: ResolvedCatalog,
): readonly ChangeProblem[] {
  const catalogOf = (documents: readonly ValidDocument[]) =>
    buildCatalog('', [{ file: NO_FILE, documents, rejected, problems: [] }], []);
  const known = new Set(checkCrossReferences(catalogOf(before)).map(placeOf));
  const catalog = catalogOf(after);
  const contradictions = catalog.problems.filter(({ file }) => file === NO_FILE);
  const references = checkCrossReferences(catalog).filter((problem) => !known.has(placeOf(problem)));
  const isChanged = after.some(({ file, kind }) => file === NO_FILE && kind === 'application');
  return [...contradictions, ...references, ...(isChanged ? unknownPolicies(policies, after) : [])]
    .filter(({ severity }) => severity === 'error')
    .sort(compareProblems)
    .map(toChangeProblem);
}

/** Nothing new is made while they are not known. */
function unknownPolicies({ unknown }: PoliciesInForce, documents: readonly ValidDocument[]): readonly Problem[] {
  const tenants = new Set(documents.map(({ tenant }) => tenant));
  const reasons = Object.entries(unknown).filter(([tenant]) => tenant === '' || tenants.has(tenant));
  const [[, reason] = []] = reasons;
  if (reason === undefined) return [];
  return [{ file: NO_FILE, line: 0, column: 0, message: `the policy is not known: ${reason}`, severity: 'error' }];
}

/** The sentence does not count: a change may add or take away what it hints at. */
function placeOf({ file, line, column, severity }: Problem): string {
  return `${severity} ${file}:${line}:${column}`;
}
