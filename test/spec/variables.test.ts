import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SYSTEM_VARIABLES } from '../../src/spec/system-variables.ts';
import { expandVariables, findReferences } from '../../src/spec/variables.ts';
import { cpuMsOf } from '../cpu-time.ts';
import { application, errorsOf, parseApplication } from './documents.ts';

const values = new Map([
  ['A', '1'],
  ['LONG_name2', 'two'],
  ['NESTED', '${A} $${A} $&'],
  ['EMPTY', ''],
]);

describe('a text', () => {
  test.each([
    ['${A}', '1'],
    ['a=${A},b=${LONG_name2}${EMPTY}.', 'a=1,b=two.'],
    ['$${A} ${A}', '${A} 1'],
    ['$$${A}', '$${A}'],
    ['${NESTED}', '${A} $${A} $&'],
    ['$A ${} ${A:-x} ${1A} ${A-B} $(A) ${A', '$A ${} ${A:-x} ${1A} ${A-B} $(A) ${A'],
    ['${UNKNOWN} $${UNKNOWN}', '${UNKNOWN} ${UNKNOWN}'],
  ])('%s becomes %s', (text, expanded) => expect(expandVariables(text, values)).toBe(expanded));

  test('says where it refers to what', () => {
    expect(findReferences('${A} $${B} x${C}${A}')).toEqual([
      { name: 'A', offset: 0 },
      { name: 'C', offset: 12 },
      { name: 'A', offset: 16 },
    ]);
  });

  test('without a reference but with literals becomes what they stand for, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'A', ' ') }), (text) => {
        const escaped = text.replace(/\$\{A+\}/g, (match) => `$${match}`);
        expect(findReferences(escaped)).toEqual([]);
        expect(expandVariables(escaped, values)).toBe(text);
      }),
    );
  });
});

const SERVICE = `name: shop
services:
  - name: web
    variables: [{name: DB_PASSWORD, value: x}]
    volumes:
      - name: conf
        config-map:
          items:
            - name: a.conf
              data: |
                # \${DB_PASSWORD} $\${DB_PASWORD}
                password = \${DB_PASWORD}
                name = \${SYS_CONTAINER}
    init-containers:
      - {name: setup, image: i, cmd: [a, "\${SYS_STIE}"]}
    containers:
      - name: nginx
        image: nginx
        entrypoint: ['\${ZZZZZZZZ}', '$\${ZZZZZZZZ}']
        env: {GOOD: "\${SYS_SITE}\${DB_PASSWORD}", BAD: "\\x24{DB_PASWORD}"}
`;

describe('an undefined variable', () => {
  test('is an error at its reference, with what it may have been meant to be and how to write it literally', () => {
    expect(errorsOf(parseApplication(SERVICE))).toEqual([
      '12:28: services[0].volumes[0].config-map.items[0].data: the variable "DB_PASWORD" is not defined (did you mean `DB_PASSWORD`?); for the text itself write `$${DB_PASWORD}`',
      '15:43: services[0].init-containers[0].cmd[1]: the variable "SYS_STIE" is not defined (did you mean `SYS_SITE`?); for the text itself write `$${SYS_STIE}`',
      '19:23: services[0].containers[0].entrypoint[0]: the variable "ZZZZZZZZ" is not defined; for the text itself write `$${ZZZZZZZZ}`',
      '20:55: services[0].containers[0].env.BAD: the variable "DB_PASWORD" is not defined (did you mean `DB_PASSWORD`?); for the text itself write `$${DB_PASWORD}`',
    ]);
  });

  test('is told once for a text, and only where texts are expanded', () => {
    const text = application('shop', 'env: {A: "${X}${X}", "${Y}": b}', "probes: {liveness: {exec: {cmd: ['${Z}']}}}");
    expect(errorsOf(parseApplication(text))).toEqual([
      expect.stringMatching(/^7:19: .*env\.A: the variable "X" is not defined/),
    ]);
  });

  test('of another service is undefined as well', () => {
    const text = `${application('shop')}    variables: [{name: X, value: x}]\n  - name: db\n    containers: [{name: db, image: db, cmd: ["\${X}"]}]\n`;
    expect(errorsOf(parseApplication(text))).toHaveLength(1);
  });

  test('a file full of them costs little', async () => {
    const references = Array.from({ length: 60_000 }, (_, index) => `\${VARIABLE_${index}}`).join('');
    const variables = Array.from({ length: 500 }, (_, index) => `{name: VARIABLE${index}, value: x}`).join(', ');
    const text = `${application('shop', `cmd: ['${references}']`)}    variables: [${variables}]\n`;
    const spentMs = await cpuMsOf(() => {
      expect(errorsOf(parseApplication(text)).length).toBeGreaterThan(0);
    });
    expect(spentMs).toBeLessThan(10_000);
  });
});

describe('the variables of the system', () => {
  test('may be referred to everywhere', () => {
    const all = SYSTEM_VARIABLES.map(({ name }) => `\${${name}}`).join('');
    const parsed = parseApplication(application('shop', `env: {ALL: "${all}"}`, 'approle: shopper'));
    expect(errorsOf(parsed)).toEqual([]);
  });

  test('a secret id needs an approle of the container', () => {
    const line = 'env: {ID: "${SYS_APPROLE_SECRET_ID}"}';
    expect(errorsOf(parseApplication(application('shop', line)))).toEqual([
      '7:20: services[0].containers[0].env.ID: `SYS_APPROLE_SECRET_ID` needs an `approle`',
    ]);
    expect(errorsOf(parseApplication(application('shop', line, 'approle: shopper')))).toEqual([]);
  });

  test('the name of the container is empty in a config map, and said to be so', () => {
    const text = SERVICE.replaceAll('DB_PASWORD', 'DB_PASSWORD')
      .replace('SYS_STIE', 'SYS_SITE')
      .replace(/ZZ+/g, 'SYS_APP');
    expect(parseApplication(text).documents[0]?.warnings).toEqual([
      'services[0].volumes[0].config-map.items[0].data: `SYS_CONTAINER` is empty in a config map, which is that of all containers of an instance',
    ]);
    expect(parseApplication(text).problems).toMatchObject([{ line: 13, column: 24, severity: 'warning' }]);
  });

  test('their names are reserved', () => {
    const text = `${application('shop')}    variables: [{name: SYS_MINE, value: x}]\n`;
    expect(errorsOf(parseApplication(text))).toEqual([
      '7:24: services[0].variables[0].name: "SYS_MINE" is reserved: names beginning with `SYS_` are those of the system',
    ]);
  });
});
