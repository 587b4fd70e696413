import type { Path } from './finding.ts';

// A look into documents that may not fit their schema: what is not as expected is as if it were not there, so that the
// checks over several fields can run beside the complaints of the schema.

export interface Mapping {
  readonly path: Path;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Text {
  readonly path: Path;
  readonly text: string;
}

export function mappingOf(value: unknown, path: Path = []): Mapping {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return { path, fields: isMapping ? (value as Readonly<Record<string, unknown>>) : {} };
}

export function mappingAt({ path, fields }: Mapping, key: string): Mapping {
  return mappingOf(fields[key], [...path, key]);
}

/** The entries of a list, as mappings. */
export function mappingsAt({ path, fields }: Mapping, key: string): readonly Mapping[] {
  const value = fields[key];
  return Array.isArray(value) ? value.map((entry, index) => mappingOf(entry, [...path, key, index])) : [];
}

export function textAt({ path, fields }: Mapping, key: string): Text | undefined {
  const value = fields[key];
  return typeof value === 'string' ? { path: [...path, key], text: value } : undefined;
}

export function textsAt({ path, fields }: Mapping, key: string): readonly Text[] {
  const value = fields[key];
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry, index) =>
    typeof entry === 'string' ? [{ path: [...path, key, index], text: entry }] : [],
  );
}

/** The texts under `name`. */
export function namesOf(mappings: readonly Mapping[]): readonly Text[] {
  return mappings.flatMap((mapping) => textAt(mapping, 'name') ?? []);
}

/** The init containers and containers of a service, in the order they run in. */
export function containersOf(service: Mapping): readonly Mapping[] {
  return [...mappingsAt(service, 'init-containers'), ...mappingsAt(service, 'containers')];
}
