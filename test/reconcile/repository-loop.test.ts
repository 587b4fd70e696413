import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FairleadEvent } from '../../src/events.ts';
import { openLocalRepository } from '../../src/git/local.ts';
import { runRepositoryLoop, UNREAD, type RepositoryView } from '../../src/reconcile/repository-loop.ts';
import { createTreeLoader } from '../../src/reconcile/tree-loader.ts';
import { eventually } from '../eventually.ts';
import type { Admission } from '../../src/signatures/admission.ts';
import { createRepository, type TestRepository } from '../git/git-repo.ts';

const SHOP = 'tenants/acme/applications/shop.yaml';
const GOOD = 'name: shop\nversion: "1.0"\nservices:\n  - name: web\n    containers: [{ name: main, image: x }]\n';
let folder: string;
let repository: TestRepository;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-repository-'));
  repository = await createRepository(join(folder, 'repo'));
});
afterEach(() => rm(folder, { recursive: true }));

it('resolves a revision again, once, when an engine that answers late tells what runs', async () => {
  const old = await repository.commit({ [SHOP]: GOOD });
  const head = await repository.commit({ [SHOP]: 'name: [' }, 'anew', { parent: null });
  const git = openLocalRepository({ path: repository.path, branch: 'main', treePath: '.' });
  const stopping = new AbortController();
  const events: FairleadEvent[] = [];
  let asked = 0;
  const running: { known?: readonly string[] } = {};
  let tellKnown = () => {};
  const runningKnown = new Promise<void>((resolve) => (tellKnown = resolve));
  let view: RepositoryView = UNREAD;
  const loop = runRepositoryLoop(
    {
      git,
      loader: createTreeLoader(git),
      pollMs: 20,
      historyLimit: 100,
      runningRevisions: () => {
        asked += 1;
        return Promise.resolve(running.known);
      },
      runningKnown,
      now: () => Date.now(),
      narrate: (event) => events.push(event),
      publish: (next) => void (view = next),
    },
    stopping.signal,
  );
  await eventually(() => expect(view.fetchedRevision).toBe(head));
  expect(view.catalog?.applications).toEqual({});
  expect(view.catalog?.frozenTenants).toHaveProperty('acme');
  running.known = [old];
  tellKnown();
  await eventually(() => expect(view.catalog?.applications['acme.shop']).toMatchObject({ revision: old }));
  const looked = view.fetchTime;
  await eventually(() => expect(view.fetchTime).toBeGreaterThan(looked));
  expect(asked).toBe(2);
  expect(events).toEqual([expect.objectContaining({ kind: 'revision-fetched', revision: head })]);
  stopping.abort();
  await loop;
});

it('applies what the gate lets through, shows the rest, and tells once why', async () => {
  const good = await repository.commit({ [SHOP]: GOOD });
  const git = openLocalRepository({ path: repository.path, branch: 'main', treePath: '.' });
  const stopping = new AbortController();
  const events: FairleadEvent[] = [];
  const trusted = new Set<string>([]);
  let last: string | undefined;
  const admit = (head: string): Promise<Admission> => {
    if (trusted.has(head)) last = head;
    const error = trusted.has(head) ? '' : `${head} is not signed`;
    const verification = { mode: 'commit', revision: last ?? '', signer: 'alice', tag: undefined, error } as const;
    const approved = last === undefined ? undefined : { revision: last, time: 0, signer: 'alice' };
    return Promise.resolve({ wanted: head, approved, verification });
  };
  let view: RepositoryView = UNREAD;
  const running = { runningRevisions: () => Promise.resolve([]), runningKnown: Promise.resolve() };
  const narrate = (event: FairleadEvent) => void events.push(event);
  const publish = (next: RepositoryView) => void (view = next);
  const loader = createTreeLoader(git);
  const times = { pollMs: 20, historyLimit: 100, now: () => Date.now() };
  const loop = runRepositoryLoop(
    { git, gate: { admit }, loader, ...times, ...running, narrate, publish },
    stopping.signal,
  );
  await eventually(() => expect(view).toMatchObject({ wantedRevision: good, fetchedRevision: '', error: '' }));
  expect(view).toMatchObject({ catalog: undefined, verification: { error: `${good} is not signed` } });
  trusted.add(good);
  await eventually(() => expect(view).toMatchObject({ fetchedRevision: good, verification: { error: '' } }));
  const bad = await repository.commit({ [SHOP]: null });
  await eventually(() =>
    expect(view).toMatchObject({ wantedRevision: bad, verification: { error: `${bad} is not signed` } }),
  );
  const looked = view.fetchTime;
  await eventually(() => expect(view.fetchTime).toBeGreaterThan(looked));
  expect(view).toMatchObject({ fetchedRevision: good });
  expect(view.catalog?.applications).toHaveProperty('acme.shop');
  expect(events.map(({ kind, ...fields }) => [kind, 'revision' in fields ? fields.revision : ''])).toEqual([
    ['revision-refused', good],
    ['revision-fetched', good],
    ['revision-refused', bad],
  ]);
  stopping.abort();
  await loop;
});
