import { describe, expect, it } from 'vitest';
import { hostState, repositoryState, type HostFacts, type RepositoryFacts } from '../../src/status/host-state.ts';
import { resolved } from '../builders.ts';
import { NOW, REJECTED } from './facts.ts';

const EMPTY_PLAN = { revision: 'r1', steps: [], later: [], blocked: {}, wakeAt: undefined };
const host: HostFacts = {
  host: 'local',
  status: 'up',
  message: '',
  engine: undefined,
  upSince: NOW,
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
      'oper-status': 'up',
      'started-at': '2026-01-02T00:00:00.000Z',
      warnings: [],
      labels: {},
    });
  });

  it('whose kernel cannot limit something says what will have no effect', () => {
    const limits = { memory: false, cpus: true, cpuShares: false };
    const engine = { id: 'x', version: '24', apiVersion: '1.43', architecture: 'arm64', liveRestore: true };
    expect(hostState({ ...host, engine: { ...engine, storageDriver: 'overlay2', limits } }).warnings).toEqual([
      'the kernel of this host does not enforce `memory` of containers',
      'the kernel of this host does not enforce `cpu-shares` of containers',
    ]);
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
});
