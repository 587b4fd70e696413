import { describe, expect, it } from 'vitest';
import type { ContainerSpec, MountSpec, ServiceSpec } from '../../src/model/application-spec.ts';
import type { DesiredContainer } from '../../src/model/desired.ts';
import { application, container, desire, service, siteHost } from '../builders.ts';

const HOST = siteHost({
  devices: [{ path: '/dev/rtc0', deviceLabels: ['rtc'] }],
  gpus: [
    { id: 'GPU-b', labels: [], properties: {} },
    { id: 'GPU-a', labels: [], properties: {} },
  ],
});

function desired(fields: Partial<ContainerSpec>, others: Partial<ServiceSpec> = {}): DesiredContainer {
  const services = [service('web', { containers: [container('main', fields)], ...others })];
  return desire([application('shop', { services })], { host: HOST }).applications['acme.shop']!.instances[0]!
    .containers[0]!;
}

describe('a container', () => {
  it('asks the engine for nothing that nobody wrote', () => {
    expect(desired({})).toMatchObject({
      capabilitiesAdded: [],
      unconfined: [],
      devices: [],
      gpus: undefined,
      layerBytes: 0,
      log: { kind: 'engine' },
      ports: [],
      pid: 'own',
      mounts: [],
      prepare: [],
      pullAlways: false,
      probes: {},
      onFileChange: { kind: 'restart' },
    });
  });

  it.each<[string, Partial<ContainerSpec>, Partial<DesiredContainer>]>([
    [
      'capabilities with or without CAP_, once and sorted',
      { 'additional-capabilities': ['SYS_TIME', 'CAP_NET_ADMIN', 'NET_ADMIN'] },
      { capabilitiesAdded: ['NET_ADMIN', 'SYS_TIME'] },
    ],
    [
      'mechanisms that are off',
      { security: { selinux: { disabled: true }, apparmor: { disabled: true } } },
      { unconfined: ['apparmor', 'selinux'] },
    ],
    ['mechanisms that are not', { security: { selinux: { disabled: false } } }, { unconfined: [] }],
    ['devices', { devices: { 'device-labels': ['rtc'] } }, { devices: ['/dev/rtc0'] }],
    [
      'GPUs and what they are for',
      { gpu: { 'number-gpus': 2, 'nvidia-driver-capabilities': 'utility, compute' } },
      { gpus: { ids: ['GPU-a', 'GPU-b'], capabilities: ['compute', 'utility'] } },
    ],
    ['the size of its layer', { 'container-layer-size': '10 MiB' }, { layerBytes: 10 * 2 ** 20 }],
    ['a log of some size', { 'container-log-size': '100 MB' }, { log: { kind: 'bounded', bytes: 1e8 } }],
    [
      'a log that outlives it',
      { 'container-log-size': '1 kB', 'container-log-max-days': 14, 'container-log-archive': true },
      { logArchive: { maxBytes: 1000, maxDays: 14 } },
    ],
    [
      'a log that outlives it without limits',
      { 'container-log-archive': true },
      { logArchive: { maxBytes: 0, maxDays: 0 } },
    ],
    [
      'no log that could outlive it',
      { 'container-log-size': '0B', 'container-log-archive': true },
      { logArchive: undefined },
    ],
    [
      'no log that outlives it when it is never shown',
      { 'container-log-max-days': 0, 'container-log-archive': true },
      { logArchive: undefined },
    ],
    ['no log', { 'container-log-size': '0B' }, { log: { kind: 'none' } }],
    ['a pull every time', { 'image-pull': 'always' }, { pullAlways: true }],
    [
      'a command for changed files',
      { 'on-mounted-file-change': { cmd: ['reload'] } },
      { onFileChange: { kind: 'run', cmd: ['reload'] } },
    ],
    [
      'a restart for changed files',
      { 'on-mounted-file-change': { restart: true } },
      { onFileChange: { kind: 'restart' } },
    ],
  ])('has %s', (_what, spec, fields) => {
    expect(desired(spec)).toMatchObject(fields);
  });

  it('has variables expanded in env, cmd and entrypoint, and a literal for `$${NAME}`', () => {
    const variables = [
      { name: 'PORT', value: '80' },
      { name: 'SYS_SITE', value: 'elsewhere' },
    ];
    const { env, cmd, entrypoint } = desired(
      { env: { ADDRESS: '0:${PORT}', KEPT: '$${PORT}' }, cmd: ['-p', '${PORT}'], entrypoint: ['/bin/${SYS_SITE}'] },
      { variables },
    );
    expect({ env, cmd, entrypoint }).toEqual({
      env: { ADDRESS: '0:80', KEPT: '${PORT}' },
      cmd: ['-p', '80'],
      entrypoint: ['/bin/local'],
    });
  });

  it('can refer to every variable of the system', () => {
    const names = ['SITE', 'TENANT', 'APP', 'APP_VERSION', 'SERVICE', 'SERVICE_INSTANCE', 'INSTANCE_INDEX'];
    names.push('CONTAINER', 'HOST', 'DOMAIN', 'INGRESS_IPV4_ADDRESS', 'API_CA_CERT', 'APPROLE_SECRET_ID');
    const { env } = desired({ env: Object.fromEntries(names.map((name) => [name, `\${SYS_${name}}`])) });
    expect(env).toEqual({
      ...{ SITE: 'local', TENANT: 'acme', APP: 'shop', APP_VERSION: '1.0', SERVICE: 'web' },
      ...{ SERVICE_INSTANCE: 'web-1', INSTANCE_INDEX: '1', CONTAINER: 'main', HOST: 'local' },
      ...{ DOMAIN: '', INGRESS_IPV4_ADDRESS: '', API_CA_CERT: '', APPROLE_SECRET_ID: '' },
    });
  });
});

describe('what a container mounts', () => {
  const volumes = ['config', 'other'].map((name) => ({
    name,
    'config-map': { items: ['a', 'b'].map((item) => ({ name: item, data: '' })) },
  }));
  const mounted = (...mounts: MountSpec[]) => {
    const { mounts: made, prepare } = desired({ mounts }, { volumes });
    return { mounts: made, prepare };
  };

  it('is a whole volume at its path, to be written to unless it is read-only', () => {
    expect(
      mounted(
        { 'volume-name': 'other', 'mount-path': '/z', mode: 'read-only' },
        { 'volume-name': 'config', 'mount-path': '/a' },
      ),
    ).toEqual({
      mounts: [
        { volume: 'acme.shop.web-1.config', path: '/a', readOnly: false },
        { volume: 'acme.shop.web-1.other', path: '/z', readOnly: true },
      ],
      prepare: [],
    });
  });

  it('are single files by links into their volume, mounted once at a hidden place', () => {
    const file = (name: string, path: string) => ({ name, 'mount-path': path });
    expect(
      mounted(
        { 'volume-name': 'config', files: [file('b', '/etc/b'), file('a', '/etc/a')], mode: 'read-only' },
        { 'volume-name': 'config', files: [file('a', '/bin/a')], mode: 'read-only' },
      ),
    ).toEqual({
      mounts: [{ volume: 'acme.shop.web-1.config', path: '/.fairlead/files/config', readOnly: true }],
      prepare: [
        { kind: 'link', path: '/bin/a', target: '/.fairlead/files/config/a' },
        { kind: 'link', path: '/etc/a', target: '/.fairlead/files/config/a' },
        { kind: 'link', path: '/etc/b', target: '/.fairlead/files/config/b' },
      ],
    });
  });

  it('can be written to at the hidden place as soon as one mount of it can', () => {
    const files = (path: string) => [{ name: 'a', 'mount-path': path }];
    const { mounts } = mounted(
      { 'volume-name': 'config', files: files('/1'), mode: 'read-only' },
      { 'volume-name': 'config', files: files('/2') },
      { 'volume-name': 'other', files: files('/3'), mode: 'read-only' },
    );
    expect(mounts.map(({ path, readOnly }) => [path, readOnly])).toEqual([
      ['/.fairlead/files/config', false],
      ['/.fairlead/files/other', true],
    ]);
  });
});

describe('a probe', () => {
  const probe = (spec: object) => desired({ probes: { liveness: spec } }).probes.liveness!;

  it('has the defaults of contract 8.5', () => {
    expect(probe({ tcp: { port: 80 } })).toEqual({
      question: { kind: 'tcp', port: 80 },
      initialDelayMs: 0,
      timeoutMs: 1000,
      periodMs: 10_000,
      successThreshold: 1,
      failureThreshold: 3,
    });
  });

  it('has what is written', () => {
    const times = {
      'initial-delay': '2s',
      timeout: '3s',
      period: '4s',
      'success-threshold': 5,
      'failure-threshold': 6,
    };
    expect(probe({ exec: { cmd: ['true'] }, ...times })).toEqual({
      question: { kind: 'exec', cmd: ['true'] },
      initialDelayMs: 2000,
      timeoutMs: 3000,
      periodMs: 4000,
      successThreshold: 5,
      failureThreshold: 6,
    });
  });

  it('over HTTP asks the instance itself for / unless told otherwise', () => {
    const told = { scheme: 'https', host: 'shop.example', port: 443, path: '/up', 'request-headers': { A: 'b' } };
    expect(probe({ http: { port: 80 } }).question).toEqual({
      ...{ kind: 'http', scheme: 'http', host: undefined, port: 80, path: '/', headers: {} },
    });
    expect(probe({ http: told }).question).toEqual({
      ...{ kind: 'http', scheme: 'https', host: 'shop.example', port: 443, path: '/up', headers: { A: 'b' } },
    });
  });

  it('is there only where it is written', () => {
    const tcp = { tcp: { port: 1 } };
    expect(Object.keys(desired({ probes: { startup: tcp, readiness: tcp } }).probes)).toEqual(['startup', 'readiness']);
  });
});
