import type { ApplicationSpec } from '../model/application-spec.ts';
import type { Kind, ParsedFile, RejectedDocument, ValidDocument } from '../model/catalog.ts';
import type { GovernedField } from '../model/governed-field.ts';
import type { Problem } from '../model/problem.ts';
import { checkPolicy } from '../policy/check-policy.ts';
import { governedFields } from '../policy/governed-fields.ts';
import { checkApplication } from './check-application.ts';
import { checkSite } from './check-site.ts';
import { checkTenant } from './check-tenant.ts';
import { formatPath } from './finding.ts';
import { classifyPath, holdsDocuments } from './layout.ts';
import { indexLines, type Position } from './line-index.ts';
import { locate } from './locate.ts';
import {
  parseDocument,
  placeFindings,
  topLevelText,
  type ParsedDocument,
  type PlacedFinding,
} from './parse-document.ts';
import { compareProblems, limitProblems } from './problems.ts';
import { specHash } from './spec-hash.ts';
import { findUnsupported } from './unsupported.ts';
import {
  applicationDeploymentValidator,
  applicationValidator,
  policyValidator,
  siteValidator,
  tenantValidator,
  type Validator,
} from './validator.ts';
import { decodeText, readDocuments, UnreadableError, type YamlDocument } from './yaml-documents.ts';

/** The name of every policy: a folder has one. */
const POLICY = 'policy';

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** A text under way: where it is, and where in it things are. */
export interface Source {
  /** What its problems name; '' for one that is no file. */
  readonly file: string;
  readonly kind: Kind;
  readonly tenant: string;
  readonly positionOf: (offset: number) => Position;
}

/**
 * Reads one file of the tree; the path is relative to the folder of contract 2. Depends on path and bytes alone, never
 * throws, and costs little whatever the bytes are (LIMITS). A path that holds no documents gives what `classifyPath`
 * says about it.
 */
export function parseFile(file: string, bytes: Uint8Array): ParsedFile {
  const place = classifyPath(file);
  switch (place.kind) {
    case 'ignored':
      return { file, documents: [], rejected: [], problems: [] };
    case 'problem':
    case 'unsupported': {
      const severity = place.kind === 'problem' ? 'error' : 'warning';
      return {
        file,
        documents: [],
        rejected: [],
        problems: [{ file, line: 1, column: 1, message: place.message, severity, rule: RULES_OF_PLACES[place.kind] }],
      };
    }
    case 'application':
    case 'application-deployment':
    case 'site':
    case 'tenant':
    case 'policy':
      return parseText({ file, kind: place.kind, tenant: place.tenant }, bytes);
    default:
      return place satisfies never;
  }
}

const RULES_OF_PLACES = { problem: 'file/misplaced', unsupported: 'file/not-supported-yet' } as const;

/** A file whose bytes nobody will read, with the reason: too large, a symbolic link. What it held stays in force. */
export function rejectFile(file: string, message: string, position: Position = { line: 1, column: 1 }): ParsedFile {
  const problems: readonly Problem[] = [{ file, ...position, message, severity: 'error', rule: 'file/unreadable' }];
  const place = classifyPath(file);
  if (!holdsDocuments(place)) return { file, documents: [], rejected: [], problems };
  const { kind, tenant } = place;
  return { file, documents: [], rejected: [{ kind, tenant, file, name: nameByPlace(place), problems }], problems };
}

function parseText(where: Omit<Source, 'positionOf'>, bytes: Uint8Array): ParsedFile {
  let positionOf = (_offset: number): Position => ({ line: 1, column: 1 });
  try {
    const text = decodeText(bytes);
    positionOf = indexLines(text);
    const documents = readDocuments(text);
    if (documents.length > 0) return parseDocuments({ ...where, positionOf }, documents);
    return rejectFile(where.file, 'the file holds no document; delete the file to remove what it held');
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    return rejectFile(where.file, error.message, positionOf(error.offset));
  }
}

function parseDocuments(source: Source, yamlDocuments: readonly YamlDocument[]): ParsedFile {
  const documents: ValidDocument[] = [];
  const rejected: RejectedDocument[] = [];
  const problems: Problem[] = [];
  for (const yamlDocument of yamlDocuments) {
    const result = parseOne(source, yamlDocument);
    if ('rejected' in result) rejected.push(result.rejected);
    else documents.push(result.document);
    problems.push(...result.problems);
  }
  return { file: source.file, documents, rejected, problems: limitProblems(problems.sort(compareProblems)) };
}

export type DocumentResult =
  | { readonly document: ValidDocument; readonly problems: readonly Problem[] }
  | { readonly rejected: RejectedDocument; readonly problems: readonly Problem[] };

/** One document of a text, checked by itself. */
export function parseOne(source: Source, document: YamlDocument): DocumentResult {
  switch (source.kind) {
    case 'application': {
      const parsed = parseDocument(document, applicationValidator, checkApplication);
      if (!parsed.valid) return reject(source, document, parsed.findings);
      const placed = placeWarnings(document, parsed, applicationValidator);
      const governed = placeGoverned(source, document, parsed.spec);
      return {
        document: { kind: source.kind, ...accept(source, document, parsed, placed), governed },
        problems: toProblems(source, placed),
      };
    }
    case 'application-deployment': {
      const parsed = parseDocument(document, applicationDeploymentValidator);
      if (!parsed.valid) return reject(source, document, parsed.findings);
      const placed = placeWarnings(document, parsed, applicationDeploymentValidator);
      return {
        document: { kind: source.kind, ...accept(source, document, parsed, placed) },
        problems: toProblems(source, placed),
      };
    }
    case 'site': {
      const parsed = parseDocument(document, siteValidator, checkSite);
      if (!parsed.valid) return reject(source, document, parsed.findings);
      const placed = placeWarnings(document, parsed, siteValidator);
      return {
        document: { kind: source.kind, ...accept(source, document, parsed, placed) },
        problems: toProblems(source, placed),
      };
    }
    case 'tenant': {
      const parsed = parseDocument(document, tenantValidator, (value) => checkTenant(value, source.tenant));
      if (!parsed.valid) return reject(source, document, parsed.findings);
      const placed = placeWarnings(document, parsed, tenantValidator);
      const named = { ...parsed, spec: { ...parsed.spec, name: source.tenant } };
      return {
        document: { kind: source.kind, ...accept(source, document, named, placed) },
        problems: toProblems(source, placed),
      };
    }
    case 'policy': {
      const parsed = parseDocument(document, policyValidator, (value) => checkPolicy(value, source.tenant));
      if (!parsed.valid) return reject(source, document, parsed.findings);
      const placed = placeWarnings(document, parsed, policyValidator);
      const named = { ...parsed, spec: { ...parsed.spec, name: POLICY } };
      return {
        document: { kind: source.kind, ...accept(source, document, named, placed) },
        problems: toProblems(source, placed),
      };
    }
    default:
      return source.kind satisfies never;
  }
}

/** What is wrong with a document that is valid all the same. */
function placeWarnings<T>(
  document: YamlDocument,
  { value, warnings }: Extract<ParsedDocument<T>, { valid: true }>,
  { schema }: Validator<T>,
): readonly PlacedFinding[] {
  return placeFindings(document, [...findUnsupported(value, schema), ...warnings]);
}

function placeGoverned(
  { positionOf }: Source,
  document: YamlDocument,
  spec: ApplicationSpec,
): readonly GovernedField[] {
  return governedFields(spec).map(({ kind, value, path }) => ({
    kind,
    value,
    path: formatPath(path),
    ...positionOf(locate(document, { path, target: 'value' })),
  }));
}

/** Everything of a valid document but its kind. */
function accept<T extends { readonly name: string }>(
  source: Source,
  document: YamlDocument,
  { spec }: Extract<ParsedDocument<T>, { valid: true }>,
  warnings: readonly PlacedFinding[],
) {
  return {
    tenant: source.tenant,
    name: spec.name,
    file: source.file,
    ...source.positionOf(locate(document, { path: ['name'], target: 'value' })),
    spec,
    warnings: [...new Set(warnings.map(({ message }) => message))].sort(),
    specHash: specHash(spec),
    governed: [],
  };
}

function reject(source: Source, document: YamlDocument, findings: readonly PlacedFinding[]): DocumentResult {
  const problems = toProblems(source, findings).sort(compareProblems);
  const { kind, tenant, file } = source;
  const base = {
    kind,
    tenant,
    file,
    name: nameByPlace(source) ?? (kind === 'tenant' ? tenant : nameAt(document, 'name')),
    problems: limitProblems(problems),
  };
  if (kind !== 'application-deployment') return { rejected: base, problems };
  return { rejected: { ...base, application: nameAt(document, 'application') }, problems };
}

/** What a document is called that has its name from its place. */
function nameByPlace({ kind }: Pick<Source, 'kind'>): string | undefined {
  return kind === 'policy' ? POLICY : undefined;
}

function nameAt(document: YamlDocument, key: string): string | undefined {
  const text = topLevelText(document, key);
  return text !== undefined && text.length <= 63 && NAME.test(text) ? text : undefined;
}

function toProblems({ file, positionOf }: Source, findings: readonly PlacedFinding[]): Problem[] {
  return findings.map(({ offset, ...finding }) => ({ file, ...positionOf(offset), ...finding }));
}
