import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listedVersions } from '../../src/desired/choose-version.ts';
import { openLocalRepository } from '../../src/git/local.ts';
import type { GitPort } from '../../src/git/port.ts';
import { runRepositoryLoop, type RepositoryView } from '../../src/reconcile/repository-loop.ts';
import { createTreeLoader } from '../../src/reconcile/tree-loader.ts';
import { createVersionedRepository } from '../../src/reconcile/versioned-repository.ts';
import { eventually } from '../eventually.ts';
import { createRepository, type TestRepository } from '../git/git-repo.ts';
import { forwarding } from './follow-versions.ts';

// The loop over a repository with the walk through its history beside it.

const SHOP = 'tenants/acme/applications/shop.yaml';
const text = (version: string) =>
  `name: shop\nversion: "${version}"\nservices:\n  - name: web\n    containers: [{ name: main, image: x }]\n`;
let folder: string;
let repository: TestRepository;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-versions-'));
  repository = await createRepository(join(folder, 'repo'));
});
afterEach(() => rm(folder, { recursive: true }));

it('shows a revision at once, its versions when they are found, and ends in the middle of a walk', async () => {
  for (const version of ['1.0', '1.1']) await repository.commit({ [SHOP]: text(version) });
  const real = openLocalRepository({ path: repository.path, branch: 'main', treePath: '.' });
  let release = () => {};
  let gate = new Promise<void>((resolve) => (release = resolve));
  const git: GitPort = {
    ...forwarding(real),
    compareTrees: async (from, commit) => {
      await gate;
      return await real.compareTrees(from, commit);
    },
  };
  const views: RepositoryView[] = [];
  const loader = createTreeLoader(git);
  const stopping = new AbortController();
  const versioned = createVersionedRepository({
    ...{ git, loader, limit: 100, narrate: () => undefined },
    running: () => new Map(),
    show: (view) => void views.push(view),
  });
  const loops = [
    versioned.run(stopping.signal),
    runRepositoryLoop(
      {
        ...{ git, loader, pollMs: 60_000, historyLimit: 100, now: () => Date.now(), narrate: () => undefined },
        runningRevisions: () => Promise.resolve([]),
        runningKnown: Promise.resolve(),
        publish: (view) => versioned.publish(view),
      },
      stopping.signal,
    ),
  ];
  const shown = () => {
    const catalog = views.at(-1)?.catalog;
    if (catalog === undefined) return undefined;
    const versions = listedVersions(catalog, 'acme.shop').map(({ document }) => document.spec.version);
    return { versions, isComplete: catalog.history.isComplete };
  };
  await eventually(() => expect(shown()).toEqual({ versions: ['1.1'], isComplete: false }));
  release();
  await eventually(() => expect(shown()).toEqual({ versions: ['1.1', '1.0'], isComplete: true }));

  gate = new Promise((resolve) => (release = resolve));
  await repository.commit({ 'README.md': '1' });
  const forced = await repository.commit({ [SHOP]: text('2.0') }, 'elsewhere', { parent: (await firstCommit())! });
  await eventually(() => expect(views.at(-1)).toMatchObject({ fetchedRevision: forced }));
  expect(shown()).toMatchObject({ isComplete: false });
  stopping.abort();
  release();
  await Promise.all(loops);
  expect(shown()).toMatchObject({ isComplete: false });
});

async function firstCommit(): Promise<string | undefined> {
  return (await repository.git('rev-list', '--max-parents=0', 'main')).split('\n')[0];
}
