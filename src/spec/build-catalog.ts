import type { Catalog, Kind, ParsedFile, RejectedDocument, ValidDocument } from '../model/catalog.ts';
import type { Problem, ProblemRule } from '../model/problem.ts';
import { enforce, policiesOf, type JudgedDocuments } from '../policy/enforce.ts';
import { remarksOn } from '../policy/remark.ts';
import { circleSentence, findCircles } from './dependency-circles.ts';
import { compareProblems, compareTexts } from './problems.ts';
import type { EarlierVersion } from './resolve-catalog.ts';

/**
 * Puts the files of a revision together and rejects documents that contradict one another: two of one name, two
 * deployments of one application, applications that depend on themselves; and applications that the policies forbid. The order of the files does not show.
 * @param earlierPolicies earlier versions of broken policies, newest first: the last good one is in force
 */
export function buildCatalog(
  revision: string,
  parsedFiles: readonly ParsedFile[],
  otherProblems: readonly Problem[],
  earlierPolicies: readonly EarlierVersion[] = [],
): Catalog {
  const files = [...parsedFiles].sort((a, b) => compareTexts(a.file, b.file));
  const all = files.flatMap((file) => file.documents);
  const byName = rejectGroups(groupBy(all, nameKey), { sentence: sameName, rule: 'revision/same-name' });
  const byApplication = rejectGroups(groupBy(byName.kept, deployedKey), {
    sentence: sameApplication,
    rule: 'revision/same-application',
  });
  const broken = files.flatMap((file) => file.rejected);
  const circles = findCircles(byApplication.kept);
  const inCircles = [...circles].map(([document, circle]) =>
    reject(document, circleSentence(circle), 'revision/dependencies'),
  );
  const contradictions = [...byName.rejected, ...byApplication.rejected, ...inCircles];
  const withoutCircles = byApplication.kept.filter((document) => !circles.has(document));
  const unjudged = { documents: withoutCircles, rejected: [...broken, ...contradictions] };
  const policies = policiesOf(revision, unjudged, earlierPolicies);
  const { documents, rejected } = enforce(unjudged, policies);
  return {
    revision,
    documents: documents.toSorted(compareDocuments),
    rejected: rejected.toSorted(compareRejected),
    problems: [
      ...files.flatMap((file) => file.problems),
      ...rejected.slice(broken.length).flatMap((document) => document.problems),
      ...remarksOn(policies, tenantsOf(unjudged)),
      ...otherProblems,
    ].sort(compareProblems),
    policies,
  };
}

function tenantsOf({ documents, rejected }: JudgedDocuments): ReadonlySet<string> {
  return new Set([...documents, ...rejected].map(({ tenant }) => tenant));
}

function nameKey(document: ValidDocument): string {
  return `${document.kind} ${document.tenant}.${document.name}`;
}

/** Deployments of one application share a key; any other document has one of its own. */
function deployedKey(document: ValidDocument): string {
  if (document.kind !== 'application-deployment') return nameKey(document);
  return `deployment of ${document.tenant}.${document.spec.application}`;
}

const NOUNS: Readonly<Record<Kind, string>> = {
  application: 'application of this tenant',
  'application-deployment': 'application deployment of this tenant',
  site: 'site',
  tenant: 'file of settings of this tenant',
  policy: 'policy of this folder',
};

function sameName(document: ValidDocument, others: string): string {
  return `another ${NOUNS[document.kind]} is called "${document.name}" too: ${others}; rename or remove one`;
}

function sameApplication(document: ValidDocument, others: string): string {
  const application = document.kind === 'application-deployment' ? document.spec.application : document.name;
  return `the application "${application}" is deployed by another application deployment too: ${others}; keep one`;
}

function groupBy(
  documents: readonly ValidDocument[],
  keyOf: (document: ValidDocument) => string,
): readonly (readonly ValidDocument[])[] {
  const groups = new Map<string, ValidDocument[]>();
  for (const document of documents) {
    const key = keyOf(document);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [document]);
    else group.push(document);
  }
  return [...groups.values()];
}

/** Keeps what is alone in its group; of the others all are rejected, each naming where one other stands. */
function rejectGroups(
  groups: readonly (readonly ValidDocument[])[],
  told: { readonly sentence: (document: ValidDocument, others: string) => string; readonly rule: ProblemRule },
): { readonly kept: readonly ValidDocument[]; readonly rejected: readonly RejectedDocument[] } {
  const kept = groups.filter((group) => group.length === 1).flat();
  const rejected = groups
    .filter((group) => group.length > 1)
    .flatMap((group) =>
      group.map((document) => reject(document, told.sentence(document, whereElse(document, group)), told.rule)),
    );
  return { kept, rejected };
}

function whereElse(document: ValidDocument, group: readonly ValidDocument[]): string {
  // Two of a group tell enough; naming all in each would grow with the square of the group.
  const other = group[0] === document ? group[1] : group[0];
  const more = group.length > 2 ? ` and ${group.length - 2} more` : '';
  return other === undefined ? '' : `${other.file}:${other.line}:${other.column}${more}`;
}

function reject(document: ValidDocument, message: string, rule: ProblemRule): RejectedDocument {
  const { kind, tenant, file, name, line, column } = document;
  const problems: readonly Problem[] = [{ file, line, column, message, severity: 'error', rule }];
  const base = { kind, tenant, file, name, problems };
  return document.kind === 'application-deployment' ? { ...base, application: document.spec.application } : base;
}

function compareDocuments(a: ValidDocument, b: ValidDocument): number {
  return compareTexts(nameKey(a), nameKey(b));
}

function compareRejected(a: RejectedDocument, b: RejectedDocument): number {
  const [first, second] = [a.problems[0], b.problems[0]];
  if (first === undefined || second === undefined) return compareTexts(a.file, b.file);
  return compareProblems(first, second);
}
