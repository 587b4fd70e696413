import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRepository } from '../../src/git/open.ts';
import type { GitPort } from '../../src/git/port.ts';
import { createRepository, type TestRepository } from './git-repo.ts';
import { startGitServer, type GitServer } from './git-server.ts';

// Tags and raw objects, of a repository on this machine and of one behind a server.

const never = new AbortController().signal;
let folder: string;
let repository: TestRepository;
let server: GitServer;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fairlead-tags-'));
  repository = await createRepository(path.join(folder, 'r'), { bare: true });
  server = await startGitServer({ root: folder });
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function open(kind: 'local' | 'remote', store = 'store'): GitPort {
  const location = kind === 'local' ? repository.path : `${server.url}/r`;
  return openRepository(location, { branch: 'main', treePath: '.', directory: path.join(folder, store) });
}

async function tag(name: string, commit: string): Promise<string> {
  await repository.git('tag', '-f', '-a', '-m', name, name, commit);
  return await repository.git('rev-parse', `refs/tags/${name}`);
}

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

describe.each(['local', 'remote'] as const)('a %s repository', (kind) => {
  it('lists its annotated tags with the commits they name, packed or not, and no others', async () => {
    const [one, two] = [await repository.commit({ a: '1' }), await repository.commit({ a: '2' })];
    const tags = [await tag('v1', one), await tag('release/2', two), await tag('outer', 'v1')];
    await repository.git('tag', 'light', two);
    await repository.git('tag', '-a', '-m', 'tree', 'tree', `${two}^{tree}`);
    await repository.git('pack-refs', '--all');
    const moved = await tag('v1', two);
    const git = open(kind);
    await git.fetch(never);
    const found = await git.listTags(never);
    const commits = found.filter(({ name }) => name !== 'tree').toSorted((a, b) => a.name.localeCompare(b.name));
    expect(commits).toEqual([
      { name: 'outer', oid: tags[2], commit: one },
      { name: 'release/2', oid: tags[1], commit: two },
      { name: 'v1', oid: moved, commit: two },
    ]);
  });

  it('gives the raw bytes of a commit, and of a tag though the branch does not bring it', async () => {
    const commit = await repository.commit({ a: '1' }, 'Größe');
    const git = open(kind);
    await git.fetch(never);
    const oid = await tag('v1', commit);
    expect(text(await git.readObject(oid, never))).toBe(`${await repository.git('cat-file', 'tag', oid)}\n`);
    expect(text(await git.readObject(commit, never))).toBe(await repository.git('cat-file', 'commit', commit));
  });

  it('gives nothing for an object that is not to be had, nor for a name that is none', async () => {
    await repository.commit({ a: '1' });
    const git = open(kind);
    await git.fetch(never);
    expect(await git.readObject('1'.repeat(40), never)).toBeUndefined();
    expect(await git.readObject('refs/heads/main', never)).toBeUndefined();
  });
});

describe('a tag behind a server', () => {
  it('costs the tag and nothing of what it names, and leaves history as it is', async () => {
    const commits: string[] = [];
    const big = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251));
    for (const a of ['1', '2', '3', '4'])
      commits.push(await repository.commit({ a, big: `${a}${big.toString('hex')}` }));
    const oid = await tag('v2', commits[1]!);
    const git = open('remote');
    await git.fetch(never);
    await git.deepen(3, never);
    const before = await git.readCommit(commits[1]!, never);
    expect(before).toMatchObject({ shallow: true });
    server.requests.length = 0;
    expect(text(await git.readObject(oid, never))).toContain(`object ${commits[1]!}`);
    expect(server.requests.reduce((sum, { sent }) => sum + sent, 0)).toBeLessThan(10_000);
    expect(await git.readCommit(commits[1]!, never)).toEqual(before);
    const asked = server.requests.length;
    await git.readObject(oid, never);
    expect(server.requests).toHaveLength(asked);
  });
});
