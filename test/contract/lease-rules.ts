import { describe, expect, it } from 'vitest';
import type { Lease } from '../../src/docker/port.ts';
import { helperLabels } from '../../src/model/labels.ts';
import { refusal, type Ground } from './docker-contract.ts';
import { waitFor } from './wait.ts';

export function describeLeaseRules(use: () => Ground): void {
  const acquire = async (holder: string): Promise<Lease> => {
    const { docker, owner, signal } = use();
    return await waitFor('the lease', async () => {
      const answer = await docker.acquireLease(owner, holder, signal);
      return answer.kind === 'lease' && answer;
    });
  };

  describe('the lease', () => {
    it('is held by one, named to the next, and free after release', async () => {
      const { docker, owner, signal } = use();
      const lease = await acquire('host-a pid 1');
      expect(await docker.acquireLease(owner, 'host-b pid 2', signal)).toEqual({
        kind: 'taken',
        holder: 'host-a pid 1',
      });
      await lease.release();
      expect(await lease.lost).not.toBe('');
      await refusal(lease.routes(signal), 'unreachable');
      const next = await docker.acquireLease(owner, 'host-b pid 2', signal);
      expect(next.kind).toBe('lease');
      if (next.kind === 'lease') await next.release();
    });

    it('is one for each owner', async () => {
      const { docker, owner, signal } = use();
      const lease = await acquire('host-a pid 1');
      const other = await docker.acquireLease(`${owner}-b`, 'host-b pid 2', signal);
      expect(other.kind).toBe('lease');
      if (other.kind === 'lease') await other.release();
      await lease.release();
    });

    it('takes away the helpers that an earlier holder left behind, and nobody else’s', async () => {
      const { docker, engine, owner, signal } = use();
      await engine.makeForeign(`${owner}.left`, helperLabels(owner));
      await engine.makeForeign(`${owner}.theirs`, helperLabels(`${owner}-b`));
      const lease = await acquire('host-a pid 1');
      expect(await docker.inspectContainer(`${owner}.left`, signal)).toBeUndefined();
      expect(await docker.inspectContainer(`${owner}.theirs`, signal)).toBeDefined();
      await lease.release();
    });

    it('tells the routes of the host, again and again, without the default route', async () => {
      const { signal } = use();
      const lease = await acquire('host-a pid 1');
      const [first, second] = await Promise.all([lease.routes(signal), lease.routes(signal)]);
      expect(second).toEqual(first);
      expect(first.length).toBeGreaterThan(0);
      for (const route of first) expect(route).toMatch(/^[\d.]+\/([1-9]|[12]\d|3[0-2])$/);
      await lease.release();
    });

    it('tells how much the engine can store and how much of it is free, beside any other question', async () => {
      const { signal } = use();
      const lease = await acquire('host-a pid 1');
      const [space, , again] = await Promise.all([lease.space(signal), lease.routes(signal), lease.space(signal)]);
      expect(again.totalBytes).toBe(space.totalBytes);
      expect(space.freeBytes).toBeGreaterThan(0);
      expect(space.freeBytes).toBeLessThan(space.totalBytes);
      await lease.release();
      await refusal(lease.space(signal), 'unreachable');
    });

    it('is lost with the connection, and soon free for the next', async () => {
      const lease = await acquire('host-a pid 1');
      await use().engine.cutConnections();
      expect(await lease.lost).not.toBe('');
      await (await acquire('host-b pid 2')).release();
    });

    it('is lost when somebody removes its container', async () => {
      const { docker, owner, inspect, signal } = use();
      const lease = await acquire('host-a pid 1');
      await docker.removeContainer((await inspect(`fairlead.${owner}.lease`)).id, signal);
      expect(await lease.lost).not.toBe('');
    });

    it('is taken over from a crash between making and starting it', async () => {
      const { engine, owner } = use();
      await engine.leaveLeaseBehind(owner);
      await (await acquire('host-b pid 2')).release();
    });
  });
}
