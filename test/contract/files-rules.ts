import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';
import type { DesiredFile } from '../../src/model/desired.ts';
import { createSandbox, createVolume, startOf, writeFiles } from './actions.ts';
import { refusal, type Ground } from './docker-contract.ts';

/** A file as who reads it sees it. */
export interface SeenFile {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sha256: string;
}

export function describeFiles(use: () => Ground): void {
  const sandboxName = () => `${use().owner}.files-sb`;
  const reader = () => `${use().owner}.reader`;

  /** A sandbox that has the volume, and a container that mounts it at /conf. */
  const open = async () => {
    const { docker, owner, network, runMember, signal } = use();
    const volume = `${owner}.conf`;
    await docker.createVolume(createVolume(owner, volume, { volume: 'conf', kind: 'files' }), signal);
    const mounts = [{ volume, path: '/files/conf', readOnly: false }];
    const own = { image: SANDBOX_IMAGE, cmd: undefined, init: false, mounts };
    await docker.createContainer(createSandbox(owner, sandboxName(), network, own), signal);
    await docker.startContainer(startOf(sandboxName()), signal);
    await runMember(reader(), { mounts: [{ volume, path: '/conf', readOnly: true }] });
  };

  const write = async (generation: string, files: readonly DesiredFile[]) => {
    const { docker, inspect, signal } = use();
    await docker.writeFiles(writeFiles((await inspect(sandboxName())).id, generation, files), signal);
  };
  const held = async () => (await use().inspect(sandboxName())).files['conf'];
  const read = (name: string) => use().engine.readFile(reader(), `/conf/${name}`);

  describe('files in volumes', () => {
    beforeAll(open);

    it('shows of an empty volume that it holds nothing', async () => {
      expect(await held()).toEqual({ generation: '', switchedAt: 0, told: {} });
    });

    it('arrive with their data, modes and owners, and say since when they are there', async () => {
      const files = [
        file('app.conf', 'port=80\n', { mode: 0o440, uid: 100, gid: 101 }),
        file('empty', ''),
        file('ümlaut', 'grüße\u0000\r\n', { mode: 0o755 }),
        file('large', 'x'.repeat(1024 ** 2)),
      ];
      await write('..a1', files);
      for (const expected of files) expect(await read(expected.name)).toEqual(toSeen(expected));
      const { generation, switchedAt } = (await held())!;
      expect(generation).toBe('..a1');
      expect(switchedAt).toBeGreaterThanOrEqual((await use().inspect(reader())).startedAt);
    });

    it('change as a whole: what is new comes, what is left out goes, one generation stays', async () => {
      const { engine } = use();
      await write('..b1', [file('app.conf', 'port=80\n'), file('old', 'o')]);
      await write('..b2', [file('app.conf', 'port=81\n'), file('new', 'n')]);
      expect(await read('app.conf')).toEqual(toSeen(file('app.conf', 'port=81\n')));
      expect(await read('new')).toEqual(toSeen(file('new', 'n')));
      expect(await read('old')).toBeUndefined();
      const links = (await engine.listFolder(reader(), '/conf')).filter((name) => name !== '..told');
      expect(links).toEqual(['..b2', '..data', 'app.conf', 'new']);
    });

    it('may be written again, which changes nothing', async () => {
      await write('..c1', [file('app.conf', 'c')]);
      const before = await held();
      await write('..c1', [file('app.conf', 'c')]);
      expect(await held()).toEqual(before);
      expect(await read('app.conf')).toEqual(toSeen(file('app.conf', 'c')));
    });

    it('may be none at all', async () => {
      await write('..d1', []);
      expect((await held())?.generation).toBe('..d1');
      expect(await read('app.conf')).toBeUndefined();
    });

    it('are not written by a sandbox that does not run', async () => {
      const { docker, owner, network, inspect, signal } = use();
      await docker.createContainer(createSandbox(owner, `${owner}.idle-files`, network), signal);
      const { id } = await inspect(`${owner}.idle-files`);
      await refusal(docker.writeFiles(writeFiles(id, '..e1', []), signal), 'conflict');
      expect((await inspect(id)).files).toEqual({});
    });
  });

  describe('announcing files', () => {
    const announce = async (cmd: readonly string[], container: string) => {
      const { docker, inspect, signal } = use();
      const [{ id }, { id: sandboxId }] = await Promise.all([inspect(reader()), inspect(sandboxName())]);
      const notes = [{ directory: '/files/conf', container, generation: '..f1' }];
      await docker.announceFiles({ kind: 'announce-files', name: reader(), id, cmd, sandboxId, notes }, signal);
    };

    it('runs the command and notes who was told, one beside the other', async () => {
      await write('..f1', [file('app.conf', 'f')]);
      await announce(['true'], 'mydb');
      await announce(['true'], 'web');
      expect((await held())?.told).toEqual({ mydb: '..f1', web: '..f1' });
      expect(await read('app.conf')).toEqual(toSeen(file('app.conf', 'f')));
    });

    it('notes everybody of many who are told at once', async () => {
      await write('..f1', [file('app.conf', 'f')]);
      const names = ['a', 'b', 'c', 'd', 'e', 'f'];
      await Promise.all(names.map((name) => announce(['true'], name)));
      expect((await held())?.told).toMatchObject(Object.fromEntries(names.map((name) => [name, '..f1'])));
    });

    it('only notes it where there is no command', async () => {
      await announce([], 'quiet');
      expect((await held())?.told).toMatchObject({ quiet: '..f1' });
    });

    it('says how the command failed, and notes nothing', async () => {
      const failing = announce(['sh', '-c', 'echo out; echo err >&2; exit 3'], 'other');
      expect(await refusal(failing, 'refused')).toMatch(/exit code 3.*(out|err)/s);
      expect((await held())?.told).not.toHaveProperty('other');
    });
  });
}

function file(name: string, data: string, overrides: Partial<DesiredFile> = {}): DesiredFile {
  return { name, data, mode: 0o444, uid: 0, gid: 0, ...overrides };
}

export function toSeen({ data, mode, uid, gid }: DesiredFile): SeenFile {
  return { mode, uid, gid, sha256: createHash('sha256').update(data).digest('hex') };
}
