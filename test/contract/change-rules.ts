import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../src/docker/port.ts';
import { createSandbox, NO_LIMITS, startOf } from './actions.ts';
import { refusal, type Ground } from './docker-contract.ts';
import { waitFor } from './wait.ts';

export function describeCrash(use: () => Ground): void {
  describe('crashes', () => {
    it('has a crashed member restarted by the engine, and counts it', async () => {
      const { engine, owner, runMember, inspect } = use();
      const before = await runMember(`${owner}.crash`);
      await engine.killProcess(`${owner}.crash`);
      const after = await waitFor('the restart', async () => {
        const seen = await inspect(`${owner}.crash`);
        return seen.status === 'running' && seen.restartCount === 1 && seen;
      });
      expect(after.id).toBe(before.id);
      expect(after.restarts).toEqual([after.startedAt]);
      expect(after.startedAt).toBeGreaterThanOrEqual(before.startedAt);
    });

    it('counts from 0 again after a start by hand', async () => {
      const { docker, engine, owner, runMember, inspect, signal } = use();
      const { id } = await runMember(`${owner}.recount`);
      await engine.killProcess(`${owner}.recount`);
      await waitFor('the restart', async () => {
        const { status, restartCount } = await inspect(id);
        return status === 'running' && restartCount === 1;
      });
      await docker.stopContainer(id, 1_000, signal);
      await docker.startContainer(startOf(id), signal);
      expect(await inspect(id)).toMatchObject({ status: 'running', restartCount: 0 });
    });

    it('knows of every restart all the same, whoever restarted it', async () => {
      const { docker, engine, owner, runMember, inspect, signal } = use();
      const { id } = await runMember(`${owner}.ledger`);
      await engine.killProcess(`${owner}.ledger`);
      const crashed = await waitFor('the restart', async () => {
        const seen = await inspect(id);
        return seen.status === 'running' && seen.totalRestarts === 1 && seen;
      });
      await docker.stopContainer(id, 1_000, signal);
      await docker.startContainer(startOf(id), signal);
      const restarted = await inspect(id);
      expect(restarted).toMatchObject({ restartCount: 0, totalRestarts: 2, currentRestarts: 2 });
      expect(restarted.restarts).toEqual([crashed.startedAt, restarted.startedAt]);
    });

    it('leaves dead what was killed through the API', async () => {
      const { engine, owner, runMember, inspect } = use();
      await runMember(`${owner}.killed`);
      await engine.killByHand(`${owner}.killed`);
      const seen = await waitFor('the end', async () => {
        const now = await inspect(`${owner}.killed`);
        return now.status === 'exited' && now;
      });
      expect(seen).toMatchObject({ exitCode: 137, restartCount: 0 });
    });

    it('shows the exit code of what ended by itself', async () => {
      const { owner, runMember, inspect } = use();
      await runMember(`${owner}.exits`, { cmd: ['sh', '-c', 'exit 3'], restart: 'no' });
      const seen = await waitFor('the end', async () => {
        const now = await inspect(`${owner}.exits`);
        return now.status === 'exited' && now;
      });
      expect(seen).toMatchObject({ exitCode: 3, oomKilled: false });
    });
  });
}

export function describeChange(use: () => Ground): void {
  describe('changing containers', () => {
    it('changes limits and restart policy of a running one, up and down', async () => {
      const { docker, owner, runMember, inspect, signal } = use();
      const name = `${owner}.limits`;
      const limits = { memoryBytes: 32 * 1024 ** 2, nanoCpus: 500_000_000, cpuShares: 512 };
      const { id } = await runMember(name, { resources: limits });
      const resources = { memoryBytes: 128 * 1024 ** 2, nanoCpus: 250_000_000, cpuShares: 256 };
      await docker.updateContainer({ kind: 'update-container', name, id, resources, restart: 'no' }, signal);
      expect(await inspect(id)).toMatchObject({ status: 'running', resources, restartPolicy: 'no' });
    });

    it('leaves ended what ends by itself once its restart policy was taken away', async () => {
      const { docker, engine, owner, runMember, inspect, signal } = use();
      const name = `${owner}.leaving`;
      const { id } = await runMember(name);
      const update = { kind: 'update-container', name, id, resources: NO_LIMITS, restart: 'no' } as const;
      await docker.updateContainer(update, signal);
      await engine.killProcess(name);
      const seen = await waitFor('the end', async () => {
        const now = await inspect(id);
        return now.status !== 'running' && now;
      });
      expect(seen).toMatchObject({ status: 'exited', restartCount: 0, restartPolicy: 'no' });
    });

    it('says that a limit cannot be lifted, instead of ignoring it', async () => {
      const { docker, owner, runMember, signal } = use();
      const name = `${owner}.lifted`;
      const { id } = await runMember(name, { resources: { ...NO_LIMITS, memoryBytes: 32 * 1024 ** 2 } });
      const update = { kind: 'update-container', name, id, resources: NO_LIMITS, restart: 'no' } as const;
      expect(await refusal(docker.updateContainer(update, signal), 'refused')).toContain(name);
    });

    it('renames a running one, and takes the same name for success', async () => {
      const { docker, owner, runMember, inspect, signal } = use();
      const { id } = await runMember(`${owner}.before`);
      await docker.renameContainer(id, `${owner}.after`, signal);
      await docker.renameContainer(id, `${owner}.after`, signal);
      expect(await inspect(id)).toMatchObject({ name: `${owner}.after`, status: 'running' });
    });

    it('gives the name of a renamed one to another that is made the same, and both run', async () => {
      const { docker, owner, runMember, inspect, signal } = use();
      const former = await runMember(`${owner}.succeeded`);
      await docker.renameContainer(former.id, `${owner}.former`, signal);
      const successor = await runMember(`${owner}.succeeded`);
      expect(successor.id).not.toBe(former.id);
      expect(await inspect(former.id)).toMatchObject({ status: 'running', startedAt: former.startedAt });
    });

    it('does not rename to a name that is taken', async () => {
      const { docker, owner, sandbox, runMember, signal } = use();
      const { id } = await runMember(`${owner}.rename`);
      expect(await refusal(docker.renameContainer(id, sandbox, signal), 'name-taken')).toContain(owner);
    });
  });
}

export function describeEvents(use: () => Ground): void {
  describe('events', () => {
    it('tells what happens to a container, from "connected" on', async () => {
      const { docker, engine, owner, runMember } = use();
      const listening = new AbortController();
      const seen: EngineEvent[] = [];
      const name = `${owner}.told`;
      const acting: Promise<void>[] = [];
      for await (const event of docker.events(listening.signal)) {
        seen.push(event);
        if (event.kind === 'connected') {
          acting.push(runMember(name, { restart: 'no' }).then(() => engine.killProcess(name)));
        }
        if (event.kind === 'container' && event.name === name && event.action === 'die') listening.abort();
      }
      await Promise.all(acting);
      expect(seen[0]).toEqual({ kind: 'connected' });
      const told = seen.flatMap((event) => (event.kind === 'container' && event.name === name ? [event] : []));
      expect(told.map(({ action }) => action)).toEqual(['create', 'start', 'die']);
      expect(told[0]?.owner).toBe(owner);
    });

    it('tells which container came to a network and left it', async () => {
      const { docker, owner, network, inspect, signal } = use();
      const listening = new AbortController();
      const name = `${owner}.visitor`;
      const seen: (string | undefined)[][] = [];
      for await (const event of docker.events(listening.signal)) {
        if (event.kind === 'connected') {
          await docker.createContainer(createSandbox(owner, name, network), signal);
          await docker.startContainer(startOf(name), signal);
          await docker.stopContainer((await inspect(name)).id, 1_000, signal);
        }
        if (event.kind !== 'network' || event.name !== network) continue;
        seen.push([event.action, event.container]);
        if (event.action === 'disconnect') listening.abort();
      }
      const { id } = await inspect(name);
      expect(seen).toEqual([
        ['connect', id],
        ['disconnect', id],
      ]);
    });

    it('ends by throwing when the connection does', async () => {
      const { docker, engine, signal } = use();
      const listen = async () => {
        for await (const event of docker.events(signal)) {
          if (event.kind === 'connected') await engine.cutConnections();
        }
      };
      await refusal(listen(), 'unreachable');
    });

    it('ends quietly under a signal that has aborted', async () => {
      const seen: EngineEvent[] = [];
      for await (const event of use().docker.events(AbortSignal.abort())) seen.push(event);
      expect(seen).toEqual([]);
    });
  });
}
