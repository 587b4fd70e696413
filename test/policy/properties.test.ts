import fc from 'fast-check';
import { expect, it } from 'vitest';
import { desiredSite } from '../../src/desired/site.ts';
import type { PolicySpec, TenantRulesSpec } from '../../src/model/policy-spec.ts';
import { resolveCatalog } from '../../src/spec/resolve-catalog.ts';
import { siteContext } from '../builders.ts';
import { applicationText, catalogOf, deploymentText, OWN, ROOT } from './policy-texts.ts';

const REGISTRIES = ['docker.io', 'docker.io/library', 'ghcr.io', 'ghcr.io/acme', '*'];
const CAPABILITIES = ['NET_ADMIN', 'CAP_SYS_TIME', 'ALL'];
const some = <T>(...values: readonly T[]) => fc.subarray([...values]);
const optional = <T extends object>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(shape, { requiredKeys: [] });

const rules: fc.Arbitrary<TenantRulesSpec> = optional<object>({
  images: optional<object>({
    registries: some(...REGISTRIES),
    'denied-registries': some(...REGISTRIES),
    require: fc.constantFrom('nothing', 'digest'),
  }),
  containers: optional<object>({
    capabilities: some(...CAPABILITIES),
    'device-labels': some('rtc', 'usb', '*'),
    gpus: fc.constantFrom('allowed', 'forbidden'),
    'host-ports': some('80', '8000-8999', 'free', '*'),
    'security-off': some('apparmor', 'selinux'),
    'volume-labels': some('a = b', '*'),
  }),
  resources: optional<object>({ require: some('memory', 'cpus') }),
  quotas: optional<object>({
    instances: fc.nat(5),
    memory: fc.constantFrom('0B', '64MiB', '1GiB'),
    cpus: fc.nat(3),
  }),
});
const policy: fc.Arbitrary<PolicySpec> = fc.tuple(rules, fc.option(rules)).map(([all, acme]) => ({
  ...all,
  ...(acme === null ? {} : { tenants: { acme } }),
}));

const containerLines = fc
  .record({
    image: fc.constantFrom('busybox', 'acme/web', 'ghcr.io/acme/web', `ghcr.io/b/c@sha256:${'0'.repeat(64)}`),
    memory: fc.option(fc.constantFrom('32MiB', '0B')),
    cpus: fc.option(fc.constantFrom(0.5, 2)),
    capabilities: some(...CAPABILITIES),
    devices: some('rtc', 'usb'),
    gpu: fc.boolean(),
    ports: some('{ container-port: 80, host-port: 80 }', '{ container-port: 81 }'),
    off: fc.boolean(),
  })
  .map(({ image, memory, cpus, capabilities, devices, gpu, ports, off }) => [
    `image: ${image}`,
    ...(memory === null ? [] : [`memory: ${memory}`]),
    ...(cpus === null ? [] : [`cpus: ${cpus}`]),
    `additional-capabilities: [${capabilities.join(', ')}]`,
    `devices: { device-labels: [${devices.join(', ')}] }`,
    ...(gpu ? ['gpu: {}'] : []),
    `ports: [${ports.join(', ')}]`,
    ...(off ? ['security: { apparmor: { disabled: true } }'] : []),
  ]);

/** Three applications of acme, deployed. */
const tree = fc.array(containerLines, { minLength: 3, maxLength: 3 }).map((all) =>
  Object.fromEntries(
    all.flatMap((lines, index) => [
      [`tenants/acme/applications/a${index}.yaml`, applicationText(`a${index}`, [], lines)],
      [`tenants/acme/application-deployments/a${index}.yaml`, deploymentText(`a${index}`)],
    ]),
  ),
);

const passing = (files: Readonly<Record<string, string>>) =>
  catalogOf(files).documents.flatMap(({ kind, name }) => (kind === 'application' ? [name] : []));
const desired = (files: Readonly<Record<string, string>>) =>
  desiredSite(resolveCatalog(catalogOf(files), []), siteContext());

it('a policy of a tenant never lets anything pass that does not pass without it', () => {
  fc.assert(
    fc.property(tree, policy, rules, (files, root, own) => {
      const alone = new Set(passing({ ...files, [ROOT]: JSON.stringify(root) }));
      const both = passing({ ...files, [ROOT]: JSON.stringify(root), [OWN]: JSON.stringify(own) });
      expect(both.filter((name) => !alone.has(name))).toEqual([]);
      const ownAlone = new Set(passing({ ...files, [OWN]: JSON.stringify(own) }));
      expect(both).toEqual([...alone].filter((name) => ownAlone.has(name)));
    }),
  );
});

it('a policy of a tenant never gives it a larger quota', () => {
  fc.assert(
    fc.property(tree, policy, rules, (files, root, own) => {
      const limits = (texts: Record<string, string>) => desired({ ...files, ...texts }).quotas['acme']?.limits ?? [];
      const alone = limits({ [ROOT]: JSON.stringify(root) });
      const both = limits({ [ROOT]: JSON.stringify(root), [OWN]: JSON.stringify(own) });
      if (passing({ ...files, [ROOT]: JSON.stringify(root), [OWN]: JSON.stringify(own) }).length === 0) return;
      for (const { kind, most } of alone)
        expect(both.find((limit) => limit.kind === kind)?.most).toBeLessThanOrEqual(most);
    }),
  );
});

it('a policy changes nothing about an application that keeps to it', () => {
  fc.assert(
    fc.property(tree, policy, rules, (files, root, own) => {
      const free = desired(files).applications;
      const held = desired({ ...files, [ROOT]: JSON.stringify(root), [OWN]: JSON.stringify(own) }).applications;
      for (const [key, application] of Object.entries(held)) expect(application).toEqual(free[key]);
    }),
  );
});
