import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRepository, runGit, type TestRepository } from '../git/git-repo.ts';
import { application, deployment } from '../spec/documents.ts';
import { createTerminal, run, type Terminal } from './terminal.ts';

// `fairlead plan --base … --head …`, on real repositories.

const APPLICATION = 'tenants/acme/applications/shop.yaml';
const DEPLOYMENT = 'tenants/acme/application-deployments/shop.yaml';
const DEPLOYED = { [APPLICATION]: application('shop'), [DEPLOYMENT]: deployment('shop', 'shop') };
const CHANGED = application('shop', 'env: { LOG: debug }');

let folder: string;
let repository: TestRepository;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fairlead-plan-'));
  repository = await createRepository(path.join(folder, 'repo'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function plan(...args: readonly string[]): Promise<Terminal> {
  const terminal = createTerminal();
  await run(terminal, 'plan', '--repository', repository.path, ...args);
  return terminal;
}

/** main has the application, next changes it; the work tree is that of next. */
async function change(): Promise<void> {
  const base = await repository.commit(DEPLOYED);
  await repository.commit({ [APPLICATION]: CHANGED }, 'change', { branch: 'next', parent: base });
  await repository.git('checkout', '-qf', 'next');
}

describe('fairlead plan of a revision', () => {
  it('prints what it would change, and ends with 3', async () => {
    await change();
    const terminal = await plan('--base', 'main', '--head', 'next');
    expect(terminal.stdout()).toMatch(/^1 application changes: 1 restarted without coordination\n/);
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([3, '']);
  });

  it('ends with 0 when that is nothing', async () => {
    await change();
    const terminal = await plan('--base', 'next', '--head', 'HEAD');
    expect([terminal.stdout(), terminal.exitCode()]).toEqual(['No changes.\n', 0]);
  });

  it('compares HEAD with where it left the main branch, when one of them is named', async () => {
    await change();
    await repository.commit({ 'tenants/acme/applications/blog.yaml': application('blog') }, 'news on main');
    const asked = [
      ['--base', 'main'],
      ['--head', 'next'],
      ['--head', 'HEAD', '--base', 'main'],
    ];
    for (const args of asked) {
      const text = (await plan(...args)).stdout();
      expect(text).toContain('! acme.shop: restarted');
      expect(text).not.toContain('blog');
      expect(text).toMatch(/note: main has moved on since [0-9a-f]{8}, where this branched off/);
    }
  });

  it('compares with the very commit that is named, where that is asked for', async () => {
    await change();
    await repository.commit({ [APPLICATION]: null, [DEPLOYMENT]: null }, 'gone from main');
    expect((await plan('--base', 'main', '--no-merge-base')).stdout()).toContain('+ acme.shop: added');
  });

  it('prints JSON, annotations and Markdown', async () => {
    await change();
    const print = async (format: string) => (await plan('--base', 'main', '--format', format)).stdout();
    expect(JSON.parse(await print('json'))).toMatchObject({
      changed: true,
      base: { ref: 'main' },
      head: { ref: 'HEAD' },
    });
    expect(await print('github')).toMatch(/^::notice title=fairlead plan::1 application/);
    expect(await print('markdown')).toMatch(/^\*\*Fairlead plan:\*\* 1 application/);
  });

  it('says loudly what is not committed, so not part of it', async () => {
    await change();
    await writeFile(path.join(repository.path, APPLICATION), application('shop', 'env: { LOG: trace }'));
    await mkdir(path.join(repository.path, 'sites'));
    await writeFile(path.join(repository.path, 'sites/new.yaml'), '');
    await writeFile(path.join(repository.path, 'README.md'), 'no document');
    expect((await plan('--base', 'main')).stderr()).toBe(
      `WARNING: not committed, so not part of this plan: "sites/new.yaml", "${APPLICATION}"\n`,
    );
    expect((await plan('--base', 'main', '--head', 'main')).stderr()).toBe('');
  });

  it('takes line breaks that git changed on checkout for no change', async () => {
    await change();
    await writeFile(path.join(repository.path, APPLICATION), CHANGED.replaceAll('\n', '\r\n'));
    expect((await plan('--base', 'main')).stderr()).toBe('');
  });

  it('finds the repository around the folder it is in, and the documents in a folder of it', async () => {
    const inside = Object.fromEntries(Object.entries(DEPLOYED).map(([file, text]) => [`fleet/${file}`, text]));
    const base = await repository.commit({ 'README.md': 'x' });
    await repository.commit(inside, 'change', { branch: 'next', parent: base });
    await repository.git('checkout', '-qf', 'next');
    const terminal = await plan(
      '--repository',
      path.join(repository.path, 'fleet/tenants'),
      '--base',
      'main',
      '--path',
      'fleet',
    );
    expect(terminal.stdout()).toContain('+ acme.shop: added');
    expect(terminal.stderr()).toBe('');
  });

  it('is of one site where that is asked for', async () => {
    const site = (name: string) => `name: ${name}\nhosts:\n  - name: h1\n`;
    const base = await repository.commit({ 'sites/berlin.yaml': site('berlin'), 'sites/paris.yaml': site('paris') });
    await repository.commit(DEPLOYED, 'change', { branch: 'next', parent: base });
    const text = (await plan('--base', 'main', '--head', 'next', '--site', 'paris')).stdout();
    expect(text).toMatch(/^site paris$/m);
    expect(text).not.toContain('berlin');
    const missing = await plan('--base', 'main', '--head', 'next', '--site', 'rome');
    expect(missing.stderr()).toBe('error: there is no site rome in the repository (it has berlin, paris)\n');
    expect(missing.exitCode()).toBe(1);
  });

  it('ends with 1 and a sentence where there is nothing to compare', async () => {
    await change();
    const unknown = await plan('--base', 'nowhere');
    expect(unknown.stderr()).toBe(`error: there is no branch, tag or commit nowhere in ${repository.path}\n`);
    expect(unknown.exitCode()).toBe(1);
    const elsewhere = await plan('--base', 'main', '--repository', folder);
    expect(elsewhere.stderr()).toBe(`error: ${folder} is no git repository\n`);
  });

  it('says how to mend a shallow clone', async () => {
    await change();
    const clone = path.join(folder, 'clone');
    await runGit(folder, ['clone', '-q', '--depth', '1', '--no-single-branch', `file://${repository.path}`, clone]);
    const terminal = await plan('--repository', clone, '--base', 'origin/main');
    expect(terminal.stderr()).toMatch(/^error: the commit this branched off .* fetch-depth: 0 .* --no-merge-base\n$/);
    expect(terminal.exitCode()).toBe(1);
    const parent = await plan('--repository', clone, '--base', 'HEAD^1');
    expect(parent.stderr()).toMatch(/^error: there is no HEAD\^1: .* fetch-depth: 0 of actions\/checkout/);
    expect((await plan('--repository', clone, '--base', 'origin/main', '--no-merge-base')).exitCode()).toBe(3);
  });

  it('says how to come by a branch that a clone of one branch has not', async () => {
    await change();
    const clone = path.join(folder, 'clone');
    await runGit(folder, ['clone', '-q', '--single-branch', '-b', 'next', `file://${repository.path}`, clone]);
    const unfetched = await plan('--repository', clone, '--base', 'origin/main');
    expect(unfetched.stderr()).toMatch(/origin\/main in .*: it may not have been fetched \(git fetch origin main\)\n$/);
    await runGit(clone, ['fetch', '-q', 'origin', 'main:refs/remotes/origin/main']);
    const local = await plan('--repository', clone, '--base', 'main');
    expect(local.stderr()).toMatch(/ main in .*: is origin\/main meant\?\n$/);
    expect((await plan('--repository', clone, '--base', 'origin/main')).exitCode()).toBe(3);
  });

  it('names both where they have no commit in common', async () => {
    await change();
    await repository.git(
      'update-ref',
      'refs/heads/other',
      await repository.git('commit-tree', 'main^{tree}', '-m', 'x'),
    );
    const terminal = await plan('--base', 'main', '--head', 'other');
    expect(terminal.stderr()).toMatch(/^error: other and main have no commit in common; --no-merge-base /);
  });

  it('asks no server, and a server is asked about a ref alone', async () => {
    const both = await plan('--base', 'main', '--server', 'http://127.0.0.1:1');
    expect([both.stderr(), both.exitCode()]).toEqual([
      'error: --base and --head ask no server: leave out --server\n',
      2,
    ]);
    const comment = await plan('--format', 'markdown');
    expect(comment.stderr()).toBe(
      'error: --format markdown is for a revision: name one with --ref, --base or --head\n',
    );
    expect(comment.exitCode()).toBe(2);
  });
});
