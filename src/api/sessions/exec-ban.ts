import { own } from '../../model/own.ts';
import type { Snapshot } from '../../store/store.ts';
import { entriesNamed } from '../protocol/entries.ts';
import { forbidden } from '../protocol/errors.ts';
import type { View } from '../protocol/route.ts';

/**
 * Whether commands and connections are allowed where the path leads, as far as that can be told before it is looked at.
 * @throws ApiError 403
 */
export function checkExecAllowed({ snapshot, scope }: Pick<View, 'snapshot' | 'scope'>): void {
  const site = snapshot.sites.find(({ name }) => name === snapshot.site);
  if (site?.exec === 'forbidden') throw forbidden(`site ${site.name} forbids it (exec: forbidden in its file)`);
  if (scope.kind === 'tenant') checkTenantAllows(snapshot, scope.tenant);
}

/** @throws ApiError 403 */
export function checkTenantAllows({ catalog }: Pick<Snapshot, 'catalog'>, tenant: string): void {
  if (catalog === undefined || own(catalog.tenants, tenant)?.document.spec.exec !== 'forbidden') return;
  throw forbidden(`tenant ${tenant} forbids it (exec: forbidden in its tenant.yaml)`);
}

/** The same for what is open already, whoever of those that have the application it is. @throws ApiError 403 */
export function checkExecGoesOn({ snapshot, scope, param }: Pick<View, 'snapshot' | 'scope' | 'param'>): void {
  checkExecAllowed({ snapshot, scope });
  if (scope.kind === 'tenant') return;
  const entries = entriesNamed(snapshot.applications, { snapshot, scope }, param('application'));
  const named = entries.filter(({ tenant, name }) => param('instance').startsWith(`${tenant}.${name}.`));
  for (const { tenant } of named.length > 0 ? named : entries) checkTenantAllows(snapshot, tenant);
}
