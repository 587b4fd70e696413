import { describe, expect, test } from 'vitest';
import type { ParsedFile, ResolvedCatalog } from '../../src/model/catalog.ts';
import { buildCatalog } from '../../src/spec/build-catalog.ts';
import { EVERY_TENANT } from '../../src/spec/layout.ts';
import { resolveCatalog } from '../../src/spec/resolve-catalog.ts';
import { application, deployment, parseApplication, parseDeployment, parseSite, site } from './documents.ts';

// Bad input never harms what runs (contract 2).

const app = (text: string, file = 'shop.yaml') => parseApplication(text, `tenants/acme/applications/${file}`);
const dep = (text: string, file = 'shop.yaml') => parseDeployment(text, `tenants/acme/application-deployments/${file}`);
const v1 = (parsed: ParsedFile) => ({ revision: 'v1', parsed });
const v2 = (parsed: ParsedFile) => ({ revision: 'v2', parsed });

function resolve(files: readonly ParsedFile[], earlier: Parameters<typeof resolveCatalog>[1] = []): ResolvedCatalog {
  return resolveCatalog(buildCatalog('head', files, []), earlier);
}

/** `<key>@<revision>`, with `!` where head's own text is rejected. */
function inForce({ applications, deployments, sites }: ResolvedCatalog): readonly string[] {
  return [applications, deployments, sites].flatMap((record) =>
    Object.entries(record).map(
      ([key, { revision, rejected }]) => `${key}@${revision}${rejected === undefined ? '' : '!'}`,
    ),
  );
}

const good = application('shop');
const bad = application('shop', 'memory: x');
const UNPARSABLE = 'name: shop\n  services: [';

test('what is valid at head is in force', () => {
  const resolved = resolve([app(good), dep(deployment('d', 'shop'))]);
  expect(inForce(resolved)).toEqual(['acme.shop@head', 'acme.d@head']);
  expect(resolved).toMatchObject({ leftAlone: {}, frozenTenants: {} });
});

describe('a rejected document whose name is known', () => {
  test('is replaced by its newest valid text in the same file', () => {
    const earlier = [v2(app(application('shop', 'cpus: x'))), v1(app(good))];
    expect(inForce(resolve([app(bad)], earlier))).toEqual(['acme.shop@v1!']);
  });

  test('is left alone when there is none', () => {
    const resolved = resolve([app(bad)], [v1(app(application('other')))]);
    expect(inForce(resolved)).toEqual([]);
    expect(resolved.leftAlone['acme.shop']).toMatch(/^tenants\/acme\/applications\/shop\.yaml:7:17: services\[0\]/);
    expect(resolved.frozenTenants).toEqual({});
  });

  test('does not bring back what was removed from its file on purpose', () => {
    const earlier = [v1(app(`${good}---\n${application('gone')}`))];
    expect(inForce(resolve([app(bad)], earlier))).toEqual(['acme.shop@v1!']);
  });

  test('gives way to a valid document of its name in another file', () => {
    const resolved = resolve([app(bad), app(good, 'moved.yaml')], [v1(app(good))]);
    expect(inForce(resolved)).toEqual(['acme.shop@head']);
  });
});

describe('a file that does not parse', () => {
  test('keeps every name in force that its newest readable version held, each with its newest valid text', () => {
    const earlier = [
      v2(app(`${bad}---\n${application('blog')}`)),
      v1(app(`${good}---\n${application('blog')}---\n${application('old')}`)),
    ];
    expect(inForce(resolve([app(UNPARSABLE)], earlier))).toEqual(['acme.blog@v2!', 'acme.shop@v1!']);
  });

  test('skips versions that did not parse either', () => {
    expect(inForce(resolve([app(UNPARSABLE)], [v2(app('{')), v1(app(good))]))).toEqual(['acme.shop@v1!']);
  });

  test('freezes its tenant, and no other, when nothing earlier is known', () => {
    const resolved = resolve([app(UNPARSABLE)]);
    expect(resolved.leftAlone).toEqual({});
    expect(resolved.frozenTenants).toEqual({
      acme: expect.stringContaining('what the file held before is not known') as string,
    });
  });

  test('gives way, name by name, to what is valid elsewhere', () => {
    const resolved = resolve(
      [app(UNPARSABLE), app(good, 'moved.yaml')],
      [v1(app(`${good}---\n${application('blog')}`))],
    );
    expect(inForce(resolved)).toEqual(['acme.blog@v1!', 'acme.shop@head']);
  });
});

describe('two documents of one name', () => {
  test('leave in force what one of the files held before', () => {
    const resolved = resolve([app(good, 'a.yaml'), app(good, 'b.yaml')], [v1(app(good, 'b.yaml'))]);
    expect(inForce(resolved)).toEqual(['acme.shop@v1!']);
    expect(resolved.leftAlone).toEqual({});
  });

  test('the newest text counts, whichever file comes first', () => {
    const earlier = [v2(app(good, 'b.yaml')), v1(app(good, 'a.yaml'))];
    expect(inForce(resolve([app(good, 'a.yaml'), app(good, 'b.yaml')], earlier))).toEqual(['acme.shop@v2!']);
  });
});

describe('a rejected deployment', () => {
  const broken = deployment('d', 'shop', 'deploy-to-sites: {sites-in-parallel: 0}');

  test('is replaced by its last good text', () => {
    expect(inForce(resolve([app(good), dep(broken)], [v1(dep(deployment('d', 'shop')))]))).toEqual([
      'acme.shop@head',
      'acme.d@v1!',
    ]);
  });

  test('without one leaves its application alone', () => {
    const resolved = resolve([app(good), dep(broken)]);
    expect(Object.keys(resolved.leftAlone)).toEqual(['acme.shop']);
    expect(resolved.frozenTenants).toEqual({});
  });

  test('freezes its tenant when its application cannot be told', () => {
    const resolved = resolve([app(good), dep('name: d\nplacement: {all-sites: {}}\n')]);
    expect(Object.keys(resolved.frozenTenants)).toEqual(['acme']);
  });

  test('does not stand in the way of another one of the same application that is in force', () => {
    const files = [app(good), dep(deployment('a', 'shop'), 'a.yaml'), dep(deployment('b', 'shop'), 'b.yaml')];
    const resolved = resolve(files, [v1(dep(deployment('a', 'shop'), 'a.yaml'))]);
    expect(inForce(resolved)).toEqual(['acme.shop@head', 'acme.a@v1!']);
    expect(resolved.leftAlone).toEqual({});
  });

  test('its last good text gives way to a deployment of the same application that is valid at head', () => {
    const files = [app(good), dep('{', 'old.yaml'), dep(deployment('new', 'shop'), 'new.yaml')];
    const resolved = resolve(files, [v1(dep(deployment('old', 'shop'), 'old.yaml'))]);
    expect(inForce(resolved)).toEqual(['acme.shop@head', 'acme.new@head']);
  });
});

describe('a site', () => {
  const stockholm = (text = site('stockholm')) => parseSite(text, 'sites/stockholm.yaml');
  const broken = stockholm(site('stockholm', 'type: egde'));

  test('is known by its name alone', () => {
    expect(inForce(resolve([stockholm()]))).toEqual(['stockholm@head']);
  });

  test('that is rejected is replaced by its last good text, whether its name can be told or not', () => {
    expect(inForce(resolve([broken], [v1(stockholm())]))).toEqual(['stockholm@v1!']);
    expect(inForce(resolve([stockholm('{')], [v1(stockholm())]))).toEqual(['stockholm@v1!']);
  });

  test.each([
    ['its name is known', broken, 'sites/stockholm.yaml:4:7: type: "egde" is not `edge` or `top`; no earlier valid'],
    ['its name is not known', stockholm('{'), 'what the file held before is not known'],
  ])('of which no good text is known lets nothing be removed, of any tenant: %s', (_, file, reason) => {
    const resolved = resolve([app(good), file]);
    expect(inForce(resolved)).toEqual(['acme.shop@head']);
    expect(resolved.frozenTenants).toEqual({ [EVERY_TENANT]: expect.stringContaining(reason) as string });
    expect(resolved.leftAlone).toEqual({});
  });
});

test('a mistyped folder or ending freezes the tenant: it must not look like a removal', () => {
  const misplaced = ['tenants/acme/aplications/shop.yaml', 'tenants/Beta/applications/shop.yaml', 'tenants/README.md'];
  const problems = misplaced.map((file) => ({ file, line: 1, column: 1, message: 'x', severity: 'error' as const }));
  const resolved = resolveCatalog(buildCatalog('head', [], problems), []);
  expect(resolved.frozenTenants).toEqual({
    '*': 'tenants/Beta/applications/shop.yaml: x',
    acme: 'tenants/acme/aplications/shop.yaml: x',
  });
});
