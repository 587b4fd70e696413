import { expect, test } from 'vitest';
import type { ParsedFile } from '../../src/model/catalog.ts';
import { buildCatalog } from '../../src/spec/build-catalog.ts';
import { checkCrossReferences } from '../../src/spec/cross-references.ts';
import { application, deployment, errorsOf, parseApplication, parseDeployment, parseSite, site } from './documents.ts';

const app = (name: string, ...needed: readonly string[]): ParsedFile => {
  const needs = needed.length === 0 ? '' : `depends-on: [${needed.join(', ')}]\n`;
  return parseApplication(`${application(name)}${needs}`, `tenants/acme/applications/${name}.yaml`);
};
const dep = (name: string, labels = ''): ParsedFile => {
  const text = deployment(name, name);
  const placed = labels === '' ? text : text.replace('all-sites: {}', `match-site-labels: ${labels}`);
  return parseDeployment(placed, `tenants/acme/application-deployments/${name}.yaml`);
};

const catalogOf = (...files: readonly ParsedFile[]) => buildCatalog('c1', files, []);
const told = (...files: readonly ParsedFile[]) =>
  checkCrossReferences(catalogOf(...files)).map(({ file, severity, message }) => [
    file.split('/').at(-1),
    severity,
    message,
  ]);

test('an application that depends on itself, or on one twice, is told where it says so', () => {
  expect(errorsOf(app('shop', 'db', 'shop', 'db'))).toEqual([
    '7:18: depends-on[1]: the application depends on itself, so it could never be started',
    '7:24: depends-on[2]: the application "db" is listed twice',
  ]);
});

test('applications that depend on one another in a circle are rejected, each with the way round', () => {
  const outside = app('outside', 'db');
  const catalog = catalogOf(app('db', 'web'), app('web', 'queue'), app('queue', 'db', 'disk'), app('disk'), outside);
  expect(catalog.rejected.map(({ name }) => name)).toEqual(['db', 'queue', 'web']);
  expect(catalog.problems.map(({ file, line, column, message }) => [file, line, column, message])).toEqual(
    [
      ['db', 'db → web → queue → db'],
      ['queue', 'queue → db → web → queue'],
      ['web', 'web → queue → db → web'],
    ].map(([name, way]) => [
      `tenants/acme/applications/${name ?? ''}.yaml`,
      1,
      7,
      `depends-on: it depends on itself in the end, ${way ?? ''}, so none of these could be started; ` +
        'take one of them out of the `depends-on` of the one before it',
    ]),
  );
  expect(catalog.documents.map(({ name }) => name)).toEqual(['disk', 'outside']);
});

test('a circle of a thousand applications is told in a moment, and shown in short', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `a${index}`);
  const catalog = catalogOf(...names.map((name, index) => app(name, names[(index + 1) % names.length]!)));
  expect(catalog.rejected).toHaveLength(1000);
  expect(catalog.problems[0]?.message).toContain('a0 → a1 → a2 → a3 → a4 → a5 → a6 → a7 → … → a0');
});

test('applications of other tenants have nothing to do with it', () => {
  const other = parseApplication(`${application('db')}depends-on: [web]\n`, 'tenants/other/applications/db.yaml');
  expect(catalogOf(app('web', 'db'), other).rejected).toEqual([]);
});

test('what an application depends on has to exist', () => {
  expect(told(app('shop', 'bd'), app('db'))).toEqual([
    ['shop.yaml', 'error', 'depends-on[0]: there is no application "bd" (did you mean `db`?)'],
  ]);
});

test('one that is rejected for a problem of its own may be meant', () => {
  expect(told(app('shop', 'db'), app('db', 'db'))).toEqual([]);
});

test('what an application depends on has to be deployed wherever the application is', () => {
  const sites = [parseSite(site('north'), 'sites/north.yaml'), parseSite(site('south'), 'sites/south.yaml')];
  const only = (name: string) => `system/name = ${name}`;
  const files = [app('shop', 'db'), app('db')];
  expect(told(...files)).toEqual([]);
  expect(told(...files, dep('shop'), dep('db'))).toEqual([]);
  expect(told(...files, dep('shop'))).toEqual([
    ['shop.yaml', 'error', 'depends-on[0]: the application "db" is not deployed to site local, where this one is'],
  ]);
  expect(told(...sites, ...files, dep('shop', only('north')), dep('db', only('north')))).toEqual([]);
  expect(told(...sites, ...files, dep('shop'), dep('db', only('north')))).toEqual([
    ['shop.yaml', 'error', 'depends-on[0]: the application "db" is not deployed to site south, where this one is'],
  ]);
});
