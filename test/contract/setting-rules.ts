import { describe, expect, it } from 'vitest';
import type { DesiredPort } from '../../src/model/desired.ts';
import { createMember, createSandbox, startOf } from './actions.ts';
import { refusal, type Ground } from './docker-contract.ts';
import { waitFor } from './wait.ts';

export function describeSettings(use: () => Ground): void {
  describe('what a container is given', () => {
    it('is nothing in particular unless somebody asks', async () => {
      const { engine, owner, runMember, inspect } = use();
      await runMember(`${owner}.plain`);
      expect(await engine.settings(`${owner}.plain`)).toEqual({
        capabilitiesAdded: [],
        securityOptions: [],
        devices: [],
        logDriver: 'json-file',
        sharesProcesses: false,
        mounts: [],
      });
      expect(await inspect(`${owner}.plain`)).toMatchObject({ layerBytes: 0, ports: [], files: {}, lastLines: [] });
    });

    it('is capabilities, devices and controls that are off', async () => {
      const { engine, owner, runMember } = use();
      const settings = { capabilitiesAdded: ['NET_ADMIN', 'SYS_TIME'], devices: ['/dev/null'] };
      await runMember(`${owner}.rights`, { ...settings, unconfined: ['apparmor', 'selinux'] });
      const securityOptions = ['apparmor=unconfined', 'label=disable'];
      expect(await engine.settings(`${owner}.rights`)).toMatchObject({ ...settings, securityOptions });
    });

    it('is a log that is bounded, or none', async () => {
      const { engine, owner, runMember } = use();
      await runMember(`${owner}.bounded`, { log: { kind: 'bounded', bytes: 100_000 } });
      expect((await engine.settings(`${owner}.bounded`)).logDriver).toBe('json-file');
      await runMember(`${owner}.unlogged`, { log: { kind: 'none' } });
      expect((await engine.settings(`${owner}.unlogged`)).logDriver).toBe('none');
    });

    it('is the processes of its sandbox', async () => {
      const { engine, owner, runMember } = use();
      await runMember(`${owner}.shared`, { pid: 'sandbox' });
      expect((await engine.settings(`${owner}.shared`)).sharesProcesses).toBe(true);
    });

    it('is volumes, each at its path', async () => {
      const { engine, owner, runMember } = use();
      const mounts = [
        { volume: `${owner}.volume`, path: '/data', readOnly: false },
        { volume: `${owner}.volume`, path: '/same', readOnly: true },
      ];
      await runMember(`${owner}.mounts`, { mounts });
      expect((await engine.settings(`${owner}.mounts`)).mounts).toEqual(mounts);
    });

    it('is a limit on its layer where the engine can keep it, and a layer without one where it cannot', async () => {
      const { owner, runMember } = use();
      const layerBytes = 64 * 1024 ** 2;
      const seen = await runMember(`${owner}.layer`, { layerBytes });
      expect(seen.status).toBe('running');
      expect([0, layerBytes]).toContain(seen.layerBytes);
    });
  });
}

export function describePorts(use: () => Ground): void {
  const port = { containerPort: 80, protocol: 'tcp', hostPort: undefined, hostIp: '127.0.0.1' } as const;

  async function openSandbox(name: string, ports: readonly DesiredPort[]): Promise<void> {
    const { docker, owner, network, signal } = use();
    await docker.createContainer(createSandbox(owner, name, network, { ports }), signal);
    await docker.startContainer(startOf(name), signal);
  }

  describe('ports', () => {
    it('are open on the host while the sandbox runs', async () => {
      const { docker, owner, inspect, signal } = use();
      await openSandbox(`${owner}.ports`, [{ ...port, containerPort: 53, protocol: 'udp' }, port]);
      const { id, ports } = await inspect(`${owner}.ports`);
      expect(ports).toMatchObject([
        { containerPort: 53, protocol: 'udp', hostIp: '127.0.0.1' },
        { containerPort: 80, protocol: 'tcp', hostIp: '127.0.0.1' },
      ]);
      for (const { hostPort } of ports) expect(hostPort).toBeGreaterThan(0);
      await docker.stopContainer(id, 1_000, signal);
      expect((await inspect(id)).ports).toEqual([]);
    });

    it('that are taken are named by the start that fails', async () => {
      const { owner, inspect } = use();
      await openSandbox(`${owner}.first`, [port]);
      const hostPort = (await inspect(`${owner}.first`)).ports[0]?.hostPort;
      const sentence = await refusal(openSandbox(`${owner}.second`, [{ ...port, hostPort }]), 'refused');
      expect(sentence).toContain(`${hostPort ?? ''} failed: port is already allocated`);
    });
  });
}

export function describePrepare(use: () => Ground): void {
  const link = (target: string) => ({ kind: 'link', path: '/etc/t.conf', target }) as const;

  describe('what is laid into a container', () => {
    it('is there when it starts', async () => {
      const { docker, engine, owner, sandbox, signal } = use();
      const name = `${owner}.prepared`;
      await docker.createContainer(createMember(owner, name, sandbox), signal);
      const folder = { kind: 'directory', path: '/.fairlead', mode: 0o755, uid: 0, gid: 0 } as const;
      await docker.startContainer(startOf(name, [folder, link('/.fairlead/files/t.conf')]), signal);
      expect(await engine.readLink(name, '/etc/t.conf')).toBe('/.fairlead/files/t.conf');
    });

    it('is laid again before every start, and not while it runs', async () => {
      const { docker, engine, owner, runMember, signal } = use();
      const { id, name } = await runMember(`${owner}.again`);
      await docker.startContainer(startOf(name, [link('/a')]), signal);
      expect(await engine.readLink(name, '/etc/t.conf')).toBeUndefined();
      for (const target of ['/b', '/c']) {
        await docker.stopContainer(id, 1_000, signal);
        await docker.startContainer(startOf(name, [link(target)]), signal);
        expect(await engine.readLink(name, '/etc/t.conf')).toBe(target);
      }
    });

    it('cannot be laid into what is not there', async () => {
      const { docker, owner, signal } = use();
      await refusal(docker.startContainer(startOf(`${owner}.nobody`, [link('/a')]), signal), 'conflict');
    });
  });
}

export function describeLastLines(use: () => Ground): void {
  const script = (last: string) =>
    ({ cmd: ['sh', '-c', `echo trying; echo oops >&2; ${last}`], restart: 'no' }) as const;

  async function runToEnd(name: string, settings: Parameters<Ground['runMember']>[1]) {
    const { runMember, inspect } = use();
    await runMember(name, settings);
    return await waitFor('the end', async () => {
      const seen = await inspect(name);
      return seen.status === 'exited' && seen;
    });
  }

  describe('the last lines', () => {
    it('are what it said before it ended', async () => {
      const { lastLines } = await runToEnd(`${use().owner}.says`, script('exit 3'));
      expect([...lastLines].sort()).toEqual(['oops', 'trying']);
    });

    it('stay when it runs again, and so does the exit code', async () => {
      const { docker, owner, inspect, signal } = use();
      const { id, lastLines } = await runToEnd(`${owner}.says-again`, script('sleep 0.2; exit 3'));
      await docker.startContainer(startOf(id), signal);
      expect(await inspect(id)).toMatchObject({ lastLines, exitCode: 3 });
    });

    it('are none where no log is kept', async () => {
      const silent = { ...script('exit 3'), log: { kind: 'none' } } as const;
      expect(await runToEnd(`${use().owner}.silent`, silent)).toMatchObject({ exitCode: 3, lastLines: [] });
    });

    it('are none of an init container that ended well', async () => {
      const { lastLines } = await runToEnd(`${use().owner}.init`, { ...script('exit 0'), role: 'init-container' });
      expect(lastLines).toEqual([]);
    });
  });
}
