import { chooseVersion, deployedApplicationKey } from '../desired/choose-version.ts';
import type { DocumentInForce, ResolvedCatalog } from '../model/catalog.ts';
import { own } from '../model/own.ts';
import type { DocumentReview, FieldChange, RejectedReview } from '../status/documents.ts';
import { compareFields } from './compare-fields.ts';
import type { RevisionPair } from './pair-sites.ts';

/** What a deployment says and what it stands for. */
interface Deployed {
  readonly deployment: DocumentInForce<'application-deployment'>;
  /** undefined: its text is not known. */
  readonly application: DocumentInForce<'application'> | undefined;
}

/**
 * Where the documents of applications that are deployed differ, by application key. Nothing of one that comes or goes
 * altogether: all of it does.
 */
export function compareDeployed({ base, head }: RevisionPair): ReadonlyMap<string, readonly FieldChange[]> {
  const [before, after] = [deployedOf(base), deployedOf(head)];
  const fields = [...after].map(([key, now]): [string, readonly FieldChange[]] => {
    const was = before.get(key);
    if (was === undefined) return [key, []];
    return [key, [...applicationFields(was, now), ...fieldsOf(was.deployment, now.deployment)]];
  });
  return new Map(fields.filter(([, changes]) => changes.length > 0));
}

function deployedOf(catalog: ResolvedCatalog): ReadonlyMap<string, Deployed> {
  return new Map(
    Object.values(catalog.deployments).map((deployment) => {
      const choice = chooseVersion(deployment, catalog);
      const application = choice.kind === 'known' ? choice.application : undefined;
      return [deployedApplicationKey(deployment), { deployment, application }];
    }),
  );
}

function applicationFields({ application: was }: Deployed, { application: now }: Deployed): readonly FieldChange[] {
  return was === undefined || now === undefined ? [] : fieldsOf(was, now);
}

function fieldsOf({ document: was }: DocumentInForce, { document: now }: DocumentInForce): readonly FieldChange[] {
  return was === now || was.specHash === now.specHash ? [] : compareFields(now.kind, was.spec, now.spec);
}

/** Documents of sites, tenants and policies that differ, sorted by kind and name. */
export function compareDocuments({ base, head }: RevisionPair): readonly DocumentReview[] {
  return [
    ...compareKind('policy', byTenant(base), byTenant(head)),
    ...compareKind('site', base.sites, head.sites),
    ...compareKind('tenant', base.tenants, head.tenants),
  ];
}

function byTenant({ policies: { documents } }: ResolvedCatalog): InForce {
  return Object.fromEntries(Object.entries(documents).map(([tenant, one]) => [tenant === '' ? '*' : tenant, one]));
}

type InForce = Readonly<Record<string, DocumentInForce<DocumentReview['kind']>>>;

function compareKind(kind: DocumentReview['kind'], base: InForce, head: InForce): readonly DocumentReview[] {
  const names = [...new Set([...Object.keys(base), ...Object.keys(head)])].sort();
  return names.flatMap((name): DocumentReview[] => {
    const [was, now] = [own(base, name), own(head, name)];
    const file = (now ?? was)?.document.file ?? '';
    if (was === undefined) return [{ kind, name, file, change: 'added', fields: [] }];
    if (now === undefined) return [{ kind, name, file, change: 'removed', fields: [] }];
    const fields = fieldsOf(was, now);
    return fields.length === 0 ? [] : [{ kind, name, file, change: 'changed', fields }];
  });
}

/** Documents that head rejects and base did not, sorted by file and name. */
export function compareRejected({ base, head }: RevisionPair): readonly RejectedReview[] {
  const keyOf = ({ kind, tenant, name, file }: ResolvedCatalog['rejected'][number]) =>
    JSON.stringify([kind, tenant, name ?? '', file]);
  const before = new Set(base.rejected.map(keyOf));
  const inForce = new Map(
    [head.applications, head.deployments, head.sites, head.tenants, head.policies.documents]
      .flatMap((documents) => Object.values<DocumentInForce>(documents))
      .flatMap(({ rejected, revision }) => (rejected === undefined ? [] : [[rejected, revision] as const])),
  );
  return head.rejected
    .filter((one) => !before.has(keyOf(one)))
    .map((one) => ({
      kind: one.kind,
      tenant: one.tenant,
      ...(one.name === undefined ? {} : { name: one.name }),
      file: one.file,
      'in-force': inForce.get(one) ?? '',
    }));
}
