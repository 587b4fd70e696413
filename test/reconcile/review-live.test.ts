import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveSiteContext } from '../../src/desired/site-context.ts';
import { desiredSite } from '../../src/desired/site.ts';
import { openLocalRepository } from '../../src/git/local.ts';
import type { GitPort } from '../../src/git/port.ts';
import type { ResolvedCatalog } from '../../src/model/catalog.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import { NO_SECRET_VALUES } from '../../src/model/secret-values.ts';
import { readRevision } from '../../src/reconcile/read-revision.ts';
import { answerLive, type LiveState } from '../../src/reconcile/answer-live.ts';
import { NotReadYetError, reviewLive, type LiveReviewOptions } from '../../src/reconcile/review-live.ts';
import { NoSiteError } from '../../src/reconcile/review-revisions.ts';
import { createTreeLoader } from '../../src/reconcile/tree-loader.ts';
import type { ReviewDocument } from '../../src/status/documents.ts';
import { SANDBOX_IMAGE } from '../builders.ts';
import { createRepository, type TestRepository } from '../git/git-repo.ts';
import { application, deployment, site } from '../spec/documents.ts';
import { createWorld, type World } from '../world.ts';

// What would be done if a ref were merged, on a host as it is: real git, and the fake engine.

const file = (name: string) => `tenants/acme/applications/${name}.yaml`;
const files = (name: string, ...lines: readonly string[]) => ({
  [file(name)]: application(name, ...lines),
  [`tenants/acme/application-deployments/${name}.yaml`]: deployment(name, name),
});
const { signal } = new AbortController();
const SITE = { owner: 'test', sandboxImage: SANDBOX_IMAGE };

let folder: string;
let repository: TestRepository;
let world: World;
let state: LiveState | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fairlead-live-'));
  repository = await createRepository(path.join(folder, 'repo'));
  world = createWorld();
  await repository.commit({ ...files('shop'), ...files('blog') });
  await follow();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const openGit = () => openLocalRepository({ path: repository.path, branch: 'main', treePath: '.' });

async function desiredAt(revision: string): Promise<{ catalog: ResolvedCatalog; desired: DesiredSite }> {
  const git = openGit();
  const { catalog } = await readRevision(revision, { git, loader: createTreeLoader(git), limit: 100, signal });
  const choice = resolveSiteContext(catalog, SITE);
  if (choice.kind === 'problem') throw new Error(choice.message);
  return { catalog, desired: desiredSite(catalog, choice.context) };
}

/** As a daemon does that has come to its end with the head of main. */
async function follow(): Promise<readonly string[]> {
  const { catalog, desired } = await desiredAt(repository.head());
  const done = await world.settle(desired);
  state = { catalog, desired, observed: await world.observe() };
  return done;
}

async function look(): Promise<void> {
  if (state !== undefined) state = { ...state, observed: await world.observe() };
}

const options = (git: GitPort): LiveReviewOptions => ({
  git,
  answer: (question) => answerLive(question, { git, parsed: new Map() }, signal),
  site: SITE,
  secrets: () => NO_SECRET_VALUES,
  networkPool: '10.201.0.0/16',
  limit: 100,
  state: () => state,
  now: () => world.now,
});

const plan = (ref = 'refs/heads/next'): Promise<ReviewDocument> => reviewLive(ref, options(openGit()), signal);

const branch = (changed: Parameters<TestRepository['commit']>[0], parent = repository.head()) =>
  repository.commit(changed, 'on the branch', { branch: 'next', parent });

const stepsOf = ({ sites }: ReviewDocument): readonly string[] =>
  sites.flatMap(({ applications, shared }) =>
    [...applications.flatMap(({ operations }) => operations), ...shared].flatMap(({ steps }) => steps),
  );
const changesOf = ({ sites }: ReviewDocument): readonly string[] =>
  sites.flatMap(({ applications }) => applications.map((one) => `${one.application} ${one.change}`));

describe('the plan of a ref', () => {
  it('is what is done once it is merged', async () => {
    await branch({ ...files('shop', 'env: { LOG: debug }'), ...files('news') });
    const document = await plan();
    expect(document).toMatchObject({ against: 'running', changed: true, head: { ref: 'refs/heads/next' } });
    expect(changesOf(document)).toEqual(['acme.news added', 'acme.shop restarted']);
    await repository.commit({ ...files('shop', 'env: { LOG: debug }'), ...files('news') });
    const done = await follow();
    expect(stepsOf(document).toSorted()).toEqual(done.toSorted());
  });

  it('is empty where the ref changes nothing and the host is as it should be', async () => {
    await branch({ 'README.md': 'hello' });
    expect(await plan()).toMatchObject({ changed: false, sites: [], notes: [] });
  });

  it('makes good what somebody did to the host by hand', async () => {
    const [container] = [...world.docker.engine.containers()].filter(({ name }) => name.includes('blog.web-1.nginx'));
    await world.docker.removeContainer(container!.id, signal);
    await look();
    await branch({ 'README.md': 'hello' });
    const document = await plan();
    expect(changesOf(document)).toEqual(['acme.blog changed']);
    expect(stepsOf(document)).toEqual([
      'create container acme.blog.web-1.nginx',
      'start container acme.blog.web-1.nginx',
    ]);
  });

  it('takes nothing back that came to the followed branch since', async () => {
    const parent = repository.head();
    await repository.commit(files('shop', 'env: { LOG: debug }'));
    await follow();
    await branch(files('news'), parent);
    expect(changesOf(await plan())).toEqual(['acme.news added']);
  });

  it('says which files both sides changed', async () => {
    const parent = repository.head();
    await repository.commit(files('shop', 'env: { LOG: debug }'));
    await follow();
    await branch(files('shop', 'env: { LOG: trace }'), parent);
    const { notes } = await plan();
    expect(notes).toEqual([`changed on both sides, and taken as they are here: ${file('shop')}`]);
  });

  it('tells of documents that would be rejected, and leaves what runs of them alone', async () => {
    await branch({ [file('shop')]: application('shop', 'color: red') });
    const document = await plan();
    expect(document.rejected).toMatchObject([{ name: 'shop', file: file('shop') }]);
    expect(document.sites).toEqual([]);
  });

  it('says that so many removals would be held', async () => {
    await repository.commit({ ...files('a'), ...files('b'), ...files('c') });
    await follow();
    await branch(
      Object.fromEntries(
        ['shop', 'blog', 'a', 'b'].flatMap((name) => Object.keys(files(name)).map((path) => [path, null])),
      ),
    );
    const [{ held } = { held: [] }] = (await plan()).sites;
    expect(held.map(({ application }) => application)).toEqual(['acme.a', 'acme.b', 'acme.blog', 'acme.shop']);
  });

  it('warns of what would keep the commit of the ref from coming into force', async () => {
    const commit = await branch({ ...files('news') });
    const warned = reviewLive(
      'refs/heads/next',
      { ...options(openGit()), warn: async (oid) => [`${oid} is bad`] },
      signal,
    );
    expect((await warned).warnings).toEqual([`${commit} is bad`]);
    expect((await plan()).warnings).toEqual([]);
  });

  it('is not there before both sides have been read, nor where the site would be gone', async () => {
    await branch({ 'sites/elsewhere.yaml': site('one'), 'sites/other.yaml': site('two') });
    await expect(plan()).rejects.toThrow(NoSiteError);
    state = undefined;
    await expect(plan()).rejects.toThrow(NotReadYetError);
  });

  it('changes nothing', async () => {
    await branch(files('news'));
    const before = JSON.stringify(await world.observe());
    await plan();
    expect(JSON.stringify(await world.observe())).toBe(before);
  });
});
