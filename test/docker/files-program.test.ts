import { access, lstat, mkdir, mkdtemp, readFile, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unpackSandboxProgram, type SandboxProgram } from './sandbox-program.ts';

const DONE = { exitCode: 0, message: '' };

let program: SandboxProgram;
let folder: string;

beforeAll(async () => {
  program = await unpackSandboxProgram();
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fairlead-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
afterAll(() => program.dispose());

const at = (...names: readonly string[]) => path.join(folder, ...names);
const entries = async (...names: readonly string[]) => (await readdir(at(...names))).sort();

/** As an archive lays it: the folder of the generation and a link for each file. */
async function layGeneration(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(at(name));
  for (const [file, content] of Object.entries(files)) {
    await writeFile(at(name, file), content);
    await symlink(`..data/${file}`, at(file)).catch(() => undefined);
  }
}

describe('sandbox switch', () => {
  it('makes a generation the current one and clears what is left of others', async () => {
    await layGeneration('..1', { 'a.conf': 'a1', 'b.conf': 'b1' });
    expect(await program.run('switch', folder, '..1')).toEqual(DONE);
    expect(await readFile(at('b.conf'), 'utf8')).toBe('b1');
    await layGeneration('..2', { 'a.conf': 'a2', 'c.conf': 'c2' });
    await symlink('x', at('..tmp'));
    await symlink('db=..1', at('..told'));
    expect(await program.run('switch', folder, '..2')).toEqual(DONE);
    expect(await entries()).toEqual(['..2', '..data', '..told', 'a.conf', 'c.conf']);
    expect(await readFile(at('a.conf'), 'utf8')).toBe('a2');
  });

  it('done again changes nothing, not even the time of the switch', async () => {
    await layGeneration('..1', { 'a.conf': 'a1' });
    await program.run('switch', folder, '..1');
    const { mtimeMs, ino } = await lstat(at('..data'));
    expect(await program.run('switch', folder, '..1')).toEqual(DONE);
    expect(await lstat(at('..data'))).toMatchObject({ mtimeMs, ino });
    expect(await entries()).toEqual(['..1', '..data', 'a.conf']);
  });

  it('finishes what a crash behind the switch left', async () => {
    await layGeneration('..1', { 'a.conf': 'a1' });
    await layGeneration('..2', { 'b.conf': 'b2' });
    await symlink('..2', at('..data'));
    expect(await program.run('switch', folder, '..2')).toEqual(DONE);
    expect(await entries()).toEqual(['..2', '..data', 'b.conf']);
  });

  it('refuses a generation that is not there, a link for one, and a path, and leaves all as it is', async () => {
    await layGeneration('..1', { 'a.conf': 'a1' });
    await program.run('switch', folder, '..1');
    await symlink('..1', at('..3'));
    expect(await program.run('switch', folder, '..2')).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('there is no generation ..2') as string,
    });
    for (const generation of ['..3', '../x', '..', '']) {
      expect(await program.run('switch', folder, generation)).toMatchObject({ exitCode: 2 });
    }
    expect(await program.run('switch', at('none'), '..1')).toMatchObject({ exitCode: 2 });
    expect(await entries()).toEqual(['..1', '..3', '..data', 'a.conf']);
  });

  it('never lets a reader find nothing', async () => {
    await layGeneration('..0', { 'a.conf': '..0' });
    await program.run('switch', folder, '..0');
    const over = new AbortController();
    const reading = (async () => {
      const seen = new Set<string>();
      while (!over.signal.aborted) seen.add(await readFile(at('a.conf'), 'utf8'));
      return seen;
    })();
    for (let round = 1; round <= 40; round += 1) {
      await layGeneration(`..${round}`, { 'a.conf': `..${round}` });
      expect(await program.run('switch', folder, `..${round}`)).toEqual(DONE);
    }
    over.abort();
    expect((await reading).size).toBeGreaterThan(5);
  });
});

describe('sandbox link', () => {
  it('makes a link and puts another in its place', async () => {
    expect(await program.run('link', folder, '..told', 'db=..1/web=..1')).toEqual(DONE);
    expect(await program.run('link', folder, '..told', 'db=..2')).toEqual(DONE);
    expect(await readlink(at('..told'))).toBe('db=..2');
    expect(await entries()).toEqual(['..told']);
  });
});

describe('sandbox remove', () => {
  it('removes a tree and follows no link out of it', async () => {
    const deep = Array.from({ length: 60 }, (_, level) => `level-${level}`);
    await mkdir(at('data', ...deep), { recursive: true });
    await mkdir(at('kept'));
    await writeFile(at('kept', 'file'), 'x');
    await symlink('../kept', at('data', 'link'));
    for (let file = 0; file < 500; file += 1) await writeFile(at('data', deep[0]!, `file-${file}`), 'x');
    for (let dir = 0; dir < 200; dir += 1) await mkdir(at('data', `dir-${dir}`, 'inner'), { recursive: true });
    expect(await program.run('remove', folder, 'data')).toEqual(DONE);
    expect(await entries()).toEqual(['kept']);
    expect(await entries('kept')).toEqual(['file']);
  });

  it('removes a link, not what it points at', async () => {
    await mkdir(at('kept'));
    await symlink('kept', at('link'));
    expect(await program.run('remove', folder, 'link')).toEqual(DONE);
    expect(await entries()).toEqual(['kept']);
  });

  it('of nothing is success, of anything but a name is none', async () => {
    expect(await program.run('remove', folder, 'none')).toEqual(DONE);
    for (const name of ['.', '..', '', 'a/b', '/'])
      expect(await program.run('remove', folder, name)).toMatchObject({ exitCode: 2 });
    await access(folder);
  });
});

describe('the sandbox program', () => {
  it.each([[['switch']], [['link', 'a', 'b']], [['remove', 'a', 'b', 'c']], [['lease', 'x']], [['nonsense']]])(
    'refuses %j',
    async (words) => {
      expect(await program.run(...words)).toMatchObject({
        exitCode: 2,
        message: expect.stringContaining('wrong usage') as string,
      });
    },
  );
});
