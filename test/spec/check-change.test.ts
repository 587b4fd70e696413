import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { DocumentInForce, ResolvedCatalog } from '../../src/model/catalog.ts';
import { buildCatalog } from '../../src/spec/build-catalog.ts';
import { checkPart, type ChangeTarget } from '../../src/spec/change-document.ts';
import { readChangeText, type ChangeText } from '../../src/spec/change-text.ts';
import { checkChange, type Change } from '../../src/spec/check-change.ts';
import { parseFile } from '../../src/spec/parse-file.ts';
import { mergeDocuments } from '../../src/spec/merge-documents.ts';
import { resolveCatalog } from '../../src/spec/resolve-catalog.ts';
import { applicationValidator } from '../../src/spec/validator.ts';
import { application, deployment, toBytes } from './documents.ts';

/** A repository: texts by file of the tenant `acme`, or by path. */
function repository(files: Readonly<Record<string, string>>): ResolvedCatalog {
  const parsed = Object.entries(files).map(([file, text]) =>
    parseFile(file.startsWith('tenants/') ? file : `tenants/acme/${file}`, toBytes(text)),
  );
  return resolveCatalog(buildCatalog('r1', parsed, []), []);
}

const SHOP = repository({
  'applications/shop.yaml': application('shop'),
  'application-deployments/shop.yaml': deployment('shop', 'shop'),
});

function text(written: string): ChangeText {
  const read = readChangeText(toBytes(written));
  if ('problem' in read) throw new Error(read.problem.message);
  return read;
}

function target(kind: ChangeTarget['kind'], name?: string): ChangeTarget {
  return { kind, tenant: 'acme', name };
}

/** As `line:column: message`, or `file:line:column: message`. */
function check(change: Change, at: ChangeTarget, catalog = SHOP): readonly string[] {
  return checkChange(change, at, catalog).map(({ message, place }) =>
    place === undefined
      ? message
      : `${[...(place.file ? [place.file] : []), place.line, place.column].join(':')}: ${message}`,
  );
}

const whole = (written: string): Change => ({ how: 'whole', text: text(written) });
const part = (written: string): Change => ({ how: 'merge', text: text(written) });
const patch = (written: string): Change => ({ how: 'json-patch', text: text(written) });

describe('a new document', () => {
  it('is good when a commit of it would be', () => {
    expect(check(whole(application('blog')), target('application'))).toEqual([]);
    expect(check(whole(application('shop', 'cpus: 0.5')), target('application', 'shop'))).toEqual([]);
  });

  it('is told everything that is wrong with it, with its place', () => {
    const written = application('Blog', 'imgae: x', 'memory: lots', 'env: {A: "${NO}"}');
    expect(check(whole(written), target('application'))).toEqual([
      expect.stringMatching(/^1:7: name: "Blog"/),
      expect.stringMatching(/^7:9: services\[0\]\.containers\[0\]\.imgae: this key is unknown/),
      expect.stringMatching(/^8:17: services\[0\]\.containers\[0\]\.memory: "lots"/),
      expect.stringMatching(/^9:.*NO/),
    ]);
  });

  it('has to have the name that the path says', () => {
    const complaint = '1:7: name: the path says "shop", this says "blog"; what has another name is another document';
    expect(check(whole(application('blog')), target('application', 'shop'))).toEqual([complaint]);
    expect(check(whole(application('blog', 'x: y')), target('application', 'shop'))).toEqual([
      complaint,
      expect.stringContaining('this key is unknown'),
    ]);
  });

  it('that no schema knows, or is no YAML, is refused', () => {
    expect(check(whole('[]'), target('application'))).toEqual([expect.stringContaining('has to be a mapping')]);
    expect(check(whole('name: "shop'), target('application'))).toEqual([
      '1:7: this is not valid YAML: the quote that opens here is not closed',
    ]);
  });

  it('is good in spite of what is merely worth a warning', () => {
    const pinned = deployment('shop', 'shop', 'application-version: "0.9"');
    expect(check(whole(pinned), target('application-deployment', 'shop'))).toEqual([]);
  });
});

describe('a deployment', () => {
  it('of an application that is not there is refused, as `fairlead validate` reports it', () => {
    expect(check(whole(deployment('blog', 'shpo')), target('application-deployment'))).toEqual([
      '1:7: application: there is no application "shpo" (did you mean `shop`?)',
    ]);
  });

  it('of an application whose own file is broken is not', () => {
    const catalog = repository({ 'applications/blog.yaml': application('blog', 'x: y') });
    expect(check(whole(deployment('blog', 'blog')), target('application-deployment'), catalog)).toEqual([]);
  });

  it('of an application that has one is refused, and may take the place of that one', () => {
    const second = deployment('second', 'shop');
    expect(check(whole(second), target('application-deployment'))).toEqual([
      '1:7: the application "shop" is deployed by another application deployment too: ' +
        'tenants/acme/application-deployments/shop.yaml:1:7; keep one',
    ]);
    const replaced = deployment('shop', 'shop', 'application-version: "*"');
    expect(check(whole(replaced), target('application-deployment', 'shop'))).toEqual([]);
  });

  it('of an application of another tenant is one of an application that is not there', () => {
    const catalog = repository({ 'tenants/beta/applications/till.yaml': application('till') });
    expect(check(whole(deployment('till', 'till')), target('application-deployment'), catalog)).toHaveLength(1);
  });
});

describe('a removal', () => {
  it('of what nothing refers to is good', () => {
    expect(check({ how: 'removal' }, target('application-deployment', 'shop'))).toEqual([]);
  });

  it('of an application that is deployed is refused, with the place of its deployment', () => {
    expect(check({ how: 'removal' }, target('application', 'shop'))).toEqual([
      'tenants/acme/application-deployments/shop.yaml:1:7: application: there is no application "shop"',
    ]);
  });
});

describe('what is wrong already', () => {
  const broken = repository({
    'applications/shop.yaml': application('shop'),
    'applications/bad.yaml': application('bad', 'x: y'),
    'application-deployments/lost.yaml': deployment('lost', 'shopp'),
  });

  it('is not held against a change', () => {
    expect(check(whole(application('blog')), target('application'), broken)).toEqual([]);
    expect(check({ how: 'removal' }, target('application', 'shop'), broken)).toEqual([]);
  });

  it('is, where the change says it again', () => {
    expect(check(whole(deployment('lost', 'nobody')), target('application-deployment', 'lost'), broken)).toHaveLength(
      1,
    );
  });
});

describe('a part of a document', () => {
  it('is merged into what is there, and the whole is judged', () => {
    const image = (value: string) => `services: [{name: web, containers: [{name: nginx, image: ${value}}]}]`;
    expect(check(part(image('nginx:1.28')), target('application', 'shop'))).toEqual([]);
    expect(check(part(image('"a b"')), target('application', 'shop'))).toEqual([
      expect.stringMatching(/^services\[0\]\.containers\[0\]\.image: "a b"/),
    ]);
    expect(check(part('services: [{name: db, containers: [{name: db}]}]'), target('application', 'shop'))).toEqual([
      'services[1].containers[0]: `image` is missing',
    ]);
  });

  it('cannot give it another name', () => {
    expect(check(part('name: blog'), target('application', 'shop'))).toEqual([
      expect.stringContaining('name: the path says "shop", this says "blog"'),
    ]);
    expect(check(part('name: shop'), target('application', 'shop'))).toEqual([]);
  });

  it('is told of keys that stand twice with their place', () => {
    expect(check(part('version: "1"\nversion: "2"'), target('application', 'shop'))).toEqual([
      '2:1: the key "version" stands here twice',
    ]);
  });

  it('has to be a mapping', () => {
    expect(check(part('[{op: remove, path: /version}]'), target('application', 'shop'))).toEqual([
      '1:1: a part of the document is expected, a mapping; a JSON Patch needs its own Content-Type',
    ]);
  });

  it('makes another reference lead nowhere, and that is told', () => {
    expect(check(part('application: nobody'), target('application-deployment', 'shop'))).toEqual([
      'application: there is no application "nobody"',
    ]);
  });
});

describe('whatever a document says', () => {
  const written = readFileSync(new URL('./fixtures/whole-application.yaml', import.meta.url), 'utf8');
  const catalog = repository({ 'applications/whole.yaml': written });
  const [{ document }] = Object.values(catalog.applications) as [DocumentInForce<'application'>];

  it.each([
    ['merge', '{}'],
    ['merge', JSON.stringify(document.spec)],
    ['merge', written],
    ['json-patch', '[]'],
    ['json-patch', JSON.stringify([{ op: 'replace', path: '', value: document.spec }])],
  ] as const)('a %s that changes nothing leaves just what was there', (how, sent) => {
    const changed = checkPart({ how, text: text(sent) }, target('application', document.name), document.spec);
    expect(changed).toMatchObject({ document: { specHash: document.specHash } });
  });
});

describe('a JSON Patch of a document', () => {
  it('is carried out, and the whole is judged', () => {
    const replicas = (value: string) => patch(`[{"op":"add","path":"/services/0/replicas","value":${value}}]`);
    expect(check(replicas('3'), target('application', 'shop'))).toEqual([]);
    expect(check(replicas('"3"'), target('application', 'shop'))).toEqual([
      expect.stringMatching(/^services\[0\]\.replicas: "3" is not a whole number/),
    ]);
    expect(check(patch('[{op: remove, path: /services}]'), target('application', 'shop'))).toEqual([
      '`services` is missing',
    ]);
  });

  it('is told which operation fails, and where it stands', () => {
    const operations = '- {op: test, path: /name, value: shop}\n- {op: remove, path: /nothing}\n';
    expect(check(patch(operations), target('application', 'shop'))).toEqual([
      '2:3: operation 2 (remove "/nothing"): there is nothing at "/nothing"',
    ]);
  });

  it('that leaves nothing is refused', () => {
    expect(check(patch('[{op: remove, path: ""}]'), target('application', 'shop'))).toHaveLength(1);
  });
});

describe('a body', () => {
  const read = (bytes: Uint8Array) => {
    const result = readChangeText(bytes);
    return 'problem' in result ? result.problem : 'read';
  };

  it.each([
    ['nothing', '', 'the body holds no document'],
    ['a comment', '# nothing', 'the body holds no document'],
    ['two documents', 'a: b\n---\nc: d', 'the body holds 2 documents; send one at a time'],
    ['a NUL byte', 'a: "\0"', 'the body holds a NUL byte, so it is no text'],
    ['too much', 'a: '.repeat(400_000), 'the body is larger than 1 MiB and is not read'],
    ['too many pieces', '- \n'.repeat(40_000), 'the body holds more than 60000 pieces of YAML; split it'],
    ['too much depth', '['.repeat(100), 'the body is nested deeper than 64 levels'],
  ])('of %s is refused', (_, written, message) => {
    expect(read(toBytes(written))).toMatchObject({ message });
  });

  it('that is no UTF-8 is refused, one with a byte order mark is not', () => {
    expect(read(new Uint8Array([0x61, 0x3a, 0x20, 0xe4]))).toMatchObject({ message: 'the body is not UTF-8' });
    expect(read(new Uint8Array([0xef, 0xbb, 0xbf, ...toBytes('a: b')]))).toBe('read');
  });
});

test('a document laid over itself is what it was, and as good, whatever it says', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const lines = fc.record({
    env: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,6}$/), fc.stringMatching(/^[ -#%-~]{0,20}$/)),
    cpus: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
    cmd: fc.option(fc.array(fc.stringMatching(/^[ -#%-~]{0,12}$/)), { nil: undefined }),
  });
  const container = fc.tuple(name, lines).map(([called, fields]) => ({ name: called, image: 'i:1', ...fields }));
  const unique = { minLength: 1, maxLength: 4, selector: (thing: { readonly name: string }) => thing.name };
  const service = fc
    .tuple(name, fc.uniqueArray(container, unique))
    .map(([called, containers]) => ({ name: called, containers }));
  fc.assert(
    fc.property(fc.uniqueArray(service, unique), fc.stringMatching(/^[a-z0-9.]{1,6}$/), (services, version) => {
      const written = JSON.stringify({ name: 'shop', version, services });
      const catalog = repository({ 'applications/shop.json': written });
      const at = target('application', 'shop');
      expect(check(whole(written), at, catalog)).toEqual([]);
      expect(check(part(written), at, catalog)).toEqual([]);
      const { spec } = catalog.applications['acme.shop']!.document;
      expect(mergeDocuments(spec, JSON.parse(written), applicationValidator.schema)).toEqual(spec);
    }),
    { numRuns: 50 },
  );
});
