import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { knownVersions, listedVersions } from '../../src/desired/choose-version.ts';
import type { FairleadEvent } from '../../src/events.ts';
import { openLocalRepository } from '../../src/git/local.ts';
import type { GitPort } from '../../src/git/port.ts';
import type { ResolvedCatalog } from '../../src/model/catalog.ts';
import { findEarlierVersions } from '../../src/reconcile/earlier-versions.ts';
import type { RunningVersions } from '../../src/reconcile/running-versions.ts';
import { createTreeLoader } from '../../src/reconcile/tree-loader.ts';
import { createVersionIndex } from '../../src/reconcile/version-index.ts';
import { resolveCatalog } from '../../src/spec/resolve-catalog.ts';
import { eventually } from '../eventually.ts';
import { createRepository, type TestRepository } from '../git/git-repo.ts';

// Versions of applications, looked for in the history of a real repository.

export const SHOP = 'tenants/acme/applications/shop.yaml';
export const KEY = 'acme.shop';
const signal = new AbortController().signal;

/** What is made anew for each test. */
export interface Scene {
  readonly folder: string;
  readonly repository: TestRepository;
  readonly git: GitPort;
}

const endings: (() => Promise<void>)[] = [];

/** For the top of a test file: its scene, which changes with each test. */
export function setScene(): Scene {
  const scene: { -readonly [K in keyof Scene]?: Scene[K] } = {};
  beforeEach(async () => {
    scene.folder = await mkdtemp(join(tmpdir(), 'fairlead-versions-'));
    scene.repository = await createRepository(join(scene.folder, 'repo'));
    scene.git = openLocalRepository({ path: scene.repository.path, branch: 'main', treePath: '.' });
  });
  afterEach(async () => {
    await Promise.all(endings.splice(0).map((end) => end()));
    await rm(scene.folder!, { recursive: true });
  });
  return scene as Scene;
}

/** `image` makes texts of one version differ. */
export const text = (version: string | undefined, { name = 'shop', image = 'x' } = {}) =>
  `name: ${name}\n${version === undefined ? '' : `version: "${version}"\n`}` +
  `services:\n  - name: web\n    containers: [{ name: main, image: "${image}" }]\n`;

export const pin = (version: string) => ({
  'tenants/acme/application-deployments/shop.yaml': `name: shop\napplication: shop\napplication-version: "${version}"\nplacement: { all-sites: {} }\n`,
});

/** A commit for each version of the shop. */
export async function release({ repository }: Scene, ...versions: readonly string[]): Promise<string[]> {
  const revisions: string[] = [];
  for (const version of versions) revisions.push(await repository.commit({ [SHOP]: text(version) }));
  return revisions;
}

export interface Follower {
  /** Looks at the head and waits until all is known. */
  look(running?: RunningVersions): Promise<ResolvedCatalog>;
  /** Looks at the head and waits for nothing. */
  glance(running?: RunningVersions): Promise<void>;
  known(): ResolvedCatalog;
  readonly events: readonly FairleadEvent[];
  /** Pairs of commits that were compared since last asked. */
  compared(): number;
}

/** `limit`: first parents looked at most. */
export function follow(port: GitPort, limit = 100): Follower {
  let compared = 0;
  const counting: GitPort = {
    ...forwarding(port),
    compareTrees: (from, commit) => {
      compared += 1;
      return port.compareTrees(from, commit);
    },
  };
  const loader = createTreeLoader(counting);
  const events: FairleadEvent[] = [];
  const narrate = (event: FairleadEvent) => void events.push(event);
  const index = createVersionIndex({ git: counting, loader, limit, narrate, onNews: () => undefined });
  const stopping = new AbortController();
  const running = index.run(stopping.signal);
  endings.push(async () => {
    stopping.abort();
    await running;
  });
  let catalog: ResolvedCatalog | undefined;
  const glance = async (runs: RunningVersions = new Map()) => {
    const { revision } = await port.fetch(signal);
    if (catalog?.revision !== revision) catalog = await resolve(port, revision);
    index.look(catalog, runs);
  };
  return {
    events,
    glance,
    known: () => index.known()!,
    async look(runs) {
      await glance(runs);
      return await eventually(() => {
        expect(index.known()!.history).toMatchObject({ isComplete: true, error: '' });
        return index.known()!;
      });
    },
    compared: () => {
      const before = compared;
      compared = 0;
      return before;
    },
  };
}

export async function resolve(port: GitPort, revision: string): Promise<ResolvedCatalog> {
  const loader = createTreeLoader(port);
  const runningRevisions = () => Promise.resolve([]);
  const found = await loader.load(revision);
  return resolveCatalog(
    found,
    await findEarlierVersions(found, { git: port, loader, limit: 100, runningRevisions, signal }),
  );
}

export const list = (catalog: ResolvedCatalog, key = KEY) =>
  listedVersions(catalog, key).map(({ document }) => document.spec.version);
export const known = (catalog: ResolvedCatalog, key = KEY) =>
  knownVersions(catalog, key).map(({ document }) => document.spec.version);
export const imageOf = (catalog: ResolvedCatalog, version: string) => {
  const found = knownVersions(catalog, KEY).find(({ document }) => document.spec.version === version);
  return found?.document.spec.services[0]?.containers?.[0]?.image;
};

/** The methods of a port as values. */
export function forwarding(port: GitPort): GitPort {
  return {
    fetch: (until) => port.fetch(until),
    watch: (onChange) => port.watch(onChange),
    readTree: (commit) => port.readTree(commit),
    readTreeEntry: (commit, path) => port.readTreeEntry(commit, path),
    compareTrees: (from, commit) => port.compareTrees(from, commit),
    readBlob: (oid, max) => port.readBlob(oid, max),
    readCommit: (oid, until) => port.readCommit(oid, until),
    deepen: (depth, until) => port.deepen(depth, until),
    fetchRef: (ref, until) => port.fetchRef(ref, until),
    listTags: (until) => port.listTags(until),
    readObject: (oid, until) => port.readObject(oid, until),
  };
}
