import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { classifyPath } from '../../src/spec/layout.ts';
import { textOf } from './tree.ts';

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly language: string;
  readonly files: string;
  readonly pass_filenames: boolean;
}

const hooks = parse(textOf('.pre-commit-hooks.yaml')) as readonly Hook[];
const manifest = JSON.parse(textOf('package.json')) as { bin: object; scripts: Readonly<Record<string, string>> };

describe('the hook for pre-commit', () => {
  it('runs a command of this package, once, whatever files there are', () => {
    expect(hooks.map(({ id }) => id)).toEqual(['fairlead-validate']);
    for (const { entry, language, pass_filenames } of hooks) {
      expect([entry, language, pass_filenames]).toEqual(['fairlead validate', 'node', false]);
      expect(manifest.bin).toHaveProperty(entry.split(' ')[0] ?? '');
    }
  });

  it('runs for the files that are looked at, in a tree at the root and in a folder, and for no others', () => {
    const isRun = (file: string) => hooks.some(({ files }) => new RegExp(files).test(file));
    for (const file of [
      'tenants/acme/applications/shop.yaml',
      'sites/a.yaml',
      'policy.yaml',
      'tenants/acme/tenant.json',
    ]) {
      expect(classifyPath(file).kind).not.toBe('ignored');
      expect([file, `fleet/${file}`].map(isRun)).toEqual([true, true]);
    }
    expect(['README.md', 'docs/tenants.md', 'mysites/a.yaml'].map(isRun)).toEqual([false, false, false]);
  });

  it('can be packed by pre-commit, which takes all that `npm pack` prints for the name of the file', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-pack-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await copyFile('.npmrc', path.join(folder, '.npmrc'));
    const { prepack = '' } = manifest.scripts;
    expect(prepack).toBe('npm run build');
    const scripts = { prepack, build: 'echo built' };
    await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name: 'packed', version: '1.0.0', scripts }));
    const env = { PATH: process.env['PATH'], HOME: folder };
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run'], { cwd: folder, env });
    expect(stdout).toBe('packed-1.0.0.tgz\n');
  }, 60_000);
});
