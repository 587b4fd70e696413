import {
  UNKNOWN_HISTORY,
  type Catalog,
  type DocumentInForce,
  type ParsedFile,
  type RejectedDocument,
  type ResolvedCatalog,
  type ValidDocument,
} from '../model/catalog.ts';
import { classifyPath, EVERY_TENANT } from './layout.ts';
import { compareTexts } from './problems.ts';

/**
 * A file as it was at an earlier commit, judged together with the others of that commit: a text that contradicted
 * another there is among its rejected documents, for it never was in force.
 */
export interface EarlierVersion {
  readonly revision: string;
  readonly parsed: ParsedFile;
}

interface Resolution {
  readonly applications: Map<string, DocumentInForce<'application'>>;
  readonly deployments: Map<string, DocumentInForce<'application-deployment'>>;
  readonly sites: Map<string, DocumentInForce<'site'>>;
  readonly tenants: Map<string, DocumentInForce<'tenant'>>;
  readonly leftAlone: Map<string, string>;
  readonly frozenTenants: Map<string, string>;
}

/** A name for which head has no valid text. */
interface Missing {
  readonly rejected: RejectedDocument;
  readonly name: string;
  /** Of a deployment: what it deploys, where that can be told. */
  readonly application: string | undefined;
}

/**
 * Says what is to be carried out: bad input never harms what runs (contract 2). `earlier` holds earlier versions of the
 * files with rejected documents, newest first.
 *
 * - valid at head, in whatever file: in force
 * - rejected, name known: the newest valid text of that name in the same file
 * - rejected, name unknown: every name of the newest earlier version of the file whose names are all known
 * - no such text: the application is left alone, or nothing of the tenant is removed where it cannot be told; of a site,
 *   nothing at all is removed
 */
export function resolveCatalog(catalog: Catalog, earlier: readonly EarlierVersion[]): ResolvedCatalog {
  const resolution: Resolution = {
    applications: new Map(),
    deployments: new Map(),
    sites: new Map(),
    tenants: new Map(),
    leftAlone: new Map(),
    frozenTenants: new Map(),
  };
  for (const document of catalog.documents) put(resolution, document, catalog.revision, undefined);
  const missing = catalog.rejected.flatMap((rejected) => findMissing(resolution, rejected, earlier));
  const filesByName = groupFiles(missing);
  for (const one of missing) findLastGood(resolution, one, filesByName, earlier);
  freezeMisplaced(resolution, catalog);
  dropSecondDeployments(resolution);
  const deployed = new Set([...resolution.deployments.values()].map(({ document }) => applicationOf(document)));
  for (const one of missing) leaveAlone(resolution, one, deployed);
  return {
    revision: catalog.revision,
    applications: toSortedRecord(resolution.applications),
    deployments: toSortedRecord(resolution.deployments),
    sites: toSortedRecord(resolution.sites),
    tenants: toSortedRecord(resolution.tenants),
    policies: catalog.policies,
    leftAlone: toSortedRecord(resolution.leftAlone),
    frozenTenants: toSortedRecord(resolution.frozenTenants),
    rejected: catalog.rejected,
    problems: catalog.problems,
    history: UNKNOWN_HISTORY,
  };
}

/** The names a rejected document stands for; where they cannot be told, nothing of its tenant may be removed. */
function findMissing(
  { frozenTenants }: Resolution,
  rejected: RejectedDocument,
  earlier: readonly EarlierVersion[],
): readonly Missing[] {
  const { name, application } = rejected;
  if (name !== undefined) return [{ rejected, name, application }];
  const held = namesHeld(rejected, earlier);
  if (held !== undefined) return held;
  setOnce(frozenTenants, frozenBy(rejected), `${placeOf(rejected)}; what the file held before is not known`);
  return [];
}

/** What the newest earlier version of the file held of which every name can be told. */
function namesHeld(rejected: RejectedDocument, earlier: readonly EarlierVersion[]): readonly Missing[] | undefined {
  const version = earlier.find(
    ({ parsed }) => parsed.file === rejected.file && parsed.rejected.every(({ name }) => name !== undefined),
  );
  if (version === undefined) return undefined;
  const { documents, rejected: alsoRejected } = version.parsed;
  return [
    ...documents.map(({ name }) => ({ rejected, name, application: undefined })),
    ...alsoRejected.flatMap(({ name, application }) => (name === undefined ? [] : [{ rejected, name, application }])),
  ];
}

/** The files that hold, or held, a document of one name; more than one where head has a name twice. */
function groupFiles(missing: readonly Missing[]): ReadonlyMap<string, ReadonlySet<string>> {
  const files = new Map<string, Set<string>>();
  for (const one of missing) {
    const key = missingKey(one);
    files.set(key, (files.get(key) ?? new Set()).add(one.rejected.file));
  }
  return files;
}

function missingKey({ rejected, name }: Missing): string {
  return `${rejected.kind} ${rejected.tenant}.${name}`;
}

/** Of a name that stands in two files the newest text of either counts, not that of the file that comes first. */
function findLastGood(
  resolution: Resolution,
  missing: Missing,
  filesByName: ReadonlyMap<string, ReadonlySet<string>>,
  earlier: readonly EarlierVersion[],
): void {
  const { rejected, name } = missing;
  if (isInForce(resolution, rejected, name)) return;
  const files = filesByName.get(missingKey(missing));
  for (const { revision, parsed } of earlier) {
    if (files?.has(parsed.file) !== true) continue;
    const document = parsed.documents.find((one) => one.name === name);
    if (document === undefined) continue;
    put(resolution, document, revision, rejected);
    return;
  }
}

function isInForce(resolution: Resolution, { kind, tenant }: RejectedDocument, name: string): boolean {
  switch (kind) {
    case 'application':
      return resolution.applications.has(`${tenant}.${name}`);
    case 'application-deployment':
      return resolution.deployments.has(`${tenant}.${name}`);
    case 'site':
      return resolution.sites.has(name);
    case 'tenant':
      return resolution.tenants.has(name);
    case 'policy':
      return true; // what is in force instead was decided before anything was judged by it
    default:
      return kind satisfies never;
  }
}

function put(
  resolution: Resolution,
  document: ValidDocument,
  revision: string,
  rejected: RejectedDocument | undefined,
): void {
  const key = `${document.tenant}.${document.name}`;
  switch (document.kind) {
    case 'application':
      resolution.applications.set(key, { document, revision, rejected });
      return;
    case 'application-deployment':
      resolution.deployments.set(key, { document, revision, rejected });
      return;
    case 'site':
      resolution.sites.set(document.name, { document, revision, rejected });
      return;
    case 'tenant':
      resolution.tenants.set(document.name, { document, revision, rejected });
      return;
    case 'policy':
      return;
    default:
      document satisfies never;
  }
}

/** Of whom nothing may be removed while it is not known what a document said: a site is everybody's. */
function frozenBy({ kind, tenant }: RejectedDocument): string {
  return kind === 'site' ? EVERY_TENANT : tenant;
}

/** Nothing to go by: what runs of it stays as it is. */
function leaveAlone(
  resolution: Resolution,
  { rejected, name, application }: Missing,
  deployed: ReadonlySet<string>,
): void {
  // Nothing runs because of the settings of a tenant.
  if (isInForce(resolution, rejected, name) || rejected.kind === 'tenant') return;
  const reason = `${placeOf(rejected)}; no earlier valid text of it was found`;
  const target = rejected.kind === 'application' ? name : application;
  if (target === undefined) {
    setOnce(resolution.frozenTenants, frozenBy(rejected), reason);
    return;
  }
  const key = `${rejected.tenant}.${target}`;
  // Another deployment, in force, says where the application belongs.
  if (rejected.kind === 'application-deployment' && deployed.has(key)) return;
  setOnce(resolution.leftAlone, key, reason);
}

function applicationOf({ tenant, spec }: ValidDocument<'application-deployment'>): string {
  return `${tenant}.${spec.application}`;
}

/** A mistyped folder or file name must not look like a removal (contract 2). */
function freezeMisplaced({ frozenTenants }: Resolution, { problems }: Catalog): void {
  for (const { file, message } of problems) {
    const place = classifyPath(file);
    if (place.kind === 'problem' && place.tenant !== undefined) {
      setOnce(frozenTenants, place.tenant, `${file}: ${message}`);
    }
  }
}

/** An application has one deployment: one that is valid at head beats another's last good text. */
function dropSecondDeployments({ deployments }: Resolution): void {
  const deployed = new Set<string>();
  const sorted = [...deployments].sort(
    ([keyA, a], [keyB, b]) =>
      Number(a.rejected !== undefined) - Number(b.rejected !== undefined) || compareTexts(keyA, keyB),
  );
  for (const [key, { document }] of sorted) {
    const application = applicationOf(document);
    if (deployed.has(application)) deployments.delete(key);
    else deployed.add(application);
  }
}

/** `tenants/acme/applications/shop.yaml:3:5: the first problem` */
function placeOf({ file, problems }: RejectedDocument): string {
  const [first] = problems;
  return first === undefined ? `${file} is rejected` : `${file}:${first.line}:${first.column}: ${first.message}`;
}

function setOnce(map: Map<string, string>, key: string, value: string): void {
  if (!map.has(key)) map.set(key, value);
}

function toSortedRecord<T>(map: ReadonlyMap<string, T>): Readonly<Record<string, T>> {
  return Object.fromEntries([...map].sort(([a], [b]) => compareTexts(a, b)));
}
