import { createHash } from 'node:crypto';
import { applicationKey } from '../../model/names.ts';
import type { Entry, Snapshot } from '../../store/store.ts';
import { ApiError, notFound } from './errors.ts';
import type { Scope, View } from './route.ts';

// Looking up applications and deployments of one tenant or of all.

type AnyEntry = Pick<Entry<unknown, unknown>, 'tenant' | 'name' | 'configTag'>;

/** For lists. One by name costs less: `entriesNamed`. */
export function visibleEntries<E extends AnyEntry>(entries: ReadonlyMap<string, E>, scope: Scope): readonly E[] {
  const all = [...entries.values()];
  return scope.kind === 'all-tenants' ? all : all.filter(({ tenant }) => tenant === scope.tenant);
}

/** Those of this name that are visible: of several tenants several. Costs as much as there are tenants. */
export function entriesNamed<E extends AnyEntry>(
  entries: ReadonlyMap<string, E>,
  { snapshot, scope }: Pick<View, 'snapshot' | 'scope'>,
  name: string,
): readonly E[] {
  const tenants = scope.kind === 'all-tenants' ? snapshot.tenants : [scope.tenant];
  return tenants.flatMap((tenant) => entries.get(applicationKey({ tenant, application: name })) ?? []);
}

/** @param noun what is looked for, in the words of the error: `application` */
export interface Wanted {
  readonly noun: string;
  readonly name: string;
}

/** @throws ApiError 404, or 409 when several tenants have one of that name */
export function onlyEntry<E extends AnyEntry>(candidates: readonly E[], { noun, name }: Wanted): E {
  const [first, ...others] = candidates.filter((entry) => entry.name === name);
  if (first === undefined) throw notFound(`no ${noun} ${name}`);
  if (others.length === 0) return first;
  const tenants = [first, ...others].map(({ tenant }) => tenant);
  throw new ApiError(
    409,
    `several tenants have ${noun} ${name}: ${tenants.join(', ')}; ask for one of them below /tenants/{tenant}/`,
    { info: { tenants } },
  );
}

/** A tenant with documents, or with something that still runs. */
export function isKnownTenant({ tenants }: Pick<Snapshot, 'tenants'>, tenant: string): boolean {
  return tenants.includes(tenant);
}

/** One tag for a list of configurations. */
export function listTag(entries: readonly AnyEntry[]): string {
  return tagOf(entries.map(({ tenant, name, configTag }) => `${tenant}.${name} ${configTag}`));
}

/** One tag for several lines. */
export function tagOf(lines: readonly string[]): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest('base64url').slice(0, 22);
}

/** The site provider's bodies say whose they are, right after the name (avassa-reference 5.4). */
export function withTenant(body: object, tenant: string): object {
  const { name, ...rest } = { name: undefined, ...body };
  return { name, tenant, ...rest };
}

/** The name of a form that differs by scope. */
export function scopedForm(form: string, scope: Scope): string {
  return scope.kind === 'all-tenants' ? `${form}, with tenant` : form;
}
