import { describe, expect, test } from 'vitest';
import { application, deployment, errorsOf, parseApplication, parseDeployment, toBytes } from './documents.ts';
import { parseFile } from '../../src/spec/parse-file.ts';

describe('a valid document', () => {
  test('is known by folder and name, with the place of its name', () => {
    const [document] = parseApplication(`# the shop\n${application('shop')}`).documents;
    expect(document).toMatchObject({
      kind: 'application',
      tenant: 'acme',
      name: 'shop',
      line: 2,
      column: 7,
      warnings: [],
    });
  });

  test('has a hash that layout, quotes, comments and order of keys do not change, and content does', () => {
    const hash = (text: string) => parseApplication(text).documents[0]?.specHash;
    const plain = hash(application('shop'));
    expect(hash('services: [{containers: [{image: "nginx:1.27", name: nginx}], name: web}] # x\nname: "shop"')).toBe(
      plain,
    );
    expect(hash(application('shop').replace('1.27', '1.28'))).not.toBe(plain);
  });

  test('may be JSON', () => {
    const text = '{"name":"d","application":"shop","application-version":1.10,"placement":{"all-sites":{}}}';
    const parsed = parseDeployment(text, 'tenants/acme/application-deployments/d.json');
    expect(parsed.documents[0]?.spec).toMatchObject({ 'application-version': '1.10' });
  });

  test('may be JSON of any indentation', () => {
    const text = '{\n\t"name": "d",\r\n\t"application":"shop",\n\t"placement": {\n\t\t"all-sites": {}\n\t}\n}\n';
    expect(parseDeployment(text, 'tenants/acme/application-deployments/d.json').documents).toHaveLength(1);
  });

  test('may share a file with others; empty ones between them do not count', () => {
    const parsed = parseApplication(`---\n---\n${application('a')}---\n# nothing\n---\n${application('b')}...\n`);
    expect(parsed.documents.map(({ name, line }) => [name, line])).toEqual([
      ['a', 3],
      ['b', 12],
    ]);
    expect(parsed.problems).toEqual([]);
  });

  test('may begin with a byte order mark and have Windows line ends', () => {
    const text = `\ufeff${application('shop', 'memory: 10 potatoes')}`.replaceAll('\n', '\r\n');
    expect(errorsOf(parseApplication(text))[0]).toMatch(/^7:17: services\[0\]/);
  });
});

/** What is behind `nginx` in `application()`, and what is said about it. */
const CONTAINER_RULES: readonly (readonly [string, string])[] = [
  [
    'memory: 10 potatoes',
    '7:17: services[0].containers[0].memory: "10 potatoes" is not a size (examples: 64MiB, 1.5 GB)',
  ],
  ['memory:', '7:16: services[0].containers[0].memory: "" is not a size (examples: 64MiB, 1.5 GB)'],
  ['memory: [1]', '7:17: services[0].containers[0].memory: is a list, but a text is needed'],
  ['memroy: 1MB', '7:9: services[0].containers[0].memroy: this key is unknown (did you mean `memory`?)'],
  [
    'shutdownTimeout: 1s',
    '7:9: services[0].containers[0].shutdownTimeout: this key is unknown (did you mean `shutdown-timeout`?)',
  ],
  ['cpus: none', '7:15: services[0].containers[0].cpus: "none" is not a number'],
  ['cpus: "0.5"', '7:15: services[0].containers[0].cpus: "0.5" is not a number (leave the quotes and signs out)'],
  ['cpus: 0', '7:15: services[0].containers[0].cpus: 0 is too small (more than 0)'],
  [
    'cpu-shares: 0x10',
    '7:21: services[0].containers[0].cpu-shares: "0x10" is not a whole number (leave the quotes and signs out)',
  ],
  ['cpu-shares: 1', '7:21: services[0].containers[0].cpu-shares: 1 is too small (at least 2)'],
  ['no-builtin-init: yes', '7:26: services[0].containers[0].no-builtin-init: "yes" is not true or false'],
  ['no-builtin-init:', '7:25: services[0].containers[0].no-builtin-init: has no value; it needs true or false'],
  [
    'shutdown-timeout: 10',
    '7:27: services[0].containers[0].shutdown-timeout: "10" is not a duration (examples: 10s, 1h30m, 500ms)',
  ],
  ['shutdown-timeout: 25d', '7:27: services[0].containers[0].shutdown-timeout: "25d" is too long: at most 24h'],
  [
    'user: root',
    '7:15: services[0].containers[0].user: "root" is not a user (a number, or two as in 1000:1000; names are not looked up)',
  ],
  [
    'env: {"A=B": 1}',
    '7:15: services[0].containers[0].env: "A=B" is not the name of an environment variable: it holds `=` or NUL',
  ],
  ['env: {"": 1}', '7:15: services[0].containers[0].env: "" is not the name of an environment variable: it is empty'],
  [
    'env: {__proto__: 1}',
    '7:15: services[0].containers[0].env: "__proto__" is not a usable name of an environment variable',
  ],
  ['env: {A: "a\\0b"}', '7:18: services[0].containers[0].env.A: a text cannot hold a NUL character'],
  ['env: {A: [secret]}', '7:18: services[0].containers[0].env.A: is a list, but a text is needed'],
  ['env: {A: !!int 1}', '7:24: services[0].containers[0].env.A: the tag "!!int" has no meaning here; leave it out'],
  [
    'env: {A: *b}',
    '7:18: services[0].containers[0].env.A: the alias `*b` has no anchor before it; for the text itself use quotes',
  ],
  [
    'env: {<<: {A: 1}}',
    '7:15: services[0].containers[0].env: merge keys (`<<`) are not supported; write the fields out',
  ],
  ['env: {A: 1, A: 2}', '7:21: services[0].containers[0].env: the key "A" stands here twice'],
  ['env: {? [a] : b}', '7:17: services[0].containers[0].env: a key has to be a plain text'],
  ['image-pull: never', '7:21: services[0].containers[0].image-pull: "never" is not `when-absent` or `always`'],
  [
    'mounts: [{volume-name: x, mount-path: /x}]',
    '7:32: services[0].containers[0].mounts[0].volume-name: there is no volume "x"',
  ],
  [
    'mounts: [{volume-name: x, mount-path: x}]',
    '7:47: services[0].containers[0].mounts[0].mount-path: "x" is not an absolute path (it begins with "/")',
  ],
  [
    'mounts: [{volume-name: x}]',
    '7:18: services[0].containers[0].mounts[0]: one of `mount-path` or `files` is missing',
  ],
  [
    'probes: {liveness: {tcp: {port: 0}}}',
    '7:41: services[0].containers[0].probes.liveness.tcp.port: 0 is too small (at least 1)',
  ],
  [
    'probes: {liveness: {tcp: {port: 1}, exec: {cmd: [a]}}}',
    '7:45: services[0].containers[0].probes.liveness.exec: only one of',
  ],
  [
    'on-mounted-file-change: {restart: false}',
    '7:43: services[0].containers[0].on-mounted-file-change.restart: false is not true',
  ],
];

/** Other lines at the end of the document, and what is said about them. */
const DOCUMENT_RULES: readonly (readonly [string, string])[] = [
  [
    'labels: {system/x: 1}',
    '7:10: labels: "system/x" is reserved: the prefix `system` is for labels made by the system',
  ],
  [
    'labels: {io.fairlead.owner: x}',
    '7:10: labels: "io.fairlead.owner" is reserved: labels beginning with io.fairlead. are Fairlead\'s own',
  ],
  ['labels: {a/b/c: x}', '7:10: labels: "a/b/c" is not a label name (examples: color, example.com/location.city)'],
  ['labels: {-a: x}', '7:10: labels: "-a" is not a label name'],
  ['version: 1 0', '7:10: version: "1 0" is not a version (letters, digits, ".", "-" and "+", for example 2.4.2)'],
  ['version: &v !!float 1', '7:21: version: the tag "!!float" has no meaning here; leave it out'],
  ['nam: x', '7:1: nam: this key is unknown (did you mean `name`?)'],
  ['zzzzzz: x', '7:1: zzzzzz: this key is unknown; known are `name`, `version`'],
  [
    'upgrade-from: [{version-regexp: "(", method: per-service}]',
    '7:33: upgrade-from[0].version-regexp: "(" is not a regular expression: missing closing ): `(`',
  ],
  [
    'upgrade-from: [{version-regexp: ., method: per-service, services: [{name: wep}]}]',
    '7:75: upgrade-from[0].services[0].name: there is no service "wep" (did you mean `web`?)',
  ],
  [
    'upgrade-from: [{version-regexp: ., method: per-service, services: [{name: web}, {name: web}]}]',
    '7:88: upgrade-from[0].services[1].name: the service "web" is listed twice',
  ],
  [
    'resources: {network: {upstream-bandwidth-per-host: fast}}',
    '7:52: resources.network.upstream-bandwidth-per-host: "fast" is not a bandwidth',
  ],
  ['"\\ud83d\\ude00": 1', '7:1: ["😀"]: this key is unknown'],
  ['constructor: x', '7:1: constructor: this key is unknown'],
  ['__proto__: {x: 1}', '7:1: __proto__: this key is unknown'],
];

describe('every problem is told at its place, with its path', () => {
  test.each(CONTAINER_RULES)('%s', (line, expected) => {
    expect(errorsOf(parseApplication(application('shop', line))).join('\n')).toContain(expected);
  });
  test.each(DOCUMENT_RULES)('%s', (line, expected) => {
    expect(errorsOf(parseApplication(`${application('shop')}${line}\n`)).join('\n')).toContain(expected);
  });

  test('all problems of a document at once, in the order of the text, one for each thing that is wrong', () => {
    const text = `name: shop
services:
  - name: web
    replicas: two
    containers: [{image: Foo}]
  - name: web-1
    containers: [{name: a, image: b}, {name: a, image: c}]
  - name: web
    init-containers: [{name: i, image: i, probes: {}}]
    vm: {}
`;
    expect(errorsOf(parseApplication(text))).toEqual([
      '4:15: services[0].replicas: "two" is not a whole number',
      '5:18: services[0].containers[0]: `name` is missing',
      expect.stringMatching(/^5:26: services\[0\]\.containers\[0\]\.image: "Foo" is not an image .*lower case$/),
      '6:11: services[1].name: "web-1" is the name of an instance of the service `web`; choose another',
      '7:46: services[1].containers[1].name: another container or init container is called "a" (services[1].containers[0])',
      '8:11: services[2].name: another service is called "web" (services[0])',
      '9:43: services[2].init-containers[0].probes: init containers take no probes: they have ended before the other containers start',
    ]);
  });

  test('a secret is not repeated in a message', () => {
    const parsed = parseApplication(application('shop', `env: {TOKEN: ${'hunter2 '.repeat(20_000)}}`));
    expect(errorsOf(parsed)[0]).toBe(
      '7:22: services[0].containers[0].env.TOKEN: the value is not a text of at most 128 KiB',
    );
  });

  test('an instance has a name of at most 63 characters', () => {
    const named = (length: number) => application('shop').replace('web', `${'w'.repeat(length)}\n    replicas: 10`);
    expect(errorsOf(parseApplication(named(60)))).toEqual([]);
    expect(errorsOf(parseApplication(named(61)))[0]).toMatch(
      /^3:11: services\[0\]\.name: is too long: with `-10` behind it/,
    );
  });

  test('a document that is no mapping, or broken YAML', () => {
    expect(errorsOf(parseApplication('just text'))).toEqual([
      '1:1: the document has to be a mapping with `name` and `services`',
    ]);
    expect(errorsOf(parseApplication('a: b: c'))[0]).toMatch(/^1:4: this is not valid YAML: /);
  });
});

describe('the sites of a deployment', () => {
  test.each([
    ['all-sites: {}', undefined],
    ['match-site-labels: {}', undefined],
    ['match-site-labels: system/type = edge', undefined],
    [
      'all-sites:',
      '4:13: placement.all-sites: has no value; it needs a mapping of keys to values ({} for an empty one)',
    ],
    [
      'match-site-labels: a = = b',
      '4:22: placement.match-site-labels: "a = = b" is not a label expression: a value after `=` is missing before `=` (at character 5)',
    ],
  ])('%s', (line, expected) => {
    const parsed = parseDeployment(`name: d\napplication: a\nplacement:\n  ${line}\n`);
    expect(errorsOf(parsed)).toEqual(expected === undefined ? [] : [expected]);
  });

  test('only one kind of placement', () => {
    const parsed = parseDeployment(`name: d\napplication: a\nplacement: {all-sites: {}, match-site-labels: a}\n`);
    expect(errorsOf(parsed)).toEqual([
      '3:28: placement.match-site-labels: only one of `all-sites` and `match-site-labels` can be given',
    ]);
  });

  test('a bare star as version asks for quotes, and the name is known all the same', () => {
    const parsed = parseDeployment(deployment('d', 'a', 'application-version: *'));
    expect(errorsOf(parsed)[0]).toContain(
      'application-version: a bare `*` begins an alias; for the text itself write "*" in quotes',
    );
    expect(parsed.rejected[0]).toMatchObject({ name: 'd', application: 'a' });
  });

  test('a canary waits for a time or for a person', () => {
    const rollOut = (line: string) => deployment('d', 'a', 'deploy-to-sites:', `  ${line}`);
    expect(errorsOf(parseDeployment(rollOut('canary-healthy-time: 1h')))).toEqual([]);
    expect(errorsOf(parseDeployment(rollOut('canary-continue-by-action: {}')))).toEqual([]);
    const both = deployment('d', 'a', 'deploy-to-sites: {canary-healthy-time: 1h, canary-continue-by-action: {}}');
    expect(errorsOf(parseDeployment(both))[0]).toContain('exclude each other; keep one');
  });
});

describe('the name of a rejected document', () => {
  test.each([
    ['is told when it is there and valid', application('shop', 'memory: x'), 'shop'],
    ['is not told when it is no name', application('Shop'), undefined],
    ['is not told when it is missing', 'services: []', undefined],
    [
      'is not told when it stands twice: two documents may have run into one another',
      `${application('a')}name: b\n`,
      undefined,
    ],
    ['is not told when the text is no valid YAML', `${application('shop')}"\n`, undefined],
  ])('%s', (_, text, name) => {
    expect(parseApplication(text).rejected).toMatchObject([{ kind: 'application', tenant: 'acme', name }]);
  });

  test('one broken document leaves the others of its file alone', () => {
    const parsed = parseApplication(`${application('a')}---\n${application('b', 'x: y')}---\n${application('c')}`);
    expect(parsed.documents.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(parsed.rejected.map(({ name }) => name)).toEqual(['b']);
  });

  test('a file without a document is a problem: an emptied file must not look like a removal', () => {
    for (const text of ['', '# nothing\n', '---\n---\n']) {
      expect(parseApplication(text).rejected).toMatchObject([{ name: undefined }]);
    }
  });
});

test('what is accepted but not carried out is a warning, the outermost field once, at its key', () => {
  const text = application(
    'shop',
    'env: {A: "${B}", C: "$${D}"}',
    'mounts: []',
    'approle: shopper',
    'delayed-shutdown-cmd: []',
    'image-pull: always',
  );
  const parsed = parseApplication(
    `${text}    share-pid-namespace: false\n    mode: replicated\n    variables: [{name: B, value-from-vault-secret: {vault: v, secret: s, key: k}}]\n`,
  );
  expect(parsed.documents[0]?.warnings).toEqual([
    'not supported yet: services[0].containers[0].approle',
    'not supported yet: services[0].variables[0].value-from-vault-secret',
  ]);
  expect(parsed.problems[0]).toMatchObject({ line: 9, column: 9, severity: 'warning' });
});

test('aliases within limits are followed', () => {
  const text = application('shop', 'env: &env {A: 1}').replace('services:', 'version: &v 1.10\nservices:');
  const parsed = parseApplication(`${text}      - {name: b, image: b, env: *env}\nlabels: {v: *v}\n`);
  expect(parsed.documents[0]?.spec).toMatchObject({
    version: '1.10',
    labels: { v: '1.10' },
    services: [{ containers: [{}, { env: { A: '1' } }] }],
  });
});

test('a path that holds no documents gives what its place means', () => {
  expect(parseFile('README.md', toBytes('x')).problems).toEqual([]);
  expect(parseFile('tenants/acme/vaults/v.yaml', toBytes('x')).problems).toMatchObject([{ severity: 'warning' }]);
  expect(parseFile('tenants/acme/apps/v.yaml', toBytes('x')).problems).toMatchObject([{ severity: 'error' }]);
});
