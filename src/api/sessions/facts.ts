import type { AuditFacts } from '../../journal/audit.ts';
import type { FoundInstance } from '../state/applications.ts';
import { namedPrincipal } from '../protocol/principal.ts';
import type { View } from '../protocol/route.ts';

/** Who does something, and where, for the records of it. */
export function toFacts(view: View, { entry, instance }: FoundInstance, action: AuditFacts['action']): AuditFacts {
  const { principal, address } = view.caller;
  return {
    action,
    ...(principal === undefined ? {} : { principal: namedPrincipal(principal) }),
    address,
    site: view.snapshot.site,
    tenant: entry.tenant,
    application: entry.name,
    'service-instance': instance.name,
  };
}
