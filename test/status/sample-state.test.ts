import { readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { UNPROBED } from '../../src/model/observed.ts';
import { applicationState } from '../../src/status/application-state.ts';
import { application, container, desire, IMAGE, observedApplication, service, siteHost } from '../builders.ts';
import { applicationFacts, inForceOf, KEY, NOW } from './facts.ts';

const SAMPLE: unknown = parse(readFileSync(new URL('./fixtures/sample-state.yaml', import.meta.url), 'utf8'));

const PROBE = { tcp: { port: 80 } };
const GEAR = {
  devices: { 'device-labels': ['rtc'] },
  gpu: { labels: ['any'], 'number-gpus': 1, 'nvidia-driver-capabilities': 'utility, compute' },
};
const EVERYTHING = application('shop', {
  network: { 'shared-application-network': 'backbone' },
  services: [
    service('mysvc', {
      volumes: [
        { name: 'fast-storage', 'ephemeral-volume': { size: '1 GB' } },
        { name: 'persistent-storage', 'persistent-volume': { size: '1GB' } },
        { name: 'my-config', 'config-map': { items: [{ name: 'test0.conf', data: 'foo: bar' }] } },
      ],
      'init-containers': [container('setup', GEAR)],
      containers: [
        container('mydb', {
          ...GEAR,
          ports: [{ 'container-port': 80 }],
          probes: { startup: PROBE, readiness: PROBE, liveness: PROBE },
        }),
        container('other', { ports: [{ 'container-port': 53, protocol: 'udp' }] }),
      ],
    }),
  ],
});

/** Of an application that uses everything there is, all of which runs. */
function stateOfEverything() {
  const host = siteHost({
    devices: [{ path: '/dev/rtc0', deviceLabels: ['rtc'] }],
    gpus: [{ id: 'GPU-de663f3f', labels: ['any'], properties: {} }],
  });
  const desired = desire([EVERYTHING], { host }).applications[KEY]!;
  const open = { hostIp: '0.0.0.0', hostPort: 32768 };
  const observed = observedApplication(desired, {
    '': {
      ports: [
        { ...open, containerPort: 53, protocol: 'udp' },
        { ...open, containerPort: 80, protocol: 'tcp' },
      ],
    },
    mydb: { health: { ...UNPROBED, startup: 'success', readiness: 'success', liveness: 'success' } },
  });
  const pulls = new Map([[IMAGE, { at: NOW, ms: 2000 }]]);
  return applicationState(applicationFacts({ desired, observed, inForce: inForceOf(EVERYTHING), pulls }));
}

/** `service-instances[].containers[].id` of everything inside. */
function keyPaths(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keyPaths(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const here = path === '' ? key : `${path}.${key}`;
    return [here, ...keyPaths(child, here)];
  });
}

it('has every key of the sample, but for what is not carried out yet', () => {
  const shown = new Set(keyPaths(stateOfEverything()));
  const missing = new Set(keyPaths(SAMPLE).filter((path) => !shown.has(path)));
  expect([...missing]).toEqual([
    'service-instances[].ingress',
    'service-instances[].ingress.interface',
    'service-instances[].ingress.ips',
    'service-instances[].ingress.dns-records',
  ]);
});

it('has, in instances and beyond the sample, the ports and the other name of a graphics processor', () => {
  const known = new Set(keyPaths(SAMPLE));
  const paths = new Set(keyPaths({ 'service-instances': stateOfEverything()['service-instances'] }));
  const PORT = 'service-instances[].containers[].ports';
  expect([...paths].filter((path) => !known.has(path))).toEqual([
    'service-instances[].init-containers[].gpus[].id',
    PORT,
    ...['container-port', 'protocol', 'host-ip', 'host-port'].map((key) => `${PORT}[].${key}`),
    'service-instances[].containers[].gpus[].id',
  ]);
});

test('every container of the specification tells the state of its image', () => {
  const [first] = stateOfEverything().services ?? [];
  const status = { status: 'present', digest: 'sha256:1', 'last-pull': '2026-01-02T00:00:00.000Z', 'pull-time': '2s' };
  expect(first).toMatchObject({
    'init-containers': [{ 'image-status': status }],
    containers: [{ 'image-status': status }, { 'image-status': status }],
  });
});

it('says what each container was made with', () => {
  const [instance] = stateOfEverything()['service-instances'];
  const gear = {
    devices: ['/dev/rtc0'],
    gpus: [{ id: 'GPU-de663f3f', uuid: 'GPU-de663f3f' }],
    'nvidia-driver-capabilities': 'compute, utility',
  };
  const port = { 'container-port': 80, protocol: 'tcp', 'host-ip': '0.0.0.0', 'host-port': 32768 };
  expect(instance).toMatchObject({
    'oper-status': 'running',
    ready: true,
    'ephemeral-volumes': [{ name: 'fast-storage', size: '1 GB', 'host-volume': 'default' }],
    'persistent-volumes': [{ name: 'persistent-storage', size: '1GB', 'host-volume': 'default' }],
    'init-containers': [{ name: 'setup', 'oper-status': 'completed', ...gear }],
    containers: [
      { name: 'mydb', ...gear, ports: [port] },
      { name: 'other', devices: [], gpus: [], ports: [{ ...port, 'container-port': 53, protocol: 'udp' }] },
    ],
  });
  expect(instance?.containers[1]).not.toHaveProperty('nvidia-driver-capabilities');
});
