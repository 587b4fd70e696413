import type { Kind } from '../model/catalog.ts';
import { compareTexts } from '../spec/problems.ts';
import type { FieldChange } from '../status/documents.ts';
import { compareLines } from './compare-lines.ts';
import { MASK, maskValue } from './mask.ts';

/** A value longer than that in JSON is shown by its beginning. */
const LONGEST_VALUE = 400;

/** What may tell the entries of a list apart, the first that all of them have, each another. */
const NAMES = ['name', 'container-port', 'mount-path', 'volume-name', 'version-regexp'] as const;

/** Where two texts of one document differ; undefined is a document that is not there. Sorted as they stand in the newer. */
export function compareFields(
  document: Kind,
  old: object | undefined,
  now: object | undefined,
): readonly FieldChange[] {
  return differences(old, now, []).map(({ path, ...values }) => ({
    document,
    path: formatPath(path),
    ...showValues(
      values,
      path.map(({ name }) => name),
    ),
  }));
}

interface Place {
  readonly name: string;
  /** An entry of a list, not a key. */
  readonly isEntry: boolean;
}

interface Difference {
  readonly path: readonly Place[];
  readonly old: unknown;
  readonly now: unknown;
}

function differences(old: unknown, now: unknown, path: readonly Place[]): readonly Difference[] {
  if (isSame(old, now)) return [];
  if (isMapping(old) && isMapping(now)) return mappingDifferences(old, now, { path, isEntry: false });
  if (Array.isArray(old) && Array.isArray(now)) {
    const key = NAMES.find((name) => isTold(old, name) && isTold(now, name));
    if (key !== undefined) return listDifferences(byName(old, key), byName(now, key), path);
  }
  return [{ path, old, now }];
}

function mappingDifferences(
  old: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
  { path, isEntry }: { readonly path: readonly Place[]; readonly isEntry: boolean },
): readonly Difference[] {
  const gone = Object.keys(old).filter((key) => !Object.hasOwn(now, key));
  const keys = [...Object.keys(now), ...gone.sort(compareTexts)];
  const at = (values: Readonly<Record<string, unknown>>, key: string) =>
    Object.hasOwn(values, key) ? values[key] : undefined;
  return keys.flatMap((key) => differences(at(old, key), at(now, key), [...path, { name: key, isEntry }]));
}

/** Entries by their names; that they stand in another order is a difference of its own. */
function listDifferences(
  old: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown>,
  path: readonly Place[],
): readonly Difference[] {
  const common = (names: ReadonlyMap<string, unknown>) =>
    [...names.keys()].filter((name) => old.has(name) && now.has(name));
  const [before, after] = [common(old), common(now)];
  const moved = isSame(before, after) ? [] : [{ path, old: before, now: after }];
  const inside = mappingDifferences(Object.fromEntries(old), Object.fromEntries(now), { path, isEntry: true });
  return [...moved, ...inside];
}

function isTold(list: readonly unknown[], key: string): boolean {
  const names = list.map((entry) => nameIn(entry, key));
  return !names.includes(undefined) && new Set(names).size === names.length;
}

function byName(list: readonly unknown[], key: string): ReadonlyMap<string, unknown> {
  return new Map(list.map((entry) => [nameIn(entry, key) ?? '', entry]));
}

function nameIn(entry: unknown, key: string): string | undefined {
  const name = isMapping(entry) ? entry[key] : undefined;
  return typeof name === 'string' || typeof name === 'number' ? String(name) : undefined;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

type Shown = Pick<FieldChange, 'old' | 'new' | 'line' | 'masked'>;

function showValues({ old, now }: Omit<Difference, 'path'>, path: readonly string[]): Shown {
  const [before, after] = [maskValue(old, path), maskValue(now, path)];
  const masked = before.masked || after.masked;
  const lines = compareLines(old, now);
  // All that differs is what is not shown.
  if (lines !== undefined && isSame(before.value, after.value))
    return { old: show(MASK), new: show(MASK), line: lines.line, masked };
  const shown = lines && compareLines(before.value, after.value);
  if (shown !== undefined) return { old: show(shown.old), new: show(shown.new), line: shown.line, masked };
  return {
    ...(old === undefined ? {} : { old: show(before.value) }),
    ...(now === undefined ? {} : { new: show(after.value) }),
    masked,
  };
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}

/** `services[web].containers[nginx].env.LOG_LEVEL` */
function formatPath(path: readonly Place[]): string {
  return path.reduce((text, { name, isEntry }) => {
    if (isEntry) return `${text}[${/^[\w./@-]+$/.test(name) ? name : JSON.stringify(name)}]`;
    if (!/^[\w-]+$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
