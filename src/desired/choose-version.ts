import type { DocumentInForce, ResolvedCatalog, VersionHistory } from '../model/catalog.ts';
import { applicationKey } from '../model/names.ts';

type Application = DocumentInForce<'application'>;
type Deployment = DocumentInForce<'application-deployment'>;

/** Which text of its application a deployment stands for. */
export type VersionChoice =
  | { readonly kind: 'known'; readonly application: Application }
  /** It may be found yet; until then what runs stays. */
  | { readonly kind: 'awaited'; readonly reason: string }
  /** What runs stays. */
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'no-application' };

/** `*` and the version in force are the text in force; any other version is the one of that name in history. */
export function chooseVersion(deployment: Deployment, catalog: ResolvedCatalog): VersionChoice {
  const key = deployedApplicationKey(deployment);
  const current = catalog.applications[key];
  if (current === undefined) return { kind: 'no-application' };
  const pinned = pinnedVersion(deployment);
  if (pinned === undefined) return { kind: 'known', application: current };
  const known = knownVersions(catalog, key);
  const application = known.find(({ document }) => document.spec.version === pinned);
  if (application !== undefined) return { kind: 'known', application };
  const { name, spec } = deployment.document;
  const wish = `deployment ${name} wants version ${pinned} of application ${spec.application}`;
  if (catalog.history.isComplete) return { kind: 'unknown', reason: `${wish}, ${whatThereIs(known, catalog.history)}` };
  // Why is said in the state of the repository: it may name what is none of a tenant's business.
  const hindrance = catalog.history.error === '' ? '' : ', which cannot be read now';
  return { kind: 'awaited', reason: `${wish}; it is still looked for in the history of the repository${hindrance}` };
}

function whatThereIs(known: readonly Application[], { isCut }: VersionHistory): string {
  const versions = known.flatMap(({ document }) => document.spec.version ?? []);
  const has = versions.length === 0 ? 'which has none' : `which has ${versions.join(', ')}`;
  return isCut ? `${has} in the commits that were looked at (--history)` : has;
}

/** The versions to list, newest first, the one in force among them (contract 8.3). */
export function listedVersions(catalog: ResolvedCatalog, key: string): readonly Application[] {
  const unlisted = new Set<string | undefined>([undefined, ...(catalog.history.unlisted[key] ?? [])]);
  return knownVersions(catalog, key).filter(({ document }) => !unlisted.has(document.spec.version));
}

/** The text in force, and those of other versions, newest first. */
export function knownVersions({ applications, history }: ResolvedCatalog, key: string): readonly Application[] {
  const current = applications[key];
  if (current === undefined) return [];
  const others = history.versions[key] ?? [];
  return [current, ...others.filter(({ document }) => document.spec.version !== current.document.spec.version)];
}

/** undefined: whatever is in force. */
export function pinnedVersion({ document }: Deployment): string | undefined {
  const version = document.spec['application-version'] ?? '*';
  return version === '*' ? undefined : version;
}

/** The key of the application a deployment names, whether it exists or not. */
export function deployedApplicationKey({ document }: Deployment): string {
  return applicationKey({ tenant: document.tenant, application: document.spec.application });
}
