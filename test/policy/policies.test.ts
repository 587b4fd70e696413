import { describe, expect, it, test } from 'vitest';
import { resolveCatalog } from '../../src/spec/resolve-catalog.ts';
import { deploymentText, catalogOf, errorsOf, OWN, ROOT, SHOP, shop, warningsOf } from './policy-texts.ts';
import { SAMPLE_KEY } from '../signatures/cosign-samples.ts';

const BETA = 'tenants/beta/applications/web.yaml';
const DEPLOYED = 'tenants/acme/application-deployments/shop.yaml';
const privileged = shop('additional-capabilities: [NET_ADMIN]');
const NO_CAPABILITIES = 'containers: { capabilities: [] }';

const KEY = `{ name: release, key: ${JSON.stringify(SAMPLE_KEY)} }`;

describe('policies', () => {
  it('reject what they forbid as a document that is not valid is, and nothing else', () => {
    const catalog = catalogOf({
      [ROOT]: NO_CAPABILITIES,
      [SHOP]: privileged,
      [DEPLOYED]: deploymentText('shop'),
      [BETA]: shop(),
    });
    expect(catalog.rejected).toMatchObject([{ kind: 'application', tenant: 'acme', name: 'shop', file: SHOP }]);
    expect(catalog.documents.map(({ kind, tenant }) => `${kind} ${tenant}`)).toEqual([
      'application beta',
      'application-deployment acme',
      'policy ',
    ]);
    const { applications, leftAlone } = resolveCatalog(catalog, []);
    expect(Object.keys(applications)).toEqual(['beta.shop']);
    expect(leftAlone['acme.shop']).toContain('the capability NET_ADMIN may not be had');
  });

  it('of a tenant hold for it alone', () => {
    const catalog = catalogOf({ [OWN]: NO_CAPABILITIES, [SHOP]: privileged, [BETA]: privileged });
    expect(errorsOf(catalog)).toEqual([expect.stringMatching(new RegExp(`^${SHOP}:.*of ${OWN}\\)`))]);
  });

  it('hold together: each rule of both has to be kept, whichever is the wider', () => {
    const registries = (...names: string[]) => `images: { registries: [${names.join(', ')}] }`;
    const problems = (root: string, own: string) =>
      errorsOf(catalogOf({ [ROOT]: root, [OWN]: own, [SHOP]: shop('image: ghcr.io/acme/web') }));
    expect(problems(registries('ghcr.io'), registries('ghcr.io/acme'))).toEqual([]);
    expect(problems(registries('ghcr.io/beta'), registries('ghcr.io'))).toEqual([
      expect.stringContaining('of policy.yaml'),
    ]);
    expect(problems(registries('ghcr.io'), registries('quay.io'))).toEqual([expect.stringContaining(`of ${OWN}`)]);
  });

  it('of all tenants may make a tenant an exception by its name, rule by rule', () => {
    const root = `images: { registries: [docker.io] }\n${NO_CAPABILITIES}\ntenants:\n  acme:\n    containers: { capabilities: [NET_ADMIN] }\n`;
    expect(errorsOf(catalogOf({ [ROOT]: root, [SHOP]: privileged, [BETA]: privileged }))).toEqual([
      expect.stringContaining(BETA),
    ]);
    const other = shop('image: quay.io/x/y', 'additional-capabilities: [SYS_TIME]');
    expect(errorsOf(catalogOf({ [ROOT]: root, [SHOP]: other }))).toEqual([
      expect.stringContaining('(`images.registries` of policy.yaml)'),
      expect.stringContaining('(`tenants.acme.containers.capabilities` of policy.yaml)'),
    ]);
  });

  it('that are gone restrict nothing', () => {
    expect(errorsOf(catalogOf({ [SHOP]: privileged }))).toEqual([]);
  });

  test.each([
    ['a key that nobody knows', ROOT, 'image: {}\n', '1:1: image: this key is unknown (did you mean `images`?)'],
    [
      'an exception in the folder of a tenant',
      OWN,
      'tenants: { acme: {} }\n',
      '1:1: tenants: rules of single tenants stand in',
    ],
    [
      'a registry without a host',
      ROOT,
      'images: { registries: [busybox] }\n',
      '1:24: images.registries[0]: "busybox" does not begin with the host of a registry; of Docker Hub it is docker.io/library/busybox',
    ],
    [
      'a registry with a tag',
      ROOT,
      'images: { registries: ["ghcr.io/acme/web:1"] }\n',
      '1:24: images.registries[0]: "ghcr.io/acme/web:1" is not a registry',
    ],
    [
      'two ports in one text',
      ROOT,
      'containers: { host-ports: ["80,443"] }\n',
      '1:28: containers.host-ports[0]: "80,443" is not a port of the host',
    ],
    ['a tenant that cannot be', ROOT, 'tenants: { Acme: {} }\n', '1:12: tenants: "Acme" is not the name of a tenant'],
    [
      'a signature, and no key that it may be made with',
      ROOT,
      'images: { require: signature }\n',
      '1:20: images.require: signature needs at least one key in `signed-by`',
    ],
    [
      'no key for a tenant whose images have to be signed',
      ROOT,
      `images: { require: signature, signed-by: [${KEY}] }\ntenants: { acme: { images: { signed-by: [] } } }\n`,
      '2:41: tenants.acme.images.signed-by: signature needs at least one key',
    ],
    [
      'two keys of one name',
      OWN,
      `images: { signed-by: [${KEY}, ${KEY}] }\n`,
      ': images.signed-by[1].name: another key is called "release"',
    ],
    [
      'a private key, which is not repeated',
      ROOT,
      'images: { signed-by: [{ name: a, key: "-----BEGIN PRIVATE KEY-----\\nMIG" }] }\n',
      '1:39: images.signed-by[0].key: the value is not a public key but a private one, which must not be here',
    ],
    [
      'a quota that is no number',
      ROOT,
      'quotas: { instances: ten }\n',
      '1:22: quotas.instances: "ten" is not a whole number',
    ],
    ['nothing at all', ROOT, '', '1:1: the file holds no document'],
  ])('are wrong when they hold %s', (_, file, text, problem) => {
    const place = problem.startsWith(':') ? '' : `${file}:`;
    expect(errorsOf(catalogOf({ [file]: text }))).toEqual([expect.stringContaining(`${place}${problem}`)]);
  });

  it('are one in a folder', () => {
    const both = catalogOf({ [ROOT]: '{}', 'policy.yml': '{}', [SHOP]: shop() });
    expect(errorsOf(both)).toEqual([
      expect.stringContaining('policy.yaml:1:1: another policy of this folder'),
      expect.stringContaining('policy.yml:1:1: another policy of this folder'),
    ]);
    expect(Object.keys(both.policies.unknown)).toEqual(['']);
  });

  it('that cannot be read are unknown, which says nothing about any application', () => {
    const catalog = catalogOf({ [OWN]: 'quotas: [', [SHOP]: shop(), [BETA]: shop() });
    expect(Object.keys(catalog.policies.unknown)).toEqual(['acme']);
    expect(catalog.policies.unknown['acme']).toContain(`${OWN}:1:`);
    expect(errorsOf(catalog).filter((one) => !one.startsWith(OWN))).toEqual([]);
    expect(resolveCatalog(catalog, []).frozenTenants).toEqual({});
  });

  it('know a tenant that is called as something every object has as they know any other', () => {
    const [application, its] = ['tenants/constructor/applications/shop.yaml', 'tenants/constructor/policy.yaml'];
    const free = catalogOf({ [application]: privileged });
    expect([errorsOf(free), free.policies.unknown]).toEqual([[], {}]);
    expect(errorsOf(catalogOf({ [ROOT]: NO_CAPABILITIES, [application]: privileged }))).toHaveLength(1);
    expect(errorsOf(catalogOf({ [its]: NO_CAPABILITIES, [application]: privileged }))).toHaveLength(1);
    const broken = catalogOf({ [its]: 'quotas: [', [application]: shop() });
    expect(Object.keys(broken.policies.unknown)).toEqual(['constructor']);
    expect(broken.policies.unknown['constructor']).toContain(`${its}:1:`);
  });

  it('warn of what they say in vain: a tenant cannot allow itself more, and one must be there to have rules', () => {
    const root = [
      'images: { registries: [ghcr.io] }',
      'containers: { capabilities: [CAP_NET_ADMIN], gpus: forbidden, host-ports: [8000-8999], device-labels: [], security-off: [], volume-labels: [] }',
      'quotas: { instances: 5, memory: 1 GiB, cpus: 2 }',
      'tenants: { amce: {} }',
    ].join('\n');
    const own = [
      'images: { registries: [ghcr.io/acme, quay.io, "*"] }',
      'containers: { capabilities: [NET_ADMIN, SYS_TIME, ALL], gpus: allowed, host-ports: ["8080", "80"], device-labels: [rtc], security-off: [apparmor], volume-labels: [a = b] }',
      'quotas: { instances: 6, memory: 2 GiB, cpus: 1 }',
    ].join('\n');
    const rule = (name: string) => `is more than \`${name}\` of policy.yaml allows, which stays in force`;
    expect(
      warningsOf(
        catalogOf({ [ROOT]: root, [OWN]: own, [SHOP]: shop('memory: 1MB', 'cpus: 1', 'image: ghcr.io/acme/x') }),
      ).sort(),
    ).toEqual(
      [
        `policy.yaml: tenants.amce: there is no tenant of this name`,
        `${OWN}: containers.capabilities: SYS_TIME ${rule('containers.capabilities')}`,
        `${OWN}: containers.device-labels: rtc ${rule('containers.device-labels')}`,
        `${OWN}: containers.gpus: allowed ${rule('containers.gpus')}`,
        `${OWN}: containers.host-ports: 80 ${rule('containers.host-ports')}`,
        `${OWN}: containers.security-off: apparmor ${rule('containers.security-off')}`,
        `${OWN}: containers.volume-labels: a = b ${rule('containers.volume-labels')}`,
        `${OWN}: images.registries: quay.io ${rule('images.registries')}`,
        `${OWN}: quotas.instances: 6 ${rule('quotas.instances')}`,
        `${OWN}: quotas.memory: 2 GiB ${rule('quotas.memory')}`,
      ].sort(),
    );
  });
});
