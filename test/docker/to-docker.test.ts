import { describe, expect, it } from 'vitest';
import {
  needsImageEntrypoint,
  toCreateContainer,
  toCreateLease,
  toUpdateContainer,
} from '../../src/docker/to-docker.ts';
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

  it('names the entrypoint of the image where "no arguments" would be read as the own of the image', () => {
    const none = createMember('o', 'n', 's', { cmd: [] });
    expect(needsImageEntrypoint(none.container)).toBe(true);
    expect(toCreateContainer(none, { imageEntrypoint: ['/run'] })).toMatchObject({ Entrypoint: ['/run'], Cmd: [] });
    expect(needsImageEntrypoint(createMember('o', 'n', 's', { cmd: undefined }).container)).toBe(false);
    expect(needsImageEntrypoint(createMember('o', 'n', 's', { cmd: [], entrypoint: ['/x'] }).container)).toBe(false);
  });
});

describe('other bodies', () => {
  it('leaves limits that are not set out of an update', () => {
    const resources = { ...NO_LIMITS, memoryBytes: 10 };
    const action = { kind: 'update-container', name: 'n', id: 'i', resources, restart: 'no' } as const;
    expect(toUpdateContainer(action)).toEqual({ Memory: 10, MemorySwap: 20, RestartPolicy: { Name: 'no' } });
  });

  it('gives the lease the network of the host and no rights', () => {
    const { HostConfig } = toCreateLease('image', {});
    expect(HostConfig).toMatchObject({ NetworkMode: 'host', AutoRemove: true, CapDrop: ['ALL'] });
  });
});
