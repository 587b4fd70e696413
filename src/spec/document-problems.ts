import type { Catalog, ValidDocument } from '../model/catalog.ts';
import type { Problem } from '../model/problem.ts';

/** A problem about a document as a whole: it points at its name. */
export function problemOf(
  { file, line, column }: ValidDocument,
  {
    message,
    severity = 'error',
    rule,
  }: Required<Pick<Problem, 'message' | 'rule'>> & Partial<Pick<Problem, 'severity'>>,
): Problem {
  return { file, line, column, message, severity, rule };
}

/** Whether the application may be there, rejected for a problem of its own. */
export function mayBeRejected(tenant: string, application: string, { rejected }: Catalog): boolean {
  return rejected.some(
    (one) =>
      one.kind === 'application' && one.tenant === tenant && (one.name === undefined || one.name === application),
  );
}
