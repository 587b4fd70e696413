import { describe, expect, it } from 'vitest';
import { hostState, repositoryState, type HostFacts, type RepositoryFacts } from '../../src/status/host-state.ts';
import { application, desire, observedApplication, resolved, service, siteHost } from '../builders.ts';
import { NOW, REJECTED } from './facts.ts';

const EMPTY_PLAN = { revision: 'r1', steps: [], later: [], blocked: {}, wakeAt: undefined };
const host: HostFacts = {
  host: 'local',
  status: 'up',
  message: '',
  engine: undefined,
  upSince: NOW,
  space: undefined,
  observed: undefined,
  desired: undefined,
  plan: undefined,
  appliedRevision: 'r1',
};
const repository: RepositoryFacts = {
  wantedRevision: 'r2',
  fetchedRevision: 'r2',
  fetchTime: NOW,
  error: '',
  catalog: undefined,
};

describe('a host', () => {
  it('that is up has no message', () => {
    expect(hostState(host)).toEqual({
      'cluster-hostname': 'local',
      hostname: 'local',
      'host-id': '',
      version: '',
      'maintenance-mode': 'off',
      controller: true,
      'oper-status': 'up',
      'started-at': '2026-01-02T00:00:00.000Z',
      warnings: [],
      labels: {},
      devices: [],
      'device-labels': {},
      gpus: [],
      'local-volumes': [],
      'persistent-volumes': [],
    });
  });

  it('whose kernel cannot limit something says what will have no effect', () => {
    const limits = { memory: false, cpus: true, cpuShares: false };
    const engine = {
      id: 'x',
      version: '24',
      apiVersion: '1.43',
      architecture: 'arm64',
      liveRestore: true,
      systemTime: 0,
      insecureRegistries: [],
    };
    expect(hostState({ ...host, engine: { ...engine, storageDriver: 'overlay2', limits } }).warnings).toEqual([
      'the kernel of this host does not enforce `memory` of containers',
      'the kernel of this host does not enforce `cpu-shares` of containers',
    ]);
  });

  it('shows the space of its disk where that is known, and warns when it is low', () => {
    const on = (freeBytes: number) => hostState({ ...host, space: { totalBytes: 252.9e9, freeBytes } });
    expect(on(79.94e9)).toMatchObject({ disk: { total: '253GB', free: '79.9GB', low: false }, warnings: [] });
    expect(on(4.2e9)).toMatchObject({
      disk: { total: '253GB', free: '4.2GB', low: true },
      warnings: [
        'only 4.2GB of 253GB are free for images, containers and volumes: remove what is not needed, or add space',
      ],
    });
  });

  it('has the name and everything else its site gives it', () => {
    const desired = desire([], {
      host: siteHost({
        name: 'edge-1',
        labels: { 'acme.com/size': 'medium' },
        devices: [
          { path: '/dev/rtc0', deviceLabels: ['rtc', 'clock'] },
          { path: '/dev/rtc1', deviceLabels: ['rtc'] },
        ],
        gpus: [{ id: 'GPU-1', labels: ['any'], properties: { 'display-mode': 'Enabled', id: 'hidden' } }],
        volumes: [
          { name: 'default', path: '', labels: {} },
          { name: 'fast', path: '/mnt/nvme', labels: { speed: 'fast' } },
        ],
      }),
    });
    expect(hostState({ ...host, desired })).toMatchObject({
      'cluster-hostname': 'edge-1',
      labels: { 'acme.com/size': 'medium' },
      devices: [
        { name: '/dev/rtc0', labels: ['rtc', 'clock'] },
        { name: '/dev/rtc1', labels: ['rtc'] },
      ],
      'device-labels': { clock: ['/dev/rtc0'], rtc: ['/dev/rtc0', '/dev/rtc1'] },
      gpus: [{ id: 'GPU-1', uuid: 'GPU-1', labels: ['any'], 'display-mode': 'Enabled' }],
      'local-volumes': [
        { name: 'default', status: 'up', labels: {} },
        { name: 'fast', status: 'up', path: '/mnt/nvme', labels: { speed: 'fast' } },
      ],
    });
  });

  it('lists every persistent volume, and whether what it belongs to is still there', () => {
    const data = { name: 'data', 'persistent-volume': { size: '1GB' } };
    const shop = application('shop', { services: [service('web', { replicas: 2, volumes: [data] })] });
    const { applications } = desire([shop]);
    const { volumes } = observedApplication(applications['acme.shop']!);
    const observed = {
      host: 'local',
      applications: {},
      sharedNetworks: [],
      images: [],
      persistentVolumes: volumes,
      logs: [],
      markers: [],
      takenSubnets: [],
    };
    const listed = (desired: HostFacts['desired']) =>
      hostState({ ...host, observed, desired })['persistent-volumes'].map((volume) => volume['in-use']);
    expect(listed(desire([shop]))).toEqual([true, true]);
    expect(listed(desire([application('shop', { services: [service('web', { volumes: [data] })] })]))).toEqual([
      true,
      false,
    ]);
    expect(listed(desire([]))).toEqual([false, false]);
    expect(hostState({ ...host, observed })['persistent-volumes'][1]).toEqual({
      name: 'acme.shop.web-2.data',
      tenant: 'acme',
      application: 'shop',
      'service-instance': 'web-2',
      size: '1GB',
      'host-volume': 'default',
      'in-use': false,
    });
  });

  it('that was never up has every key, too, and says why', () => {
    const state = hostState({ ...host, status: 'down', message: 'no engine answers', upSince: 0 });
    expect(state).toMatchObject({
      'oper-status': 'down',
      'error-message': 'no engine answers',
      'started-at': '1970-01-01T00:00:00.000Z',
    });
  });
});

describe('the repository', () => {
  it('has lists from the start', () => {
    expect(repositoryState({ ...repository, wantedRevision: '', fetchedRevision: '', fetchTime: 0 }, host)).toEqual({
      'wanted-revision': '',
      'fetched-revision': '',
      'applied-revision': 'r1',
      'fetch-time': '1970-01-01T00:00:00.000Z',
      problems: [],
      'held-removals': [],
      'history-complete': false,
    });
  });

  it('says what is wrong with it, what is held, and why it cannot be read', () => {
    const held = [{ application: 'acme.shop', reason: 'removes more than half' }];
    const catalog = { ...resolved([]), problems: REJECTED.problems };
    const state = repositoryState(
      { ...repository, error: 'no answer', catalog },
      { ...host, plan: { ...EMPTY_PLAN, held } },
    );
    expect(state).toMatchObject({
      'error-message': 'no answer',
      problems: [{ file: 'tenants/acme/applications/shop.yaml', line: 3, column: 1 }],
      'held-removals': held,
    });
  });

  it('says what is signed, by whom, and why something newer is not in force', () => {
    const verification = { mode: 'tag', revision: 'r1', signer: 'alice', tag: 'v1', error: 'no signature' } as const;
    expect(repositoryState({ ...repository, verification }, host)).toMatchObject({
      'error-message': 'no signature',
      verification: {
        mode: 'tag',
        'verified-revision': 'r1',
        signer: 'alice',
        tag: 'v1',
        'error-message': 'no signature',
      },
    });
    const nothing = { mode: 'commit', revision: '', signer: '', tag: undefined, error: '' } as const;
    expect(repositoryState({ ...repository, verification: nothing }, host)).toMatchObject({
      verification: { mode: 'commit', 'verified-revision': '' },
    });
  });

  it('says why its history cannot be read, which harms nothing else', () => {
    const catalog = { ...resolved([]), history: { ...resolved([]).history, error: 'no answer' } };
    expect(repositoryState({ ...repository, catalog }, host)['error-message']).toBe(
      'history cannot be read: no answer',
    );
  });
});
