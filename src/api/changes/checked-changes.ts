import type { ResolvedCatalog } from '../../model/catalog.ts';
import { nameIn } from '../../spec/change-text.ts';
import { checkChange, type Change } from '../../spec/check-change.ts';
import { readChangeBody, refused, type ChangeBody } from './change-body.ts';
import { isKnownTenant, listTag, onlyEntry, visibleEntries } from '../protocol/entries.ts';
import { ApiError, badRequest } from '../protocol/errors.ts';
import { isChangeAllowed } from '../protocol/preconditions.ts';
import type { CheckedEntry, CheckedKind, CheckMethod, CheckView } from '../protocol/check.ts';
import type { Answer, Operation, Route, View } from '../protocol/route.ts';

// Nothing is ever stored: with `validate` a change is checked as a commit of it would be, without it these methods are not
// allowed (contract 5.3).

/** The method of the list that checks a new document. */
export function checksNew(checked: CheckedKind): Route['methods'] {
  const { noun, schema } = checked;
  return {
    POST: {
      ...describe(`create${schema}`, `Check a new ${noun}`),
      errors: [...NOT_READ, 409],
      body: { schema, required: true },
      responses: { 201: { description: 'It could be created; nothing was' } },
      answer: (view) => check('POST', checked, view),
    },
  };
}

/** The methods that check changes of one document. */
export function checksOne(checked: CheckedKind): Route['methods'] {
  const { noun, schema } = checked;
  return {
    PUT: {
      ...describe(`replace${schema}`, `Check a ${noun}, new or in place of the one there is`),
      body: { schema, required: true },
      responses: {
        201: { description: 'It could be created; nothing was' },
        204: { description: 'It could be replaced; nothing was' },
      },
      answer: (view) => check('PUT', checked, view),
    },
    PATCH: {
      ...describe(`update${schema}`, `Check a change of a part of a ${noun}`),
      body: { schema, required: true, patch: true },
      responses: { 204: { description: 'It could be changed; nothing was' } },
      answer: (view) => check('PATCH', checked, view),
    },
    DELETE: {
      ...describe(`delete${schema}`, `Check whether a ${noun} could go`),
      responses: { 204: { description: 'It could be removed; nothing was' } },
      answer: (view) => check('DELETE', checked, view),
    },
  };
}

/** Before the first revision was read. */
const NOT_READ = [503];

function describe(id: string, summary: string) {
  const description =
    'Only ever checked, as a commit would be: configuration is changed by committing to the repository. ' +
    'Without `validate` the answer is 405.';
  return {
    id,
    summary,
    description,
    query: ['validate'],
    onlyWith: 'validate',
    errors: NOT_READ,
  } as const satisfies Partial<Operation>;
}

/** Checks a change. Large ones take some 100 ms, so that is done elsewhere where it can be. @throws ApiError */
function check(method: CheckMethod, checked: CheckedKind, view: View): Answer | Promise<Answer> {
  const { checkAside } = view;
  if (checkAside === undefined || !isLarge(view)) return checkNow(method, checked, view);
  return checkAside({ method, checked, view }, view.caller.principal?.name ?? view.caller.address, view.signal());
}

/** @throws ApiError */
export function checkNow(method: CheckMethod, checked: CheckedKind, view: CheckView): Answer {
  return CHECKS[method](checked, view);
}

/** Bytes. */
const LARGE = 8 * 1024;

/** A patch may copy what is there again and again, so its length says little. */
function isLarge({ body }: View): boolean {
  return body !== undefined && (body.bytes.length > LARGE || body.contentType.includes('json-patch'));
}

const CHECKS: Readonly<Record<CheckMethod, (checked: CheckedKind, view: CheckView) => Answer>> = {
  POST: checkNew,
  PUT: checkWhole,
  PATCH: checkPart,
  DELETE: checkRemoval,
};

function checkNew(checked: CheckedKind, view: CheckView): Answer {
  const catalog = demandCatalog(view);
  const body = readChangeBody(view, 'document');
  const tenant = ownerOf(view, body);
  const name = nameIn(body.text);
  const visible = configured(checked, view);
  if (visible.some((entry) => entry.tenant === tenant && entry.name === name))
    throw new ApiError(409, `${checked.noun} ${name} exists already; PUT or PATCH changes it`);
  const change: Change = { how: 'whole', text: body.text };
  return judge({ change, checked, catalog, view, tenant, name: undefined, tag: listTag(visible), status: 201 });
}

function checkWhole(checked: CheckedKind, view: CheckView): Answer {
  const catalog = demandCatalog(view);
  const entry = find(checked, view);
  const body = readChangeBody(view, 'document');
  const tenant = ownerOf(view, body, entry);
  const change: Change = { how: 'whole', text: body.text };
  const [tag, status] = entry === undefined ? [undefined, 201 as const] : [entry.configTag, 204 as const];
  return judge({ change, checked, catalog, view, tenant, name: nameOf(checked, view), tag, status });
}

function checkPart(checked: CheckedKind, view: CheckView): Answer {
  const catalog = demandCatalog(view);
  const entry = demand(checked, view);
  const body = readChangeBody(view, 'patch');
  const tenant = ownerOf(view, body, entry);
  const change: Change = { how: body.form === 'document' ? 'merge' : 'json-patch', text: body.text };
  const { name, configTag: tag } = entry;
  return judge({ change, checked, catalog, view, tenant, name, tag, status: 204 });
}

function checkRemoval(checked: CheckedKind, view: CheckView): Answer {
  const catalog = demandCatalog(view);
  const { tenant, name, configTag: tag } = demand(checked, view);
  return judge({ change: { how: 'removal' }, checked, catalog, view, tenant, name, tag, status: 204 });
}

interface Judged {
  readonly change: Change;
  readonly checked: CheckedKind;
  readonly catalog: ResolvedCatalog;
  readonly view: CheckView;
  readonly tenant: string;
  readonly name: string | undefined;
  /** Of what the path names; undefined: there is nothing yet. */
  readonly tag: string | undefined;
  readonly status: 201 | 204;
}

/** @throws ApiError 400 with every problem, and then 412 */
function judge({ change, checked: { kind }, catalog, view, tenant, name, tag, status }: Judged): Answer {
  const problems = checkChange(change, { kind, tenant, name }, catalog);
  if (problems.length > 0) throw refused(problems);
  const conditions = { ifMatch: view.header('if-match'), ifNoneMatch: view.header('if-none-match') };
  if (!isChangeAllowed(conditions, tag))
    throw new ApiError(412, 'If-Match or If-None-Match does not hold for what is there');
  return { kind: 'empty', status };
}

/** What changes are checked against. @throws ApiError 503 */
function demandCatalog({ snapshot }: CheckView): ResolvedCatalog {
  if (snapshot.catalog !== undefined) return snapshot.catalog;
  throw new ApiError(503, 'no revision of the repository has been read so far; ask again soon');
}

function configured({ entriesOf }: CheckedKind, { snapshot, scope }: CheckView): readonly CheckedEntry[] {
  return visibleEntries(entriesOf(snapshot), scope).filter(({ config }) => config !== undefined);
}

function nameOf({ parameter }: CheckedKind, { param }: CheckView): string {
  return param(parameter);
}

/** What the path names, if it is there. @throws ApiError 409 when several tenants have one */
function find(checked: CheckedKind, view: CheckView): CheckedEntry | undefined {
  const visible = configured(checked, view);
  const name = nameOf(checked, view);
  return visible.some((entry) => entry.name === name) ? onlyEntry(visible, { noun: checked.noun, name }) : undefined;
}

/** What the path names. @throws ApiError 404, 409 */
function demand(checked: CheckedKind, view: CheckView): CheckedEntry {
  return onlyEntry(configured(checked, view), { noun: checked.noun, name: nameOf(checked, view) });
}

/**
 * Whose document it is: the tenant of the path, of the one there is, or else the one the site provider names in it.
 * @throws ApiError 400
 */
function ownerOf({ scope, snapshot }: CheckView, { tenant: named }: ChangeBody, entry?: CheckedEntry): string {
  if (scope.kind === 'tenant') return scope.tenant;
  if (entry !== undefined && (named ?? entry.tenant) !== entry.tenant)
    throw badRequest(
      `tenant: ${entry.name} belongs to ${entry.tenant}; what another tenant has is below /tenants/{tenant}/`,
    );
  const tenant = named ?? entry?.tenant;
  if (tenant === undefined)
    throw badRequest('whose is it? send it to the path below /v1/config/tenants/{tenant}/, or with the key `tenant`');
  if (!isKnownTenant(snapshot, tenant)) throw badRequest('tenant: no such tenant');
  return tenant;
}
