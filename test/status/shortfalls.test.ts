import { describe, expect, it } from 'vitest';
import type { ContainerSpec, VolumeSpec } from '../../src/model/application-spec.ts';
import type { ObservedVolume } from '../../src/model/observed.ts';
import { shortfalls } from '../../src/status/shortfalls.ts';
import { application, container, observedApplication, service, type ContainerChanges } from '../builders.ts';
import { desiredShop } from './facts.ts';

/** As the shop was when its volumes were made. */
const OTHER = desiredShop(
  application('shop', {
    services: [service('web', { volumes: [{ name: 'data', 'persistent-volume': { size: '500MB' } }] })],
  }),
);
const DATA: VolumeSpec = { name: 'data', 'persistent-volume': { size: '1GB' } };

interface Found {
  readonly containers?: ContainerChanges;
  readonly volume?: Partial<ObservedVolume>;
}

/** Of `web` with two instances, of which the engine has made what it could. */
function toldOf(spec: Partial<ContainerSpec>, { containers, volume }: Found = {}) {
  const shop = application('shop', {
    services: [service('web', { replicas: 2, volumes: [DATA], containers: [container('api', spec)] })],
  });
  const desired = desiredShop(shop);
  const observed = observedApplication(desired, containers);
  const volumes = observed.volumes.map((one) => ({ ...one, ...volume }));
  return shortfalls(desired, { ...observed, volumes }, 'edge-1');
}

describe('a host that can limit everything', () => {
  it('is not mentioned', () => {
    expect(toldOf({ 'container-layer-size': '10 MiB' })).toEqual([]);
  });
});

describe('a host that cannot limit writable layers', () => {
  it('is told of once for all instances, with what it needs', () => {
    expect(toldOf({ 'container-layer-size': '10 MiB' }, { containers: { api: { layerBytes: 0 } } })).toEqual([
      '`container-layer-size` of container api of service web has no effect: the engine of host edge-1 cannot limit it; ' +
        'it can with the storage driver overlay2 on an XFS file system mounted with `pquota`, or with btrfs or zfs',
    ]);
  });

  it('is not told of where no limit is asked for, or nothing is made yet', () => {
    expect(toldOf({}, { containers: { api: { layerBytes: 0 } } })).toEqual([]);
    expect(toldOf({ 'container-layer-size': '10 MiB' }, { containers: { api: null } })).toEqual([]);
  });
});

describe('a host that cannot limit volumes', () => {
  it('is told of once for all instances, with what it needs', () => {
    expect(toldOf({}, { volume: { sizeEnforced: false } })).toEqual([
      '`size` of volume data of service web has no effect: the engine of host edge-1 cannot limit it; ' +
        'it can where its store is on an XFS file system mounted with `pquota`',
    ]);
    expect(toldOf({}, { volume: { sizeEnforced: false, hostPath: '/mnt/data' } })).toEqual([
      expect.stringMatching(/; \/mnt\/data is a folder of the host, which only a quota of its own file system limits$/),
    ]);
  });
});

describe('a volume that is wished for otherwise than it was made', () => {
  it('is kept, and that is said of each', () => {
    const { identity } = observedApplication(OTHER).volumes[0]!;
    const told = toldOf({}, { volume: { sizeBytes: 5e8, identity } });
    expect(told).toEqual([
      'volume data of web-1 is kept as it was made, persistent of 500MB on default, for the sake of its data; ' +
        'to have it made as specified now, save the data and remove the volume',
      expect.stringMatching(/^volume data of web-2 is kept/),
    ]);
  });
});
