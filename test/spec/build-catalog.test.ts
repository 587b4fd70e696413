import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildCatalog } from '../../src/spec/build-catalog.ts';
import { checkCrossReferences } from '../../src/spec/cross-references.ts';
import { application, deployment, parseApplication, parseDeployment, parseSite, site } from './documents.ts';

const app = (file: string, text: string) => parseApplication(text, `tenants/acme/applications/${file}`);
const dep = (file: string, text: string) => parseDeployment(text, `tenants/acme/application-deployments/${file}`);

test('two documents of one name are a problem in both, each naming the other', () => {
  const catalog = buildCatalog(
    'c1',
    [app('b.yaml', application('shop')), app('a.yaml', `\n${application('shop')}`)],
    [],
  );
  expect(catalog.documents).toEqual([]);
  expect(catalog.rejected.map(({ file, name }) => [file, name])).toEqual([
    ['tenants/acme/applications/a.yaml', 'shop'],
    ['tenants/acme/applications/b.yaml', 'shop'],
  ]);
  expect(catalog.problems.map(({ line, column, message }) => [line, column, message])).toEqual([
    [
      2,
      7,
      'another application of this tenant is called "shop" too: tenants/acme/applications/b.yaml:1:7; rename or remove one',
    ],
    [
      1,
      7,
      'another application of this tenant is called "shop" too: tenants/acme/applications/a.yaml:2:7; rename or remove one',
    ],
  ]);
});

test('two documents of one name in one file are a problem in both', () => {
  const catalog = buildCatalog('c1', [app('a.yaml', `${application('shop')}---\n${application('shop')}`)], []);
  expect(catalog.rejected).toHaveLength(2);
});

test('two sites of one name are a problem in both', () => {
  const files = ['sites/a.yaml', 'sites/b.yaml'].map((file) => parseSite(site('stockholm'), file));
  const catalog = buildCatalog('c1', files, []);
  expect(catalog.documents).toEqual([]);
  expect(catalog.problems.map(({ file, message }) => [file, message])).toEqual([
    ['sites/a.yaml', 'another site is called "stockholm" too: sites/b.yaml:1:7; rename or remove one'],
    ['sites/b.yaml', 'another site is called "stockholm" too: sites/a.yaml:1:7; rename or remove one'],
  ]);
});

test('an application, a deployment and other tenants may share a name', () => {
  const other = parseApplication(application('shop'), 'tenants/other/applications/a.yaml');
  const catalog = buildCatalog(
    'c1',
    [app('a.yaml', application('shop')), dep('a.yaml', deployment('shop', 'shop')), other],
    [],
  );
  expect(catalog.documents).toHaveLength(3);
  expect(catalog.problems).toEqual([]);
});

test('a rejected document does not make a valid one of its name a problem: it may have moved', () => {
  const catalog = buildCatalog(
    'c1',
    [app('a.yaml', application('shop', 'x: y')), app('b.yaml', application('shop'))],
    [],
  );
  expect(catalog.documents.map(({ file }) => file)).toEqual(['tenants/acme/applications/b.yaml']);
  expect(catalog.rejected).toHaveLength(1);
});

test('two deployments of one application are a problem in both', () => {
  const catalog = buildCatalog(
    'c1',
    [dep('a.yaml', deployment('a', 'shop')), dep('b.yaml', deployment('b', 'shop'))],
    [],
  );
  expect(catalog.documents).toEqual([]);
  expect(catalog.rejected.map(({ name, application: named }) => [name, named])).toEqual([
    ['a', 'shop'],
    ['b', 'shop'],
  ]);
  expect(catalog.problems[0]?.message).toBe(
    'the application "shop" is deployed by another application deployment too: tenants/acme/application-deployments/b.yaml:1:7; keep one',
  );
});

test('the order of the files never shows', () => {
  const files = [
    app('a.yaml', application('shop')),
    app('b.yaml', application('shop')),
    app('c.yaml', `${application('blog')}---\n${application('wiki', 'x: y')}---\n{`),
    app('d.yaml', 'name: ['),
    dep('a.yaml', deployment('a', 'shop')),
    dep('b.yaml', deployment('b', 'shop')),
    dep('c.yaml', deployment('c', 'blog')),
  ];
  const expected = buildCatalog('c1', files, []);
  fc.assert(
    fc.property(fc.shuffledSubarray(files, { minLength: files.length }), (shuffled) => {
      expect(buildCatalog('c1', shuffled, [])).toEqual(expected);
    }),
  );
});

test('cross references: what a deployment and affinities name has to be there', () => {
  const placement =
    '    placement: {preferred-affinity: {services: [web]}, preferred-anti-affinity: {services: [db]}}\n';
  const catalog = buildCatalog(
    'c1',
    [
      app('shop.yaml', `${application('shop')}${placement}version: "2"\n`),
      app('wiki.yaml', application('wiki', 'x: y')),
      dep('a.yaml', deployment('a', 'shop', 'application-version: "1"')),
      dep('b.yaml', deployment('b', 'shopp')),
      dep('c.yaml', deployment('c', 'wiki')),
    ],
    [],
  );
  expect(
    checkCrossReferences(catalog).map(({ file, severity, message }) => [file.split('/').at(-1), severity, message]),
  ).toEqual([
    [
      'a.yaml',
      'warning',
      'application-version: "1" is pinned, but the application is at version "2" (tenants/acme/applications/shop.yaml:1); ' +
        'that version has to be in the history of the repository',
    ],
    ['b.yaml', 'error', 'application: there is no application "shopp" (did you mean `shop`?)'],
    [
      'shop.yaml',
      'warning',
      'services[0].placement.preferred-anti-affinity.services[0]: there is no service "db" in this application',
    ],
  ]);
});
