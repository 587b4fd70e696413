import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Log } from 'sarif';
import { describe, expect, it, onTestFinished } from 'vitest';
import { application } from '../spec/documents.ts';
import { createTerminal, run, type TerminalOptions } from './terminal.ts';

/** A tree with one error, `fleet/` of a git repository. */
async function treeWithError(): Promise<string> {
  const repository = await mkdtemp(path.join(tmpdir(), 'fairlead-validate-'));
  onTestFinished(() => rm(repository, { recursive: true, force: true }));
  await mkdir(path.join(repository, '.git'));
  const tree = path.join(repository, 'fleet');
  await mkdir(path.join(tree, 'tenants/acme/applications'), { recursive: true });
  await writeFile(path.join(tree, 'tenants/acme/applications/shop.yaml'), application('shop', 'memory: x'));
  return tree;
}

async function validated(args: readonly string[], options?: TerminalOptions) {
  const terminal = createTerminal(options);
  await run(terminal, 'validate', ...args);
  return { stdout: terminal.stdout(), stderr: terminal.stderr(), exitCode: terminal.exitCode() };
}

const MESSAGE =
  'tenants/acme/applications/shop.yaml:7:17: services[0].containers[0].memory: "x" is not a size (examples: 64MiB, 1.5 GB)';

describe('fairlead validate', () => {
  it('prints where each problem is and what stands there, and how much there is on stderr', async () => {
    const { stdout, stderr, exitCode } = await validated([await treeWithError()]);
    expect(stdout.split('\n')).toEqual([
      MESSAGE,
      '    6 |         image: nginx:1.27',
      '  > 7 |         memory: x',
      '      |                 ^',
      '',
    ]);
    expect(stderr).toBe('1 error in 1 of 1 file\n');
    expect(exitCode).toBe(1);
  });

  it('has colours on a terminal, where nobody refuses them, and the same text', async () => {
    const tree = await treeWithError();
    const plain = (await validated([tree])).stdout;
    const { stdout: coloured } = await validated([tree], { isTTY: true });
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
    expect((await validated([tree], { isTTY: true, env: { NO_COLOR: '1' } })).stdout).toBe(plain);
  });

  it('names files from the root of the git repository where a forge reads it', async () => {
    const tree = await treeWithError();
    const file = 'fleet/tenants/acme/applications/shop.yaml';
    expect((await validated([tree, '--format', 'github'])).stdout).toMatch(`::error file=${file},line=7,col=17::`);
    expect((await validated([tree, '--format', 'gitlab'])).stdout).toContain(`"path": "${file}"`);
    const log = JSON.parse((await validated([tree, '--format', 'sarif'])).stdout) as Log;
    expect(log.runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: file },
      region: { startLine: 7, startColumn: 17, endColumn: 18 },
    });
    expect(log.runs[0]?.tool.driver.semanticVersion).toBe('1.2.3');
    expect((await validated([tree, '--format', 'json'])).stdout).toContain('"file": "tenants/');
  });

  it('ends with 0 and says how many files there are where nothing is wrong', async () => {
    const tree = await treeWithError();
    await writeFile(path.join(tree, 'tenants/acme/applications/shop.yaml'), application('shop'));
    expect(await validated([tree])).toEqual({ stdout: '', stderr: 'No problems in 1 file\n', exitCode: 0 });
    expect((await validated([tree, '--format', 'markdown'])).stdout).toBe(
      '**Fairlead validate:** no problems in 1 file\n',
    );
    for (const format of ['github', 'gitlab', 'json', 'sarif'])
      expect(await validated([tree, '--format', format])).toMatchObject({ exitCode: 0 });
  });

  it('ends as a program does that is interrupted', async () => {
    const terminal = createTerminal();
    terminal.pressCtrlC();
    await run(terminal, 'validate', await treeWithError());
    expect([terminal.stdout(), terminal.stderr(), terminal.exitCode()]).toEqual(['', '', 130]);
  });

  it('ends with 2 where there is no such folder, and notes one without tenants', async () => {
    const tree = await treeWithError();
    expect(await validated([path.join(tree, 'nowhere')])).toMatchObject({ stdout: '', exitCode: 2 });
    const empty = path.join(tree, '..', '.git');
    expect(await validated([empty])).toMatchObject({
      stdout: '',
      exitCode: 0,
      stderr: expect.stringMatching(/^note: /) as string,
    });
  });
});
