import type { DocumentInForce, PoliciesInForce, RejectedDocument, ValidDocument } from '../model/catalog.ts';
import { own } from '../model/own.ts';
import { limitProblems } from '../spec/problems.ts';
import type { EarlierVersion } from '../spec/resolve-catalog.ts';
import { violations } from './judge.ts';

/** The documents of a revision, before or after they were judged by its policies. */
export interface JudgedDocuments {
  readonly documents: readonly ValidDocument[];
  readonly rejected: readonly RejectedDocument[];
}

/**
 * The policies of a revision. One that is broken stays as it last was, found in `earlier`, newest first; where it is not
 * found there, it is unknown. One that is gone is gone.
 */
export function policiesOf(
  revision: string,
  { documents, rejected }: JudgedDocuments,
  earlier: readonly EarlierVersion[],
): PoliciesInForce {
  const known: Record<string, DocumentInForce<'policy'>> = {};
  const unknown: Record<string, string> = {};
  for (const document of documents) {
    if (document.kind === 'policy') known[document.tenant] = { document, revision, rejected: undefined };
  }
  for (const one of rejected) {
    if (one.kind !== 'policy' || own(known, one.tenant) !== undefined) continue;
    const lastGood = findLastGood(one, earlier);
    if (lastGood === undefined)
      unknown[one.tenant] = own(unknown, one.tenant) ?? `${placeOf(one)}; no earlier valid text of it was found`;
    else known[one.tenant] = lastGood;
  }
  return { documents: known, unknown };
}

function findLastGood(
  rejected: RejectedDocument,
  earlier: readonly EarlierVersion[],
): DocumentInForce<'policy'> | undefined {
  for (const { revision, parsed } of earlier) {
    if (parsed.file !== rejected.file) continue;
    const document = parsed.documents.find((one) => one.kind === 'policy');
    if (document !== undefined) return { document, revision, rejected };
  }
  return undefined;
}

/** Applications that do not keep to the policies are rejected, as a document that is not valid is (contract 2). */
export function enforce({ documents, rejected }: JudgedDocuments, policies: PoliciesInForce): JudgedDocuments {
  const kept: ValidDocument[] = [];
  const refused: RejectedDocument[] = [];
  for (const document of documents) {
    const problems = document.kind === 'application' ? violations(document, policies) : [];
    if (problems.length === 0) kept.push(document);
    else refused.push(reject(document, problems));
  }
  return { documents: kept, rejected: [...rejected, ...refused] };
}

function reject({ kind, tenant, file, name }: ValidDocument, problems: RejectedDocument['problems']): RejectedDocument {
  return { kind, tenant, file, name, problems: limitProblems(problems) };
}

function placeOf({ file, problems: [first] }: RejectedDocument): string {
  return first === undefined ? `${file} is rejected` : `${file}:${first.line}:${first.column}: ${first.message}`;
}
