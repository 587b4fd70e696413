import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReviewThread } from '../../src/aside/review-thread.ts';
import { resolveSiteContext } from '../../src/desired/site-context.ts';
import { desiredSite } from '../../src/desired/site.ts';
import { emptyHost } from '../../src/foresee/empty-host.ts';
import { openLocalRepository } from '../../src/git/local.ts';
import { GitError, type GitPort } from '../../src/git/port.ts';
import { NO_SECRET_VALUES } from '../../src/model/secret-values.ts';
import { answerLive, type LiveQuestion } from '../../src/reconcile/answer-live.ts';
import { readRevision } from '../../src/reconcile/read-revision.ts';
import { NoSiteError } from '../../src/reconcile/review-revisions.ts';
import { createTreeLoader } from '../../src/reconcile/tree-loader.ts';
import { SANDBOX_IMAGE } from '../builders.ts';
import { createRepository, type TestRepository } from '../git/git-repo.ts';
import { application, deployment } from '../spec/documents.ts';

const { signal } = new AbortController();
const site = { owner: 'test', sandboxImage: SANDBOX_IMAGE };
const files = (name: string) => ({
  [`tenants/acme/applications/${name}.yaml`]: application(name),
  [`tenants/acme/application-deployments/${name}.yaml`]: deployment(name, name),
});

let folder: string;
let repository: TestRepository;
let git: GitPort;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fairlead-aside-'));
  repository = await createRepository(path.join(folder, 'repo'));
  git = openLocalRepository({ path: repository.path, branch: 'main', treePath: '.' });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What would be if a branch were merged on which there are so many applications, on a host that has nothing. */
async function question(count: number): Promise<LiveQuestion> {
  await repository.commit(files('shop'));
  const names = Array.from({ length: count }, (_, index) => `app-${index}`);
  const added = Object.assign({}, ...names.map(files)) as Record<string, string>;
  const revision = await repository.commit(added, 'more', { branch: 'next', parent: repository.head() });
  const loader = createTreeLoader(git);
  const { catalog } = await readRevision(repository.head(), { git, loader, limit: 100, signal });
  const choice = resolveSiteContext(catalog, site);
  if (choice.kind === 'problem') throw new Error(choice.message);
  const live = { catalog, desired: desiredSite(catalog, choice.context), observed: emptyHost('local') };
  const rest = {
    warnings: ['it is not signed'],
    site,
    secrets: NO_SECRET_VALUES,
    networkPool: '10.201.0.0/16',
    limit: 100,
    now: 1_800_000_000_000,
  };
  return { ref: 'refs/heads/next', revision, live, ...rest };
}

const here = (asked: LiveQuestion) => answerLive(asked, { git, parsed: new Map() }, signal);

// A thread that reads TypeScript takes seconds to start on a busy machine, so it is one for all tests.
describe('a plan for a ref, made in a thread of its own', { timeout: 60_000 }, () => {
  let reading: Partial<GitPort> = {};
  const answer = createReviewThread({
    readTree: (commit) => (reading.readTree ?? git.readTree)(commit),
    readTreeEntry: (commit, name) => git.readTreeEntry(commit, name),
    compareTrees: (from, commit) => git.compareTrees(from, commit),
    readBlob: (oid, most) => git.readBlob(oid, most),
    readCommit: (commit, until) => git.readCommit(commit, until),
    deepen: (depth, until) => git.deepen(depth, until),
  });
  beforeEach(() => void (reading = {}));

  it('is the one that would be made here, again and again', async () => {
    const asked = await question(3);
    const expected = await here(asked);
    expect(expected.sites[0]?.applications.map((one) => one.application)).toContain('acme.app-2');
    expect(await answer(asked, signal)).toEqual(expected);
    expect(await answer(asked, signal)).toEqual(expected);
  });

  it('fails as it would here, with the classes that are told apart', async () => {
    const asked = await question(1);
    await expect(answer({ ...asked, site: { ...site, site: 'mars' } }, signal)).rejects.toBeInstanceOf(NoSiteError);
    reading = { readTree: () => Promise.reject(new GitError('corrupt', 'a pack is broken')) };
    const failed = await answer(asked, signal).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(GitError);
    expect(failed).toMatchObject({ code: 'corrupt', message: 'a pack is broken' });
  });

  it('ends when nobody waits for it any more, and the next one is made anew', async () => {
    const asked = await question(1);
    const asking = new AbortController();
    reading = { readTree: () => (asking.abort(new Error('gone')), new Promise<never>(() => undefined)) };
    await expect(answer(asked, asking.signal)).rejects.toThrow('gone');
    reading = {};
    expect(await answer(asked, signal)).toEqual(await here(asked));
  });
});
