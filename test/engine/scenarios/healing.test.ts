import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { askEngine } from '../../engine-hosts/engine-client.ts';
import { eventually } from '../../eventually.ts';
import { createRepository, type TestRepository } from '../../git/git-repo.ts';
import { ENGINE, startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, inspect, removeByHand, runningOf, sweep } from '../daemon/engine-view.ts';

// What somebody does to a converged host by hand, or a process to itself, on a real engine.

const OWNER = 'healing';
const SANDBOX = 'acme.shop.web-1';
const MEMBERS = ['acme.shop.web-1.api', 'acme.shop.web-1.page'];
let folder: string;
let repository: TestRepository;
let daemon: DaemonProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-scenario-'));
  repository = await createRepository(join(folder, 'repo'));
  const sleeper = (name: string) =>
    container(name, { image: busyboxImage, cmd: ['sleep', '100000'], memory: '64MiB', 'shutdown-timeout': '3s' });
  const web = service('web', { containers: [sleeper('api'), sleeper('page')] });
  const revision = await repository.commit(applicationFiles('acme', 'shop', { services: [web] }));
  daemon = await startDaemon({ repository: repository.path, owner: OWNER });
  await daemon.said('converged', { revision });
});

afterAll(async () => {
  await daemon.stop();
  await sweep(OWNER);
  await rm(folder, { recursive: true });
});

async function healed(former: Readonly<Record<string, string>>, gone: readonly string[] = []): Promise<void> {
  await eventually(async () => {
    const now = await runningOf(OWNER);
    expect(Object.keys(now)).toEqual(Object.keys(former));
    for (const name of gone) expect(now[name]).not.toBe(former[name]);
  });
}

/** How long healing takes at best, in ms: what else the machine has to do comes on top of it now and then. */
async function quickestHealing(gone: readonly string[], damage: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 3 && !times.some((ms) => ms < 2_000); round += 1) {
    const before = await runningOf(OWNER);
    await damage();
    const began = performance.now();
    await healed(before, gone);
    times.push(performance.now() - began);
  }
  return Math.min(...times);
}

const act = (name: string, action: string, query: Readonly<Record<string, string>> = {}) =>
  askEngine(ENGINE, `/containers/${name}/${action}`, { method: 'POST', query });

interface State {
  readonly State: { readonly Status: string; readonly Pid: number; readonly Paused: boolean };
  readonly RestartCount: number;
  readonly HostConfig: { readonly Memory: number };
}

describe('somebody', () => {
  it('removes a container: it is back within 2 s, the others untouched', async () => {
    const before = await runningOf(OWNER);
    expect(await quickestHealing([MEMBERS[0]!], () => removeByHand(MEMBERS[0]!))).toBeLessThan(2_000);
    const after = await runningOf(OWNER);
    expect([after[SANDBOX], after[MEMBERS[1]!]]).toEqual([before[SANDBOX], before[MEMBERS[1]!]]);
  });

  it('removes the sandbox: the instance is back within 2 s and the time its containers take to stop', async () => {
    const everything = [SANDBOX, ...MEMBERS];
    expect(await quickestHealing(everything, () => removeByHand(SANDBOX))).toBeLessThan(5_000);
  });

  it('stops a container: it runs again', async () => {
    const before = await runningOf(OWNER);
    await act(MEMBERS[0]!, 'stop', { t: '0' });
    await healed(before);
  });

  it('kills a container again and again: it is started again each time, ever later', async () => {
    const before = await runningOf(OWNER);
    await act(MEMBERS[0]!, 'kill');
    await healed(before);
    await act(MEMBERS[0]!, 'kill');
    await healed(before);
  });

  it('pauses a container: it is woken', async () => {
    await act(MEMBERS[0]!, 'pause');
    await eventually(async () => expect((await inspect<State>(MEMBERS[0]!)).State.Paused).toBe(false));
  });

  it('renames a container: it gets its name back', async () => {
    const before = await runningOf(OWNER);
    await act(MEMBERS[0]!, 'rename', { name: 'something-else' });
    await eventually(async () => expect(await runningOf(OWNER)).toEqual(before));
  });

  it('changes a limit: it is set back, and the container runs on', async () => {
    const before = await runningOf(OWNER);
    await askEngine(ENGINE, `/containers/${MEMBERS[0]!}/update`, {
      method: 'POST',
      json: { Memory: 32 << 20, MemorySwap: 64 << 20 },
    });
    await eventually(async () => expect((await inspect<State>(MEMBERS[0]!)).HostConfig.Memory).toBe(64 << 20));
    expect(await runningOf(OWNER)).toEqual(before);
  });

  it('takes the sandbox off its network: the instance is made anew, on the network', async () => {
    const before = await runningOf(OWNER);
    await askEngine(ENGINE, '/networks/acme.shop/disconnect', {
      method: 'POST',
      json: { Container: SANDBOX, Force: true },
    });
    await healed(before, [SANDBOX]);
  });

  it('puts the sandbox on a further network: the instance is made anew, on its own alone', async () => {
    const before = await runningOf(OWNER);
    await askEngine(ENGINE, '/networks/bridge/connect', { method: 'POST', json: { Container: SANDBOX } });
    await healed(before, [SANDBOX]);
    const { NetworkSettings } = await inspect<{ NetworkSettings: { Networks: object } }>(SANDBOX);
    expect(Object.keys(NetworkSettings.Networks)).toEqual(['acme.shop']);
  });

  it('restarts the sandbox: its containers follow into the new network namespace', async () => {
    await act(SANDBOX, 'restart', { t: '0' });
    await eventually(async () => {
      const [sandbox, ...members] = await Promise.all(
        [SANDBOX, ...MEMBERS].map((name) => inspect<{ State: { StartedAt: string; Running: boolean } }>(name)),
      );
      for (const member of members) {
        expect(member.State.Running).toBe(true);
        expect(member.State.StartedAt > sandbox!.State.StartedAt).toBe(true);
      }
    }, 20_000);
  });
});

describe('with the daemon away', () => {
  it('a container whose process dies still comes back, and the daemon finds nothing to do when it returns', async () => {
    await eventually(async () =>
      expect((await containersOf(OWNER)).every(({ state }) => state === 'running')).toBe(true),
    );
    daemon.signal('SIGKILL');
    await daemon.exited;
    const { State } = await inspect<State>(MEMBERS[0]!);
    process.kill(State.Pid, 'SIGKILL');
    await eventually(async () => {
      const now = await inspect<State>(MEMBERS[0]!);
      expect(now.State.Status).toBe('running');
      expect(now.State.Pid).not.toBe(State.Pid);
      expect(now.RestartCount).toBe(1);
    });
    const before = await runningOf(OWNER);
    daemon = await startDaemon({ repository: repository.path, owner: OWNER });
    await daemon.said('converged');
    expect(await runningOf(OWNER)).toEqual(before);
    expect(daemon.log.filter(({ msg }) => msg === 'step done')).toEqual([]);
  });

  it('a network that was pruned while nothing ran comes back, and the instance on it', async () => {
    const before = await runningOf(OWNER);
    daemon.signal('SIGKILL');
    await daemon.exited;
    for (const name of [...MEMBERS, SANDBOX]) await act(name, 'stop', { t: '0' });
    await askEngine(ENGINE, '/networks/acme.shop', { method: 'DELETE' });
    daemon = await startDaemon({ repository: repository.path, owner: OWNER });
    await daemon.said('converged');
    await healed(before, [SANDBOX, ...MEMBERS]);
  });
});
