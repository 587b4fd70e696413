import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { validateTree } from '../../src/cli/validate.ts';
import { createTerminal, run } from './terminal.ts';

const git = (cwd: string, ...args: readonly string[]) => promisify(execFile)('git', args, { cwd });

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-init-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function begun(...args: readonly string[]) {
  const terminal = createTerminal();
  await run(terminal, 'init', ...args);
  return { stdout: terminal.stdout(), stderr: terminal.stderr(), exitCode: terminal.exitCode() };
}

/** Every file below a folder but git's own. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('.git/'))
    .sort();
}

const STARTER = [
  '.gitignore',
  'README.md',
  'tenants/acme/application-deployments/hello.yaml',
  'tenants/acme/applications/hello.yaml',
];

describe('fairlead init', () => {
  it('begins a repository that is valid without a warning', async () => {
    const target = path.join(await emptyFolder(), 'new fleet');
    expect(await begun(target)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await filesIn(target)).toEqual(STARTER);
    expect(await validateTree(target)).toEqual({ problems: [], files: 2 });
    expect((await git(target, 'symbolic-ref', 'HEAD')).stdout).toBe('refs/heads/main\n');
    expect(await readFile(path.join(target, 'README.md'), 'utf8')).toMatch(/^# new fleet\n/);
  });

  it('names tenant and site as it is told', async () => {
    const target = await emptyFolder();
    expect(await begun(target, '--tenant', 'bakery', '--site', 'stockholm')).toMatchObject({ exitCode: 0 });
    expect(await filesIn(target)).toEqual([
      ...STARTER.slice(0, 2),
      'sites/stockholm.yaml',
      ...STARTER.slice(2).map((file) => file.replace('acme', 'bakery')),
    ]);
    expect(await validateTree(target)).toMatchObject({ problems: [], files: 3 });
    const site = await readFile(path.join(target, 'sites/stockholm.yaml'), 'utf8');
    expect(site).toMatch(/^name: stockholm\n/m);
    expect(site).not.toContain('local');
  });

  it.each([
    ['github', ['.github/actions/fairlead/action.yml', '.github/workflows/fairlead.yml']],
    ['gitlab', ['.gitlab-ci.yml']],
  ])('brings the pipeline of %s as the examples have it', async (forge, files) => {
    const target = await emptyFolder();
    expect(await begun(target, '--ci', forge)).toMatchObject({ exitCode: 0 });
    expect(await filesIn(target)).toEqual([...files, ...STARTER].sort());
    for (const file of files) {
      const example = path.join('examples/ci', file.replace(/^\.(gitlab-ci)/, 'gitlab/$1').replace(/^\./, ''));
      expect(await readFile(path.join(target, file), 'utf8')).toBe(await readFile(example, 'utf8'));
    }
  });

  it('writes nothing where one of its files is there, and says which', async () => {
    const target = await emptyFolder();
    await writeFile(path.join(target, 'README.md'), 'mine');
    const { stdout, stderr, exitCode } = await begun(target);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
    expect(stderr).toBe(`nothing is written, because these are there already:\n  ${target}/README.md\n`);
    expect(await filesIn(target)).toEqual(['README.md']);
    expect(await readFile(path.join(target, 'README.md'), 'utf8')).toBe('mine');
    await expect(stat(path.join(target, '.git'))).rejects.toThrow('ENOENT');
  });

  it('writes nothing where a file is in the way of a folder', async () => {
    const target = await emptyFolder();
    await writeFile(path.join(target, 'tenants'), '');
    expect(await begun(target)).toMatchObject({ exitCode: 1 });
    expect(await filesIn(target)).toEqual(['tenants']);
    expect(await begun(path.join(target, 'tenants', 'inside'))).toMatchObject({ exitCode: 1 });
  });

  it('leaves nothing behind where it cannot write everything', async () => {
    const target = await emptyFolder();
    await mkdir(path.join(target, 'tenants'));
    await symlink('acme', path.join(target, 'tenants', 'acme'));
    const { stderr, exitCode } = await begun(target);
    expect([exitCode, stderr]).toEqual([1, `fairlead: ${target} cannot be written to: the links lead in a circle\n`]);
    expect(await readdir(target)).toEqual(['tenants']);
  });

  it('leaves a repository that is there as it is, and says where in it the tree is', async () => {
    const repository = await emptyFolder();
    await git(repository, 'init', '--quiet', '--initial-branch=trunk');
    const target = path.join(repository, 'fleet', 'north');
    await mkdir(target, { recursive: true });
    const { stdout, exitCode } = await begun(target);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('  fairlead run --repository ../.. --path fleet/north --once\n');
    expect((await git(repository, 'symbolic-ref', 'HEAD')).stdout).toBe('refs/heads/trunk\n');
    await expect(stat(path.join(target, '.git'))).rejects.toThrow('ENOENT');
    expect(await begun(path.join(repository, 'other'), '--ci', 'github')).toMatchObject({ exitCode: 2 });
  });

  it.each([
    ['--tenant', 'a/../../b'],
    ['--site', 'Stockholm'],
    ['--tenant', ''],
  ])('ends with 2 for a name that is none: %s %s', async (flag, name) => {
    const target = await emptyFolder();
    expect(await begun(target, flag, name)).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await filesIn(target)).toEqual([]);
  });
});
