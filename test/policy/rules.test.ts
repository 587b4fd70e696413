import { describe, expect, it, test } from 'vitest';
import { RULES } from '../../src/policy/rules.ts';
import { catalogOf, errorsOf, ROOT, SHOP, applicationText, shop } from './policy-texts.ts';

const DIGEST = `@sha256:${'0'.repeat(64)}`;

interface Row {
  readonly rule: string;
  readonly policy: string;
  readonly forbidden: string;
  readonly problem: string;
  readonly allowed: string;
}

/** Of each rule a text that it forbids, what is said of it and where, and one that it allows. */
const ROWS: readonly Row[] = [
  {
    rule: 'images.registries',
    policy: 'images: { registries: [ghcr.io/acme, quay.io] }',
    forbidden: shop('image: nginx:1.27'),
    problem:
      '6:16: services[0].containers[0].image: "nginx:1.27" (docker.io/library/nginx) is not from a registry that is allowed ' +
      '(`images.registries` of policy.yaml); use an image from ghcr.io/acme, quay.io, or have the policy changed',
    allowed: shop('image: ghcr.io/acme/web:1'),
  },
  {
    rule: 'images.denied-registries',
    policy: 'images: { denied-registries: [docker.io/library/alpine] }',
    forbidden: shop('image: alpine:3'),
    problem:
      '6:16: services[0].containers[0].image: "alpine:3" (docker.io/library/alpine) is from docker.io/library/alpine, which is ' +
      'denied (`images.denied-registries` of policy.yaml); use an image from elsewhere, or have the policy changed',
    allowed: shop(),
  },
  {
    rule: 'images.require',
    policy: 'images: { require: digest }',
    forbidden: shop('image: busybox:1.36'),
    problem:
      '6:16: services[0].containers[0].image: "busybox:1.36" is not pinned by a digest (`images.require` of policy.yaml); ' +
      'add the digest to it (…@sha256:<64 hex digits>), or have the policy changed',
    allowed: shop(`image: busybox:1.36${DIGEST}`),
  },
  {
    rule: 'containers.capabilities',
    policy: 'containers: { capabilities: [CAP_NET_ADMIN] }',
    forbidden: shop('additional-capabilities: [NET_ADMIN, CAP_SYS_ADMIN]'),
    problem:
      '7:46: services[0].containers[0].additional-capabilities[1]: the capability SYS_ADMIN may not be had ' +
      '(`containers.capabilities` of policy.yaml); use one of NET_ADMIN, or have the policy changed',
    allowed: shop('additional-capabilities: [CAP_NET_ADMIN]'),
  },
  {
    rule: 'containers.device-labels',
    policy: 'containers: { device-labels: [] }',
    forbidden: shop('devices: { device-labels: [rtc] }'),
    problem:
      '7:36: services[0].containers[0].devices.device-labels[0]: a device labelled "rtc" may not be had ' +
      '(`containers.device-labels` of policy.yaml); none is allowed, so do without, or have the policy changed',
    allowed: shop(),
  },
  {
    rule: 'containers.gpus',
    policy: 'containers: { gpus: forbidden }',
    forbidden: shop('gpu: { number-gpus: 1 }'),
    problem:
      '7:14: services[0].containers[0].gpu: a graphics processor may not be had (`containers.gpus` of policy.yaml); ' +
      'do without `gpu`, or have the policy changed',
    allowed: shop(),
  },
  {
    rule: 'containers.host-ports',
    policy: 'containers: { host-ports: [443, 8000-8999] }',
    forbidden: shop('ports: [{ container-port: 80, host-port: 80 }]'),
    problem:
      '7:50: services[0].containers[0].ports[0].host-port: port 80 of the host may not be opened ' +
      '(`containers.host-ports` of policy.yaml); use a `host-port` of 443, 8000-8999, or have the policy changed',
    allowed: shop('ports: [{ container-port: 80, host-port: 8080 }, { container-port: 443, host-port: 443 }]'),
  },
  {
    rule: 'containers.security-off',
    policy: 'containers: { security-off: [selinux] }',
    forbidden: shop('security: { apparmor: { disabled: true }, selinux: { disabled: true } }'),
    problem:
      '7:43: services[0].containers[0].security.apparmor.disabled: apparmor may not be switched off ' +
      '(`containers.security-off` of policy.yaml); leave it on, or have the policy changed',
    allowed: shop('security: { apparmor: { disabled: false }, selinux: { disabled: true } }'),
  },
  {
    rule: 'containers.volume-labels',
    policy: 'containers: { volume-labels: ["speed = fast"] }',
    forbidden: applicationText('shop', [
      'volumes: [{ name: data, persistent-volume: { size: 1GB, match-volume-labels: "speed = slow" } }]',
    ]),
    problem:
      '4:82: services[0].volumes[0].persistent-volume.match-volume-labels: storage by `speed = slow` may not be had ' +
      '(`containers.volume-labels` of policy.yaml); use one of speed = fast, or have the policy changed',
    allowed: applicationText('shop', [
      'volumes: [{ name: data, ephemeral-volume: { size: 1GB, match-volume-labels: "speed =  fast" } }, { name: b, ephemeral-volume: { size: 1GB } }]',
    ]),
  },
  {
    rule: 'resources.require',
    policy: 'resources: { require: [memory] }',
    forbidden: shop('cpus: 1', 'memory: 0B'),
    problem:
      '5:9: services[0].containers[0]: container main has no limit `memory`, which is required ' +
      '(`resources.require` of policy.yaml); give it `memory`, or have the policy changed',
    allowed: shop('memory: 64MiB'),
  },
  {
    rule: 'resources.require',
    policy: 'resources: { require: [cpus] }',
    forbidden: shop('memory: 64MiB'),
    problem:
      '5:9: services[0].containers[0]: container main has no limit `cpus`, which is required ' +
      '(`resources.require` of policy.yaml); give it `cpus`, or have the policy changed',
    allowed: shop('cpus: 0.5'),
  },
  {
    rule: 'quotas.memory',
    policy: 'quotas: { memory: 1 GiB }',
    forbidden: shop('cpus: 1'),
    problem:
      '5:9: services[0].containers[0]: container main has no limit `memory`, which is required ' +
      '(`quotas.memory` of policy.yaml); give it `memory`, or have the policy changed',
    allowed: shop('memory: 64MiB'),
  },
  {
    rule: 'quotas.cpus',
    policy: 'quotas: { cpus: 4 }',
    forbidden: shop('memory: 64MiB'),
    problem:
      '5:9: services[0].containers[0]: container main has no limit `cpus`, which is required ' +
      '(`quotas.cpus` of policy.yaml); give it `cpus`, or have the policy changed',
    allowed: shop('cpus: 0.5'),
  },
];

describe('a policy', () => {
  test.each(ROWS)(
    '$policy says what is wrong, where, and how to mend it',
    ({ policy, forbidden, problem, allowed }) => {
      expect(errorsOf(catalogOf({ [ROOT]: policy, [SHOP]: forbidden }))).toEqual([`${SHOP}:${problem}`]);
      expect(errorsOf(catalogOf({ [ROOT]: policy, [SHOP]: allowed }))).toEqual([]);
    },
  );

  it('has a row here for each of its rules, and each says why it is there', () => {
    expect(ROWS.map(({ rule }) => rule)).toEqual(RULES.map(({ section, key }) => `${section}.${key}`));
    expect(RULES.filter(({ why }) => !/^[A-Z].{20,}\.$/.test(why))).toEqual([]);
  });

  it('looks at init containers as at others', () => {
    const text = applicationText('shop', ['init-containers: [{ name: init, image: nginx }]'], ['image: quay.io/x/y']);
    const problems = errorsOf(catalogOf({ [ROOT]: 'images: { registries: [quay.io] }', [SHOP]: text }));
    expect(problems).toEqual([expect.stringContaining('4:44: services[0].init-containers[0].image: "nginx"')]);
  });

  it('tells of everything at once', () => {
    const policy = 'images: { registries: [], require: digest }\ncontainers: { capabilities: [], gpus: forbidden }';
    const text = shop('additional-capabilities: [SYS_ADMIN]', 'gpu: {}');
    expect(errorsOf(catalogOf({ [ROOT]: policy, [SHOP]: text }))).toHaveLength(4);
  });

  test.each([
    ['images: { registries: ["*"] }', shop('image: anywhere.example.com/x')],
    ['containers: { capabilities: [ALL] }', shop('additional-capabilities: [ALL]')],
    ['containers: { device-labels: ["*"] }', shop('devices: { device-labels: [rtc] }')],
    [
      'containers: { host-ports: ["*"] }',
      shop('ports: [{ container-port: 80, host-port: 80 }, { container-port: 81 }]'),
    ],
    ['containers: { host-ports: [free] }', shop('ports: [{ container-port: 80 }]')],
    ['{}', shop('gpu: {}', 'additional-capabilities: [ALL]')],
  ])('%s lets everything of its kind pass', (policy, text) => {
    expect(errorsOf(catalogOf({ [ROOT]: policy, [SHOP]: text }))).toEqual([]);
  });

  test.each([
    ['containers: { capabilities: [SYS_ADMIN] }', shop('additional-capabilities: [ALL]')],
    ['containers: { host-ports: [1-65535] }', shop('ports: [{ container-port: 80 }]')],
    ['resources: { require: [cpus] }', shop('cpus: 0.0000000001')],
  ])('%s is not evaded', (policy, text) => {
    expect(errorsOf(catalogOf({ [ROOT]: policy, [SHOP]: text }))).toHaveLength(1);
  });
});
