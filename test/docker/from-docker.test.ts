import { describe, expect, it } from 'vitest';
import {
  toEngineInfo,
  toInspectedContainer,
  toObservedImage,
  toObservedNetwork,
} from '../../src/docker/from-docker.ts';
import type { WireContainer } from '../../src/docker/wire.ts';
import { toLabels } from '../../src/model/labels.ts';
import { UNPROBED, UNSEEN } from '../../src/model/observed.ts';
import { identity } from '../contract/actions.ts';

const wire: WireContainer = {
  Id: 'abc',
  Name: '/acme.shop.web-1.nginx',
  Created: '2026-11-20T16:14:42.386984555Z',
  Image: 'sha256:1',
  RestartCount: 2,
  State: {
    Status: 'exited',
    Pid: 0,
    ExitCode: 137,
    OOMKilled: true,
    Error: 'no',
    StartedAt: '2026-11-20T16:14:43Z',
    FinishedAt: '0001-01-01T00:00:00Z',
  },
  Config: { Image: 'nginx:1', Labels: toLabels(identity('me')) },
  HostConfig: {
    NetworkMode: 'container:def',
    RestartPolicy: { Name: '' },
    Memory: 1,
    NanoCpus: 2,
    CpuShares: 3,
    StorageOpt: { size: '1048576' },
  },
  NetworkSettings: { Networks: {} },
};

const ALL = { memory: true, cpus: true, cpuShares: true };
const seenAs = (container: WireContainer, limits = ALL) => toInspectedContainer(container, limits);

describe('a container as the engine tells it', () => {
  it('keeps everything a decision needs', () => {
    expect(seenAs(wire)).toEqual({
      id: 'abc',
      name: 'acme.shop.web-1.nginx',
      identity: identity('me'),
      status: 'exited',
      pid: 0,
      exitCode: 137,
      oomKilled: true,
      engineError: 'no',
      createdAt: Date.UTC(2026, 10, 20, 16, 14, 42, 386),
      startedAt: Date.UTC(2026, 10, 20, 16, 14, 43),
      finishedAt: 0,
      restartCount: 2,
      image: 'nginx:1',
      imageId: 'sha256:1',
      resources: { memoryBytes: 1, nanoCpus: 2, cpuShares: 3 },
      restartPolicy: 'no',
      stopTimeoutMs: 10_000,
      sandboxId: 'def',
      addresses: {},
      networkIds: {},
      layerBytes: 1_048_576,
      delayedShutdownCmd: [],
      ports: [],
      upgrade: '',
      health: UNPROBED,
      sight: UNSEEN,
    });
  });

  it('has no limit on its layer where the engine has dropped it, or somebody else spoke of it', () => {
    const withStorage = (StorageOpt: Record<string, string> | null) =>
      seenAs({ ...wire, HostConfig: { ...wire.HostConfig, StorageOpt } }).layerBytes;
    expect(withStorage(null)).toBe(0);
    expect(withStorage({ size: '10G' })).toBe(0);
  });

  it('has its ports, sorted, while it runs and only then', () => {
    const at = (HostIp: string, HostPort: string) => ({ HostIp, HostPort });
    const Ports = {
      '443/tcp': null,
      '80/tcp': [at('::', '8080'), at('0.0.0.0', '8080')],
      '53/udp': [at('10.0.0.1', '5353')],
    };
    const NetworkSettings = { Networks: {}, Ports };
    expect(seenAs({ ...wire, NetworkSettings }).ports).toEqual([]);
    expect(seenAs({ ...wire, NetworkSettings, State: { ...wire.State, Status: 'running' } }).ports).toEqual([
      { containerPort: 53, protocol: 'udp', hostIp: '10.0.0.1', hostPort: 5353 },
      { containerPort: 80, protocol: 'tcp', hostIp: '0.0.0.0', hostPort: 8080 },
      { containerPort: 80, protocol: 'tcp', hostIp: '::', hostPort: 8080 },
    ]);
  });

  it('is nobody of ours without labels', () => {
    expect(seenAs({ ...wire, Config: { Image: 'x', Labels: null } }).identity).toBeUndefined();
  });

  it('has its address with prefix length on a network, and none while it does not run', () => {
    const a = { NetworkID: '1', IPAddress: '10.201.0.2', IPPrefixLen: 26 };
    const b = { NetworkID: '', IPAddress: '', IPPrefixLen: 0 };
    const seen = seenAs({ ...wire, NetworkSettings: { Networks: { a, b } } });
    expect(seen.addresses).toEqual({ a: '10.201.0.2/26', b: '' });
    expect(seen.networkIds).toEqual({ a: '1', b: '' });
  });

  it('is in an unknown state, not dead, when the engine has a word for it that we do not know', () => {
    expect(seenAs({ ...wire, State: { ...wire.State, Status: 'stopping' } }).status).toBe('unknown');
    expect(seenAs({ ...wire, State: { ...wire.State, Status: 'dead' } }).status).toBe('dead');
  });

  it('has no memory limit to speak of on a host that cannot limit memory', () => {
    const about = { ID: 'x', ServerVersion: '27', LiveRestoreEnabled: false, Driver: 'overlay2' };
    const info = { ...about, SystemTime: '2026-11-20T20:00:00.000000001Z' };
    const support = { MemoryLimit: false, CpuCfsQuota: true, CPUShares: true };
    const { limits } = toEngineInfo({ ...info, ...support }, { ApiVersion: '1.47', Arch: 'arm64' });
    expect(seenAs(wire, limits).resources).toEqual({ memoryBytes: undefined, nanoCpus: 2, cpuShares: 3 });
  });
});

describe('networks and images as the engine tells them', () => {
  it('keeps the IPv4 subnets', () => {
    const IPAM = { Config: [{ Subnet: '10.0.0.0/8' }, { Subnet: 'fd00::/64' }, {}] };
    const seen = toObservedNetwork({ Id: '1', Name: 'n', Driver: 'bridge', Labels: null, IPAM });
    expect(seen.subnets).toEqual(['10.0.0.0/8']);
  });

  it('drops the placeholders of an image without a name', () => {
    const seen = toObservedImage({
      Id: '1',
      RepoTags: ['<none>:<none>'],
      RepoDigests: ['<none>@<none>', 'a@sha256:1'],
    });
    expect(seen).toEqual({ id: '1', tags: [], digests: ['a@sha256:1'] });
  });
});
