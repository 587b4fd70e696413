import { statfs } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttachedConnection } from '../../src/docker/attached-connection.ts';
import { parseDiskSpace } from '../../src/docker/disk-space.ts';
import { holdLease } from '../../src/docker/held-lease.ts';
import { isSamePlace, parseNetworkPlace } from '../../src/docker/network-place.ts';
import { parseRouteTable } from '../../src/docker/routes.ts';
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

  it('tells the space of the file system it stands on, as the system does', async () => {
    const lease = holdLease(program.attach('lease'));
    const { totalBytes, freeBytes } = await lease.space(signal);
    const [root, name] = await Promise.all([statfs('/'), statfs('/etc/hostname')]);
    const fuller = name.bavail * name.bsize < root.bavail * root.bsize ? name : root;
    expect(totalBytes).toBe(fuller.blocks * fuller.bsize);
    expect(Math.abs(freeBytes - fuller.bavail * fuller.bsize)).toBeLessThan(MOVED_BYTES);
    await lease.release();
  });
});

/** Others write to this machine meanwhile. */
const MOVED_BYTES = 2 ** 30;

describe('the space of a host', () => {
  const answer = 'boot 6bc8\nnetns net:[1]\nspace 270553174016 84810764288\nspace 1000 900\nIface\tDestination\n';

  it('is that of the fuller file system, where layers and volumes lie on two', () => {
    expect(parseDiskSpace(answer)).toEqual({ totalBytes: 1000, freeBytes: 900 });
    expect(parseDiskSpace('space 2000 90\nspace 1000 900\n')).toEqual({ totalBytes: 2000, freeBytes: 90 });
  });

  it('is that of one where only one tells, and unknown where none does', () => {
    expect(parseDiskSpace('space 1000 0\nIface\n')).toEqual({ totalBytes: 1000, freeBytes: 0 });
    expect(parseDiskSpace('boot 6bc8\nIface\tDestination\n')).toBeUndefined();
  });

  it('is no route', () => {
    expect(parseRouteTable('space 12345678 0000C90A\n')).toEqual([]);
  });

  it('that does not tell is refused, and the lease goes on', async () => {
    const lease = holdLease(helperThatSays('boot 6bc8\nnetns net:[1]\nIface\tDestination\n.\n'));
    await expect(lease.space(signal)).rejects.toMatchObject({ code: 'refused' });
    expect(await lease.routes(signal)).toEqual([]);
  });
});

/** Answers every question with this, and says it once unasked. */
function helperThatSays(answer: string): AttachedConnection {
  let say = (): void => undefined;
  return {
    send: () => say(),
    follow: (onOutput) => {
      say = () => onOutput(Buffer.from(answer));
      say();
      return new Promise(() => undefined);
    },
    close: () => Promise.resolve(),
  };
}

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
