import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdLease } from '../../src/docker/held-lease.ts';
import { isSamePlace, parseNetworkPlace } from '../../src/docker/network-place.ts';
import { unpackSandboxProgram, type SandboxProgram } from './sandbox-program.ts';

const { signal } = new AbortController();

describe('the lease program', () => {
  let program: SandboxProgram;
  beforeAll(async () => {
    program = await unpackSandboxProgram();
  });
  afterAll(() => program.dispose());

  it('run beside this process shares its network', async () => {
    const lease = holdLease(program.attach('lease'));
    const [shares, routes] = await Promise.all([lease.sharesNetwork(signal), lease.routes(signal)]);
    expect(shares).toBe(true);
    expect(routes.every((route) => /^[\d.]+\/\d+$/.test(route))).toBe(true);
    await lease.release();
    expect(await lease.lost).toBe('the helper ended with 0');
    await expect(lease.sharesNetwork(signal)).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('a place in a network', () => {
  const answer = 'boot 6bc8\nnetns net:[4026531840]\nIface\tDestination\n';
  const here = { boot: '6bc8', netns: 'net:[4026531840]' };

  it('is read from the lines of the lease', () => {
    expect(parseNetworkPlace(answer)).toEqual(here);
    expect(parseNetworkPlace('Iface\tDestination\n')).toBeUndefined();
  });

  it('is another in another namespace or another kernel, and unknown is never the same', () => {
    expect(isSamePlace(here, { ...here })).toBe(true);
    expect(isSamePlace(here, { ...here, netns: 'net:[1]' })).toBe(false);
    expect(isSamePlace(here, { ...here, boot: 'other' })).toBe(false);
    expect(isSamePlace(undefined, undefined)).toBe(false);
  });
});
