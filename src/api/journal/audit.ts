import { AUDIT_ACTIONS } from '../../journal/audit-lines.ts';
import type { AuditReader } from '../../journal/audit.ts';
import type { AuditRecord } from '../../status/document-types.ts';
import { badRequest } from '../protocol/errors.ts';
import { isOfInstance, parseLimit } from './event-query.ts';
import { plainItem, readsList, type Route, type View } from '../protocol/route.ts';
import { once } from '../protocol/once.ts';

/** Who reached into which instance (contract 5.3, 5.4). */
export function auditRoutes(audit: AuditReader): readonly Route[] {
  return [
    {
      path: '/v1/state/audit',
      audience: 'tenants',
      methods: readsList({
        id: 'listAuditRecords',
        summary: 'Who ran what kind of command, made a connection or restarted something, newest first',
        schema: 'AuditRecord',
        query: ['application', 'service-instance', 'action', 'limit'],
        answer: (view) => ({
          kind: 'list',
          items: chosenRecords(audit, view).map((record) => plainItem(record.id, record)),
        }),
      }),
    },
  ];
}

/** A tenant sees what was done to its own, by whomever. */
function chosenRecords(audit: AuditReader, { query, scope }: View): readonly AuditRecord[] {
  const [application, instance] = [once(query, 'application'), once(query, 'service-instance')];
  const actions = parseActions(once(query, 'action'));
  const limit = parseLimit(once(query, 'limit'));
  return audit
    .list()
    .filter(
      (record) =>
        (scope.kind === 'all-tenants' || record.tenant === scope.tenant) &&
        (application === undefined || record.application === application) &&
        (instance === undefined || isOfInstance(record, instance)) &&
        (actions?.has(record.action) ?? true),
    )
    .slice(0, limit);
}

function parseActions(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined;
  const known: readonly string[] = AUDIT_ACTIONS;
  const actions = text.split(',');
  const unknown = actions.find((action) => !known.includes(action));
  if (unknown !== undefined) throw badRequest(`action: ${unknown.slice(0, 100)} is none of ${known.join(', ')}`);
  return new Set(actions);
}
