import { describe, expect, test } from 'vitest';
import { classifyPath, EVERY_TENANT } from '../../src/spec/layout.ts';

describe('documents', () => {
  test.each([
    ['tenants/acme/applications/shop.yaml', 'application'],
    ['tenants/acme/applications/a/b/shop.yml', 'application'],
    ['tenants/acme/application-deployments/shop.json', 'application-deployment'],
  ])('%s is an %s', (path, kind) => expect(classifyPath(path)).toEqual({ kind, tenant: 'acme' }));

  test('tenants/acme/tenant.yaml has the settings of a tenant', () => {
    expect(classifyPath('tenants/acme/tenant.yaml')).toEqual({ kind: 'tenant', tenant: 'acme' });
    expect(classifyPath('tenants/acme/policy.yaml')).toEqual({ kind: 'policy', tenant: 'acme' });
    expect(classifyPath('policy.yaml')).toEqual({ kind: 'policy', tenant: '' });
  });

  test('sites/stockholm.yaml is a site, which belongs to no tenant', () => {
    expect(classifyPath('sites/stockholm.yaml')).toEqual({ kind: 'site', tenant: '' });
  });
});

describe('ignored', () => {
  test.each([
    'README.md',
    'docs/tenants/acme/applications/shop.yaml',
    '.github/workflows/ci.yaml',
    'tenants/acme/applications/_shop.yaml',
    'tenants/acme/_drafts/shop.yaml',
    'tenants/.acme/applications/shop.yaml',
    'tenants/acme/applications/.shop.yaml.swp',
  ])('%s', (path) => expect(classifyPath(path)).toEqual({ kind: 'ignored' }));
});

describe('known, but not supported yet', () => {
  test.each([
    ['tenants/acme/vaults/keys.yaml', 'not supported yet: vaults'],
    ['tenants/acme/services/web.json', 'not supported yet: services in the compact form'],
  ])('%s', (path, message) => expect(classifyPath(path)).toEqual({ kind: 'unsupported', message }));
});

describe('a problem, because it may be something mistyped, and nothing of the tenant may be removed', () => {
  test.each([
    ['tenants/acme/aplications/shop.yaml', 'acme', 'did you mean `applications`?'],
    ['tenants/acme/stuff/shop.yaml', 'acme', 'known are `applications`'],
    ['tenants/acme/applications/shop.ymal', 'acme', 'only files ending in .yaml'],
    ['tenants/acme/applications', 'acme', 'only `tenant.yaml`, `policy.yaml` and the folders'],
    ['tenants/acme/shop.yaml', 'acme', 'only `tenant.yaml`, `policy.yaml` and the folders'],
    ['tenants/acme/applications/a\\b.yaml', 'acme', 'holds a backslash'],
    ['tenants/Acme/applications/shop.yaml', EVERY_TENANT, '"Acme" is not the name of a tenant'],
    ['tenants/-/tenant.yaml', EVERY_TENANT, 'is not the name of a tenant'],
    ['tenants\\acme\\applications\\shop.yaml', EVERY_TENANT, 'holds a backslash'],
    ['tenants', EVERY_TENANT, 'has to be a folder'],
    ['tenants/acme/../x/applications/a.yaml', EVERY_TENANT, 'leads out of the repository'],
    ['/tenants/acme/applications/a.yaml', EVERY_TENANT, 'leads out of the repository'],
    ['tenants//applications/a.yaml', EVERY_TENANT, 'leads out of the repository'],
    ['', EVERY_TENANT, 'leads out of the repository'],
    ['tenants/acme', 'acme', 'belongs into the folder of a tenant'],
    ['tenants/README.md', undefined, 'belongs into the folder of a tenant'],
    ['sites/stockholm/a.yaml', EVERY_TENANT, 'only `sites/<name>.yaml` files belong here'],
    ['sites/stockholm.ymal', EVERY_TENANT, 'only `sites/<name>.yaml` files belong here'],
    ['policies.yaml', undefined, 'a policy of every tenant is `policy.yaml`'],
    ['Policy.YML', undefined, 'here it restricts nothing'],
    ['policy.yaml/images.yaml', undefined, 'a policy has to be a file'],
    ['tenants/acme/policy.yaml/images.yaml', 'acme', 'a tenant has no folder "policy.yaml"'],
    ['sites', EVERY_TENANT, 'only `sites/<name>.yaml` files belong here'],
    ['sites/README.md', EVERY_TENANT, 'only `sites/<name>.yaml` files belong here'],
  ])('%s', (path, tenant, message) => {
    expect(classifyPath(path)).toEqual({
      kind: 'problem',
      tenant,
      message: expect.stringContaining(message) as string,
    });
  });
});
