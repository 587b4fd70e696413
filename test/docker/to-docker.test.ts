import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  needsImageEntrypoint,
  toCreateContainer,
  toCreateAttached,
  toUpdateContainer,
} from '../../src/docker/to-docker.ts';
import type { DesiredLog } from '../../src/model/desired.ts';
import { createMember, createSandbox, NO_LIMITS } from '../contract/actions.ts';

describe('the body that makes a container', () => {
  it('joins a member to its sandbox by id and leaves out what the image decides', () => {
    const action = createMember('o', 'acme.shop.web-1.nginx', 'acme.shop.web-1', { cmd: undefined });
    const body = toCreateContainer(action, { sandboxId: 'abc' });
    expect(body.HostConfig).toEqual({
      Init: true,
      RestartPolicy: { Name: 'unless-stopped' },
      NetworkMode: 'container:abc',
    });
    expect(body).not.toHaveProperty('Cmd');
    expect(body).not.toHaveProperty('Entrypoint');
    expect(body).not.toHaveProperty('User');
    expect(body).not.toHaveProperty('NetworkingConfig');
    expect(body.Labels).toBe(action.labels);
  });

  it('puts a sandbox on its network under its aliases', () => {
    const body = toCreateContainer(createSandbox('o', 'acme.shop.web-1', 'acme.shop'));
    expect(body.HostConfig.NetworkMode).toBe('acme.shop');
    expect(body.NetworkingConfig).toEqual({ EndpointsConfig: { 'acme.shop': { Aliases: ['web'] } } });
  });

  it('rounds a stop timeout up to seconds and sorts the environment', () => {
    const env = { B: '2', A: 'x=y' };
    const body = toCreateContainer(createMember('o', 'n', 's', { stopTimeoutMs: 1_001, env }));
    expect(body.StopTimeout).toBe(2);
    expect(body.Env).toEqual(['A=x=y', 'B=2']);
  });

  it('says limits, user, host name and dropped capabilities', () => {
    const resources = { memoryBytes: 1_000, nanoCpus: 5, cpuShares: 6 };
    const settings = { resources, user: '100:0', hostname: 'web-1', capabilitiesDropped: ['NET_RAW'] };
    const body = toCreateContainer(createMember('o', 'n', 's', settings));
    expect(body).toMatchObject({ User: '100:0', Hostname: 'web-1' });
    const limits = { Memory: 1_000, MemorySwap: 2_000, NanoCpus: 5, CpuShares: 6, CapDrop: ['NET_RAW'] };
    expect(body.HostConfig).toMatchObject(limits);
  });

  it('says added capabilities, controls that are off, devices and GPUs', () => {
    const settings = {
      capabilitiesAdded: ['NET_ADMIN', 'SYS_TIME'],
      unconfined: ['apparmor', 'selinux'],
      devices: ['/dev/rtc0'],
      gpus: { ids: ['GPU-1'], capabilities: ['compute', 'utility'] },
    } as const;
    expect(toCreateContainer(createMember('o', 'n', 's', settings)).HostConfig).toMatchObject({
      CapAdd: ['NET_ADMIN', 'SYS_TIME'],
      SecurityOpt: ['apparmor=unconfined', 'label=disable'],
      Devices: [{ PathOnHost: '/dev/rtc0', PathInContainer: '/dev/rtc0', CgroupPermissions: 'rwm' }],
      DeviceRequests: [{ Driver: 'nvidia', DeviceIDs: ['GPU-1'], Capabilities: [['gpu', 'compute', 'utility']] }],
    });
  });

  it('limits the writable layer in bytes, unless the engine has refused that', () => {
    const action = createMember('o', 'n', 's', { layerBytes: 1_048_576 });
    expect(toCreateContainer(action).HostConfig.StorageOpt).toEqual({ size: '1048576' });
    expect(toCreateContainer(action, { limitsLayer: false }).HostConfig).not.toHaveProperty('StorageOpt');
  });

  it('joins the processes of the sandbox without an init of its own', () => {
    const body = toCreateContainer(createMember('o', 'n', 's', { pid: 'sandbox' }), { sandboxId: 'abc' });
    expect(body.HostConfig).toMatchObject({ PidMode: 'container:abc', Init: false });
  });

  it('mounts volumes by name and copies nothing of the image into them', () => {
    const mounts = [{ volume: 'acme.shop.web-1.data', path: '/data', readOnly: true }];
    expect(toCreateContainer(createMember('o', 'n', 's', { mounts })).HostConfig.Mounts).toEqual([
      {
        Type: 'volume',
        Source: 'acme.shop.web-1.data',
        Target: '/data',
        ReadOnly: true,
        VolumeOptions: { NoCopy: true },
      },
    ]);
  });

  it('opens every port it exposes, one of them twice, one wherever the engine likes', () => {
    const port = { containerPort: 80, protocol: 'tcp', hostPort: 8080, hostIp: '' } as const;
    const ports = [
      { ...port, hostPort: undefined, protocol: 'udp', containerPort: 53 } as const,
      port,
      { ...port, hostIp: '10.0.0.1', hostPort: 8081 },
    ];
    const body = toCreateContainer(createSandbox('o', 'sb', 'net', { ports }));
    expect(body.ExposedPorts).toEqual({ '53/udp': {}, '80/tcp': {} });
    expect(body.HostConfig.PortBindings).toEqual({
      '53/udp': [{ HostIp: '', HostPort: '' }],
      '80/tcp': [
        { HostIp: '', HostPort: '8080' },
        { HostIp: '10.0.0.1', HostPort: '8081' },
      ],
    });
  });

  it('names the entrypoint of the image where "no arguments" would be read as the own of the image', () => {
    const none = createMember('o', 'n', 's', { cmd: [] });
    expect(needsImageEntrypoint(none.container)).toBe(true);
    expect(toCreateContainer(none, { imageEntrypoint: ['/run'] })).toMatchObject({ Entrypoint: ['/run'], Cmd: [] });
    expect(needsImageEntrypoint(createMember('o', 'n', 's', { cmd: undefined }).container)).toBe(false);
    expect(needsImageEntrypoint(createMember('o', 'n', 's', { cmd: [], entrypoint: ['/x'] }).container)).toBe(false);
  });
});

describe('the log of a container', () => {
  const logOf = (log: DesiredLog) => toCreateContainer(createMember('o', 'n', 's', { log })).HostConfig.LogConfig;

  it('is left to the engine, or not kept', () => {
    expect(logOf({ kind: 'engine' })).toBeUndefined();
    expect(logOf({ kind: 'none' })).toEqual({ Type: 'none' });
  });

  it('is two files that stay within the size together, each with a line too many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: 0, max: 16 * 1024 }), (bytes, line) => {
        const { Type, Config = {} } = logOf({ kind: 'bounded', bytes }) ?? {};
        const size = Number(Config['max-size']);
        expect(Type).toBe('json-file');
        expect(Config['max-file']).toBe('2');
        expect(size).toBeGreaterThanOrEqual(1024);
        if (bytes >= 72 * 1024) expect(2 * (size + line)).toBeLessThanOrEqual(bytes);
        else expect(size).toBeLessThanOrEqual(Math.max(1024, bytes / 2));
      }),
    );
  });
});

describe('other bodies', () => {
  it('leaves limits that are not set out of an update', () => {
    const resources = { ...NO_LIMITS, memoryBytes: 10 };
    const action = { kind: 'update-container', name: 'n', id: 'i', resources, restart: 'no' } as const;
    expect(toUpdateContainer(action)).toEqual({ Memory: 10, MemorySwap: 20, RestartPolicy: { Name: 'no' } });
  });

  it('gives lease and relay the network of the host and no rights', () => {
    const { HostConfig } = toCreateAttached('image', 'relay', {});
    expect(HostConfig).toMatchObject({ NetworkMode: 'host', AutoRemove: true, CapDrop: ['ALL'] });
  });
});
