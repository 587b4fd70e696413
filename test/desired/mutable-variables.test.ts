import { describe, expect, it } from 'vitest';
import type { ApplicationSpec, ServiceSpec } from '../../src/model/application-spec.ts';
import type { DesiredApplication, DesiredSite } from '../../src/model/desired.ts';
import type { SecretValues } from '../../src/model/secret-values.ts';
import { application, container, desire, service } from '../builders.ts';
import { secretValues, secretVariable } from '../secrets.ts';

const VARIABLES = [
  secretVariable('PASSWORD', 'password'),
  secretVariable('UNUSED', 'unused'),
  { name: 'COLOUR', value: 'green' },
];
const GOOD = { password: 'hunter2', unused: 'x' };

/** One service with everything that can refer to a variable. */
const WEB = service('web', {
  variables: VARIABLES,
  'init-containers': [container('setup', { cmd: ['setup', '--colour=${COLOUR}'] })],
  containers: [container('main', { env: { DB: 'db:${PASSWORD}' } }), container('side')],
});

interface Asked {
  readonly fields?: Partial<ServiceSpec>;
  readonly spec?: Partial<ApplicationSpec>;
  readonly secrets?: SecretValues;
  readonly former?: DesiredSite;
}

function site({ fields = {}, spec = {}, secrets = secretValues(GOOD), ...rest }: Asked = {}): DesiredSite {
  return desire([application('shop', { services: [{ ...WEB, ...fields }], ...spec })], { secrets, ...rest });
}

const shop = (asked: Asked = {}): DesiredApplication => site(asked).applications['acme.shop']!;
const variables = (asked: Asked = {}) => shop(asked).instances[0]!.variables;

function hashes(asked: Asked = {}) {
  const { sandbox, initContainers, containers } = shop(asked).instances[0]!;
  return [sandbox, ...initContainers, ...containers].map(({ configHash }) => configHash);
}

const CHANGED = secretValues({ ...GOOD, password: 'correct horse' });

describe('a variable that comes from a secret', () => {
  it('has its value in env, cmd, entrypoint and config maps', () => {
    const { containers, files } = shop({
      fields: {
        volumes: [{ name: 'conf', 'config-map': { items: [{ name: 'a', data: 'password=${PASSWORD}' }] } }],
        containers: [
          container('main', { env: { A: '${PASSWORD}' }, cmd: ['-p', '${PASSWORD}'], entrypoint: ['/${PASSWORD}'] }),
        ],
      },
    }).instances[0]!;
    const { env, cmd, entrypoint } = containers[0]!;
    expect({ env, cmd, entrypoint }).toEqual({
      env: { A: 'hunter2' },
      cmd: ['-p', 'hunter2'],
      entrypoint: ['/hunter2'],
    });
    expect(files[0]!.files[0]!.data).toBe('password=hunter2');
  });

  it('may be empty', () => {
    const { containers } = shop({ secrets: secretValues({ ...GOOD, password: '' }) }).instances[0]!;
    expect(containers[0]!.env).toEqual({ DB: 'db:' });
  });

  it('keeps an instance from being placed until its value is delivered', () => {
    const { instances, unplaced } = shop({ secrets: secretValues({ password: 'hunter2' }) });
    expect(instances).toEqual([]);
    expect(unplaced.map(({ reason }) => reason)).toEqual([
      'not supported yet: value-from-vault-secret (variable UNUSED)',
    ]);
  });

  it('is the secret of its own tenant', () => {
    const spec = application('shop', { services: [WEB] });
    const other = desire([spec], { tenant: 'other', secrets: secretValues(GOOD) }).applications['other.shop']!;
    expect(other.instances).toEqual([]);
  });

  it('does not move the config-hash with its value', () => {
    expect(hashes({ secrets: CHANGED })).toEqual(hashes());
  });

  it('moves the config-hash of what refers to it when it comes from another secret: that is another text', () => {
    const other = [secretVariable('PASSWORD', 'unused'), ...VARIABLES.slice(1)];
    const [sandbox, setup, main, side] = hashes();
    const now = hashes({ fields: { variables: other }, secrets: secretValues({ password: 'x', unused: 'x' }) });
    expect(now).toEqual([sandbox, setup, expect.not.stringMatching(main!), side]);
  });

  it('is not mistaken for a text that says the same', () => {
    const of = (text: string) => hashes({ fields: { containers: [container('main', { env: { DB: text } })] } });
    expect(new Set([of('${PASSWORD}'), of('$${PASSWORD}'), of('acme/vault/password/value')].map(String)).size).toBe(3);
  });

  it('leaves the config-hash of a service without one as it was', () => {
    const plain: Asked = {
      fields: { variables: [{ name: 'COLOUR', value: 'green' }], containers: [container('main')] },
    };
    expect(hashes({ ...plain, secrets: CHANGED })).toEqual(hashes(plain));
    expect(hashes(plain).at(-1)).toBe(hashes({ fields: { containers: [container('main')] } }).at(-1));
  });
});

describe('the hash of the values of an instance', () => {
  const sixteenDigits = expect.stringMatching(/^[0-9a-f]{16}$/) as string;

  it('is there when an env, a cmd or an entrypoint refers to a mutable variable, of any container', () => {
    expect(variables().hash).toEqual(sixteenDigits);
    const text = '${PASSWORD}';
    for (const fields of [{ cmd: [text] }, { entrypoint: [text] }]) {
      expect(variables({ fields: { containers: [container('main', fields)] } }).hash).toEqual(variables().hash);
    }
    const setup = { 'init-containers': [container('setup', { cmd: [text] })], containers: [container('main')] };
    expect(variables({ fields: setup }).hash).toEqual(variables().hash);
  });

  it.each<[string, Partial<ServiceSpec>]>([
    ['nothing refers to one', { containers: [container('main', { env: { A: '${COLOUR}' } })] }],
    ['it only stands there as a text', { containers: [container('main', { env: { A: '$${PASSWORD}' } })] }],
    [
      'a config map alone refers to it: its files tell by themselves',
      {
        containers: [container('main')],
        volumes: [{ name: 'conf', 'config-map': { items: [{ name: 'a', data: '${PASSWORD}' }] } }],
      },
    ],
    ['there is none', { variables: [], containers: [container('main')] }],
  ])('is empty where %s', (_, fields) => {
    expect(variables({ fields }).hash).toBe('');
  });

  it('changes with a value that is referred to, and with no other', () => {
    expect(variables({ secrets: CHANGED }).hash).not.toBe(variables().hash);
    expect(variables({ secrets: secretValues({ ...GOOD, unused: 'y' }) }).hash).toBe(variables().hash);
  });

  it('does not change with the name of the variable', () => {
    const fields = {
      variables: [secretVariable('SECRET', 'password')],
      containers: [container('main', { cmd: ['${SECRET}'] })],
    };
    expect(variables({ fields }).hash).toBe(variables().hash);
  });

  it('is keyed, so that nobody can try values out, and unlike for two applications with one value', () => {
    const otherKey = { ...secretValues(GOOD), hashKey: 'another key' };
    expect(variables({ secrets: otherKey }).hash).not.toBe(variables().hash);
    const till = desire([application('till', { services: [WEB] })], { secrets: secretValues(GOOD) });
    expect(till.applications['acme.till']!.instances[0]!.variables.hash).not.toBe(variables().hash);
  });

  it.each([
    [undefined, 'restart'],
    ['restart-service-instance', 'restart'],
    ['upgrade-application', 'upgrade'],
    ['ignore', 'ignore'],
  ] as const)('has with `on-mutable-variable-change: %s` the consequence %s', (written, onChange) => {
    const spec = written === undefined ? {} : { 'on-mutable-variable-change': written };
    expect(variables({ spec }).onChange).toBe(onChange);
  });
});

describe('an application whose secrets change', () => {
  it('is the same object as before while the values of its own secrets are', () => {
    const former = site();
    expect(site({ former }).applications['acme.shop']).toBe(former.applications['acme.shop']);
    const secrets = secretValues({ ...GOOD, 'of-another-application': 'x' });
    expect(site({ former, secrets }).applications['acme.shop']).toBe(former.applications['acme.shop']);
  });

  it('is another when one has another value, comes or goes, though no env refers to it', () => {
    const former = site();
    for (const values of [{ ...GOOD, unused: 'y' }, { password: 'hunter2' }]) {
      const now = site({ former, secrets: secretValues(values) });
      expect(now.applications['acme.shop']).not.toBe(former.applications['acme.shop']);
    }
    const missing = site({ secrets: secretValues({}) });
    const delivered = site({ former: missing });
    expect(delivered.applications['acme.shop']!.unplaced).toEqual([]);
  });

  it('has its earlier failures forgotten', () => {
    expect(shop({ secrets: CHANGED }).hash).not.toBe(shop().hash);
    expect(shop({ secrets: secretValues(GOOD) }).hash).toBe(shop().hash);
  });

  it('has other files in its config maps', () => {
    const volumes = [{ name: 'conf', 'config-map': { items: [{ name: 'a', data: '${PASSWORD}' }] } }];
    const generation = (secrets?: SecretValues) =>
      shop({ fields: { volumes }, ...(secrets && { secrets }) }).instances[0]!.files[0]!.generation;
    expect(generation(CHANGED)).not.toBe(generation());
  });
});

describe('the target of an upgrade', () => {
  const UPGRADE = { 'on-mutable-variable-change': 'upgrade-application' } as const;

  it('is 16 hex digits that change with the text', () => {
    expect(shop().target).toMatch(/^[0-9a-f]{16}$/);
    expect(shop({ spec: { version: '2.0' } }).target).not.toBe(shop().target);
    expect(shop().target).toBe(shop().target);
  });

  it('changes with a value where it takes an upgrade to bring it, and only there', () => {
    expect(shop({ spec: UPGRADE, secrets: CHANGED }).target).not.toBe(shop({ spec: UPGRADE }).target);
    expect(shop({ secrets: CHANGED }).target).toBe(shop().target);
    const ignored = { 'on-mutable-variable-change': 'ignore' } as const;
    expect(shop({ spec: ignored, secrets: CHANGED }).target).toBe(shop({ spec: ignored }).target);
  });

  it('does not change with a value that no instance refers to', () => {
    const secrets = secretValues({ ...GOOD, unused: 'y' });
    expect(shop({ spec: UPGRADE, secrets }).target).toBe(shop({ spec: UPGRADE }).target);
  });
});
