import type { RejectedDocument, ResolvedCatalog, ValidDocument } from '../model/catalog.ts';
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
  const judgeWith = (documents: readonly ValidDocument[]) => judge(before, documents, catalog.rejected);
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

/** In force at a tenant: names and references do not reach beyond it and the sites. */
function documentsOf({ applications, deployments, sites }: ResolvedCatalog, tenant: string): readonly ValidDocument[] {
  return [...Object.values(applications), ...Object.values(deployments), ...Object.values(sites)]
    .map(({ document }) => document)
    .filter((document) => document.tenant === tenant || document.kind === 'site');
}

function judge(
  before: readonly ValidDocument[],
  after: readonly ValidDocument[],
  rejected: readonly RejectedDocument[],
): readonly ChangeProblem[] {
  const catalogOf = (documents: readonly ValidDocument[]) =>
    buildCatalog('', [{ file: NO_FILE, documents, rejected, problems: [] }], []);
  const known = new Set(checkCrossReferences(catalogOf(before)).map(placeOf));
  const catalog = catalogOf(after);
  const contradictions = catalog.problems.filter(({ file }) => file === NO_FILE);
  const references = checkCrossReferences(catalog).filter((problem) => !known.has(placeOf(problem)));
  return [...contradictions, ...references]
    .filter(({ severity }) => severity === 'error')
    .sort(compareProblems)
    .map(toChangeProblem);
}

/** The sentence does not count: a change may add or take away what it hints at. */
function placeOf({ file, line, column, severity }: Problem): string {
  return `${severity} ${file}:${line}:${column}`;
}
