import type { Entry, Snapshot } from '../../store/store.ts';
import { isOn, valueOf } from '../protocol/query.ts';
import {
  entriesNamed,
  listTag,
  onlyEntry,
  scopedForm,
  tagOf,
  visibleEntries,
  withTenant,
  type Wanted,
} from '../protocol/entries.ts';
import { badRequest, notFound } from '../protocol/errors.ts';
import { toGroup, type Answer, type Item, type Scope, type View } from '../protocol/route.ts';

// The configuration side, alike for applications and their deployments.

type AnyEntry = Entry<object, unknown>;
type Configured = AnyEntry & { readonly config: object };

/** Every configuration in the scope. */
export function configList(entries: ReadonlyMap<string, AnyEntry>, { scope, keep }: View): Answer {
  const configured = () => visibleEntries(entries, scope).filter(isConfigured);
  const whose = scope.kind === 'all-tenants' ? 'all' : `of ${scope.tenant}`;
  return {
    kind: 'grouped-list',
    list: {
      source: entries,
      form: `configurations, ${whose}`,
      groups: () => configured().map((entry) => toGroup(configItem(entry, scope))),
    },
    tag: keep(entries, `tag, ${whose}`, () => listTag(configured())),
  };
}

/** One configuration. @throws ApiError 404, 409 */
export function oneConfig(entries: ReadonlyMap<string, AnyEntry>, view: View, wanted: Wanted): Answer {
  const entry = onlyEntry(entriesNamed(entries, view, wanted.name).filter(isConfigured), wanted);
  return { kind: 'one', item: configItem(entry, view.scope), tag: entry.configTag };
}

/** One application, the list of its versions, or one of them (contract 5.1). @throws ApiError 404, 409, 400 */
export function oneVersion(entries: Snapshot['applications'], view: View, wanted: Wanted): Answer {
  const { scope, query } = view;
  const entry = onlyEntry(
    entriesNamed(entries, view, wanted.name).filter(({ config }) => config !== undefined),
    wanted,
  );
  if (isOn(query, 'version-list', 'revision-list') || isRevisionList(view)) {
    const value = entry.versions.map(({ config }) => config.version);
    return { kind: 'value', value, tag: tagOf(entry.versions.map(({ configTag }) => configTag)) };
  }
  const asked = askedVersion(view);
  if (asked === undefined) return oneConfig(entries, view, wanted);
  const version = entry.versions.find(({ config }) => config.version === asked);
  if (version === undefined) throw notFound(`no version ${asked} of ${wanted.noun} ${wanted.name}`);
  return { kind: 'one', item: configItem({ ...entry, ...version }, scope), tag: version.configTag };
}

/** @throws ApiError 400 for what no version can be called */
function askedVersion(view: View): string | undefined {
  const revision = isOn(view.query, 'revision') && !isRevisionList(view) ? valueOf(view.query, 'revision') : undefined;
  const version = valueOf(view.query, 'version') ?? revision;
  if (version === undefined || /^[a-zA-Z0-9\-.+]+$/.test(version)) return version;
  throw badRequest('version: expected letters, digits, `-`, `.` and `+`');
}

/** `revision` without a value, or `true`, asks for the list (contract 5.1); with one it names a version. */
function isRevisionList({ query }: View): boolean {
  return query['revision'] === '' || query['revision'] === 'true';
}

function isConfigured(entry: AnyEntry): entry is Configured {
  return entry.config !== undefined;
}

function configItem({ config, name, tenant }: Configured, scope: Scope): Item {
  const body = () => (scope.kind === 'all-tenants' ? withTenant(config, tenant) : config);
  return { key: name, source: config, form: scopedForm('config', scope), body };
}
