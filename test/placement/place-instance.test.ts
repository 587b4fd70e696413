import { describe, expect, it } from 'vitest';
import type { ContainerSpec, ServiceSpec, VolumeSpec } from '../../src/model/application-spec.ts';
import { placeInstance } from '../../src/placement/place-instance.ts';
import { container, service, siteHost } from '../builders.ts';

const HOST = siteHost({
  labels: { function: 'heating' },
  devices: [
    { path: '/dev/rtc1', deviceLabels: ['rtc', 'clock'] },
    { path: '/dev/rtc0', deviceLabels: ['rtc'] },
    { path: '/dev/ttyS0', deviceLabels: ['serial'] },
  ],
  gpus: [
    { id: 'GPU-b', labels: ['gpu-all'], properties: { 'display-mode': 'Enabled' } },
    { id: 'GPU-a', labels: ['gpu-all', 'fast'], properties: { 'display-mode': 'Enabled' } },
    { id: 'GPU-c', labels: ['gpu-all'], properties: { 'display-mode': 'Disabled' } },
  ],
  volumes: [
    { name: 'default', path: '', labels: {} },
    { name: 'nvme', path: '/mnt/nvme', labels: { speed: 'fast' } },
    { name: 'ssd', path: '/mnt/ssd', labels: { speed: 'fast' } },
  ],
});

function asking(fields: Partial<ContainerSpec>): ServiceSpec {
  return service('web', { containers: [container('main', fields)] });
}

function storing(volume: Omit<VolumeSpec, 'name'>): ServiceSpec {
  return service('web', { volumes: [{ name: 'data', ...volume }] });
}

function reasonOf(spec: ServiceSpec, host = HOST): string {
  const placement = placeInstance(spec, host, ({ secret }) => secret === 'delivered');
  return placement.kind === 'unplaced' ? placement.reason : 'placed';
}

function placed(spec: ServiceSpec, host = HOST) {
  const placement = placeInstance(spec, host, ({ secret }) => secret === 'delivered');
  if (placement.kind !== 'placed') throw new Error(placement.reason);
  return placement;
}

describe('a host takes an instance of a service, or says why not', () => {
  const secret = { vault: 'v', secret: 's' };

  it.each<[string, ServiceSpec, string]>([
    ['that is a vm', { name: 'web', vm: {} }, 'not supported yet: vm'],
    [
      'with a variable from a vault, for it would run without its secret',
      service('web', { variables: [{ name: 'PASSWORD', 'value-from-vault-secret': { ...secret, key: 'k' } }] }),
      'not supported yet: value-from-vault-secret (variable PASSWORD)',
    ],
    [
      'with variables from a vault of which one is not delivered',
      service('web', {
        variables: ['delivered', 'missing'].map((one) => ({
          name: one.toUpperCase(),
          'value-from-vault-secret': { ...secret, secret: one, key: 'k' },
        })),
      }),
      'not supported yet: value-from-vault-secret (variable MISSING)',
    ],
    [
      'with a variable from a vault that is delivered',
      service('web', {
        variables: [{ name: 'PASSWORD', 'value-from-vault-secret': { ...secret, secret: 'delivered', key: 'k' } }],
      }),
      'placed',
    ],
    ['with a secret as a volume', storing({ 'vault-secret': secret }), 'not supported yet: vault-secret (volume data)'],
    ['with an approle', asking({ approle: 'reader' }), 'not supported yet: approle (container main)'],
    [
      'on hosts with other labels',
      service('web', { placement: { 'match-host-labels': 'function = cooling\n' } }),
      'the labels of host local do not match `function = cooling`',
    ],
    [
      'with a device label that no device has',
      asking({ devices: { 'device-labels': ['rtc', 'camera'] } }),
      'host local has no device with the label camera (container main)',
    ],
    [
      'with more GPUs than match',
      asking({ gpu: { labels: ['gpu-all'], 'nvidia-patterns': ['display-mode == "Enabled"'], 'number-gpus': 3 } }),
      'host local has 2 of the 3 GPUs with label gpu-all, display-mode == "Enabled" that container main asks for',
    ],
    [
      'with a GPU of a property that none has',
      asking({ gpu: { 'nvidia-patterns': ['memory == "80 GiB"'] } }),
      'host local has 0 of the 1 GPUs with memory == "80 GiB" that container main asks for',
    ],
    [
      'with an ephemeral volume of other labels',
      storing({ 'ephemeral-volume': { size: '1GB', 'match-volume-labels': 'speed = slow' } }),
      'host local has no volume with labels that match `speed = slow` (volume data)',
    ],
    [
      'with a persistent volume of other labels',
      storing({ 'persistent-volume': { size: '1GB', 'match-volume-labels': 'raid' } }),
      'host local has no volume with labels that match `raid` (volume data)',
    ],
  ])('not one %s', (_what, spec, reason) => {
    expect(reasonOf(spec)).toBe(reason);
  });

  it('not one with a GPU where there are none', () => {
    expect(reasonOf(asking({ gpu: {} }), siteHost())).toBe('host local has no GPUs');
  });

  it('looks at init containers too', () => {
    const init = { name: 'setup', image: 'x:1', devices: { 'device-labels': ['camera'] } };
    expect(reasonOf(service('web', { 'init-containers': [init] }))).toContain('label camera (container setup)');
  });

  it('gives the first reason of several', () => {
    const spec = { ...asking({ gpu: {} }), placement: { 'match-host-labels': 'nothing' } };
    expect(reasonOf(spec, siteHost())).toBe('the labels of host local do not match `nothing`');
  });
});

describe('what an instance gets of its host', () => {
  it('is nothing when it asks for nothing', () => {
    const { devices, gpus, hostVolumes } = placed(service('web'));
    expect([...devices]).toEqual([['main', []]]);
    expect(gpus.size + hostVolumes.size).toBe(0);
  });

  it.each<[readonly string[], readonly string[]]>([
    [['rtc'], ['/dev/rtc0', '/dev/rtc1']],
    [['clock'], ['/dev/rtc1']],
    [
      ['serial', 'clock', 'rtc'],
      ['/dev/rtc0', '/dev/rtc1', '/dev/ttyS0'],
    ],
  ])('are all devices with one of the labels %j, each once', (labels, paths) => {
    const { devices } = placed(asking({ devices: { 'device-labels': [...labels] } }));
    expect(devices.get('main')).toEqual(paths);
  });

  it.each<[string, NonNullable<ContainerSpec['gpu']>, readonly string[]]>([
    ['one, the first, when nothing is said', {}, ['GPU-b']],
    ['as many as asked for, in the order of the host', { 'number-gpus': 2 }, ['GPU-a', 'GPU-b']],
    ['those with every label', { labels: ['gpu-all', 'fast'] }, ['GPU-a']],
    ['those with every property', { 'nvidia-patterns': ['display-mode == "Disabled"'] }, ['GPU-c']],
  ])('are GPUs: %s', (_what, gpu, ids) => {
    expect(placed(asking({ gpu })).gpus.get('main')).toEqual(ids);
  });

  it('is the first volume of the host that matches', () => {
    const spec = storing({ 'ephemeral-volume': { size: '1GB', 'match-volume-labels': 'speed = fast' } });
    expect(placed(spec).hostVolumes.get('data')?.name).toBe('nvme');
  });

  it('is the first volume of the host when no labels are named', () => {
    expect(placed(storing({ 'persistent-volume': { size: '1GB' } })).hostVolumes.get('data')?.name).toBe('default');
  });

  it('is no volume of the host for files and for memory, whatever labels are named', () => {
    const memory = { size: '1MB', medium: 'memory' as const, 'match-volume-labels': 'speed = slow' };
    expect(placed(storing({ 'ephemeral-volume': memory })).hostVolumes.size).toBe(0);
    expect(placed(storing({ 'config-map': { items: [{ name: 'a', data: '' }] } })).hostVolumes.size).toBe(0);
  });
});
