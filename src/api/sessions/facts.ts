import type { AuditFacts } from '../../journal/audit.ts';
import type { FoundInstance } from '../applications.ts';
import type { View } from '../route.ts';

/** Who does something, and where, for the records of it. */
export function toFacts(view: View, { entry, instance }: FoundInstance, action: AuditFacts['action']): AuditFacts {
  const { principal, address } = view.caller;
  return {
    action,
    ...(principal === undefined ? {} : { principal: toPrincipal(principal) }),
    address,
    site: view.snapshot.site,
    tenant: entry.tenant,
    application: entry.name,
    'service-instance': instance.name,
  };
}

/** What is told of who holds a token. */
export function toPrincipal({ name, tenant }: NonNullable<View['caller']['principal']>) {
  return { name, ...(tenant === undefined ? {} : { tenant }) };
}
