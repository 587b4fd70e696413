import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listedVersions } from '../../src/desired/choose-version.ts';
import type { GitPort } from '../../src/git/port.ts';
import { createHttpTransport } from '../../src/git/http/http-transport.ts';
import { openRemoteRepository } from '../../src/git/remote.ts';
import type { ResolvedCatalog } from '../../src/model/catalog.ts';
import { eventually } from '../eventually.ts';
import type { FileChange } from '../git/git-repo.ts';
import { startGitServer, type GitServer } from '../git/git-server.ts';
import {
  follow,
  forwarding,
  KEY,
  known,
  list,
  pin,
  release,
  resolve,
  setScene,
  SHOP,
  text,
} from './follow-versions.ts';

// How far history is walked for them, and what is not walked twice.

const signal = new AbortController().signal;
const scene = setScene();

describe('the time an application was changed last', () => {
  const changedAt = (catalog: ResolvedCatalog, key = KEY) => catalog.history.changedAt[key];
  const timeOf = async (revision: string) => (await scene.git.readCommit(revision, signal))?.time;

  it('is that of the newest commit that changed its file, whatever came after it', async () => {
    const [first] = await release(scene, '1.0');
    const till = await scene.repository.commit({ 'tenants/acme/applications/till.yaml': text('1', { name: 'till' }) });
    const follower = follow(scene.git);
    let catalog = await follower.look();
    expect(changedAt(catalog)).toBe(await timeOf(first!));
    expect(changedAt(catalog, 'acme.till')).toBe(await timeOf(till));
    const corrected = await scene.repository.commit({ [SHOP]: text('1.0', { image: 'corrected' }) });
    await scene.repository.commit({ 'README.md': 'x' });
    catalog = await follow(scene.git).look();
    expect(changedAt(catalog)).toBe(await timeOf(corrected));
    expect(changedAt(catalog, 'acme.till')).toBe(await timeOf(till));
    expect(changedAt(await follower.look())).toBe(await timeOf(corrected));
    const next = await scene.repository.commit({ [SHOP]: text('1.1') });
    catalog = await follower.look();
    expect(changedAt(catalog)).toBe(await timeOf(next));
    expect(changedAt(catalog, 'acme.till')).toBe(await timeOf(till));
  });

  it('is not known where no commit that is looked at changed it', async () => {
    await release(scene, '1.0');
    for (const content of ['a', 'b', 'c']) await scene.repository.commit({ 'README.md': content });
    expect(changedAt(await follow(scene.git, 2).look())).toBeUndefined();
  });
});

describe('a walk through history', () => {
  it('ends where everything asked for is found, and goes on from there when more is asked for', async () => {
    await release(scene, '0.1', '0.2', '0.3', '0.4', '0.5', '0.6');
    const follower = follow(scene.git);
    await follower.look();
    expect(follower.compared()).toBe(2);
    await scene.repository.commit(pin('0.2'));
    expect(list(await follower.look())).toEqual(['0.6', '0.5', '0.4', '0.2']);
    // From the commit with the pin to the head known before, and two from where that walk ended.
    expect(follower.compared()).toBe(3);
  });

  it('tells of a version that somebody waits for as soon as it is found', async () => {
    await scene.repository.commit({ 'README.md': 'x' });
    const [, second] = await release(scene, '1.0', '1.1', '1.2', '1.3', '1.4');
    await scene.repository.commit(pin('1.1'));
    await scene.repository.commit({ 'tenants/acme/applications/till.yaml': text('1', { name: 'till' }) });
    let pass = () => {};
    const gate = new Promise<void>((resolve) => (pass = resolve));
    const compareTrees: GitPort['compareTrees'] = async (from, commit) => {
      if (from === second) await gate;
      return await scene.git.compareTrees(from, commit);
    };
    const follower = follow({ ...forwarding(scene.git), compareTrees });
    await follower.glance();
    await eventually(() => expect(list(follower.known())).toEqual(['1.4', '1.3', '1.2', '1.1']));
    expect(follower.known().history.isComplete).toBe(false);
    pass();
    await follower.look();
  });

  it('looks at a new commit and not again at what it knows', async () => {
    const follower = follow(scene.git);
    await release(scene, '1.0');
    await follower.look();
    for (const version of ['1.1', '1.2', '1.3', '1.4']) {
      await scene.repository.commit({ 'README.md': version });
      await release(scene, version);
      await follower.look();
    }
    follower.compared();
    await scene.repository.commit({ 'README.md': 'x' });
    await release(scene, '1.5');
    await scene.repository.commit({ 'README.md': 'y' });
    expect(list(await follower.look())).toEqual(['1.5', '1.4', '1.3']);
    expect(follower.compared()).toBe(3);
  });

  it('knows a new commit with what is known of the former one at once', async () => {
    const follower = follow(scene.git);
    await release(scene, '1.0', '1.1');
    await follower.look();
    await release(scene, '1.2');
    await follower.glance();
    expect(follower.known().history.isComplete).toBe(false);
    expect(list(follower.known())).toEqual(['1.2', '1.1', '1.0']);
  });

  it('begins anew after the branch was forced elsewhere', async () => {
    const follower = follow(scene.git);
    const [, second] = await release(scene, '1.0', '1.1', '1.2');
    await follower.look();
    await scene.repository.commit({ [SHOP]: text('1.2-fixed') }, 'instead', { parent: second! });
    expect(list(await follower.look())).toEqual(['1.2-fixed', '1.1', '1.0']);
    await scene.repository.commit({ [SHOP]: text('7') }, 'root', { parent: null });
    expect(list(await follower.look())).toEqual(['7']);
  });

  it('finds what runs in the commit of its label when history was rewritten', async () => {
    const [old] = await release(scene, '1.0');
    await scene.repository.commit({ [SHOP]: text('7') }, 'root', { parent: null });
    const catalog = await follow(scene.git).look(new Map([[KEY, new Map([['1.0', old!]])]]));
    expect(known(catalog)).toEqual(['7', '1.0']);
    expect(list(catalog)).toEqual(['7']);
    expect(known(await follow(scene.git).look(new Map([[KEY, new Map([['1.0', 'f'.repeat(40)]])]])))).toEqual(['7']);
  });

  it.each([
    ['one that it had come to', '1.0', ['1.0']],
    ['one that it had passed', 'none', []],
  ])('begins anew where a commit is not to be had any more: %s', async (_, pinned, more) => {
    const [first] = await release(scene, '0.9', '1.0', '1.1', '1.2', '1.3');
    await scene.repository.commit(pin(pinned));
    let away = 0;
    const readCommit: GitPort['readCommit'] = (oid, until) =>
      oid === first && away-- > 0 ? Promise.resolve(undefined) : scene.git.readCommit(oid, until);
    const follower = follow({ ...forwarding(scene.git), readCommit });
    expect(list(await follower.look())).toEqual(['1.3', '1.2', '1.1', ...more]);
    await scene.repository.commit(pin('0.9'));
    follower.compared();
    away = 1;
    expect(list(await follower.look())).toEqual(['1.3', '1.2', '1.1', '0.9']);
    expect(follower.compared()).toBe(7);
  });

  it('ends where a commit is not to be had at all', async () => {
    const [first] = await release(scene, '0.9', '1.0', '1.1');
    await scene.repository.commit(pin('0.9'));
    const readCommit: GitPort['readCommit'] = (oid, until) =>
      oid === first ? Promise.resolve(undefined) : scene.git.readCommit(oid, until);
    expect(list(await follow({ ...forwarding(scene.git), readCommit }).look())).toEqual(['1.1', '1.0']);
  });

  it('is given up for a newer commit, and loses nothing', async () => {
    await release(scene, '1.0', '1.1');
    for (let n = 0; n < 30; n += 1) await scene.repository.commit({ 'README.md': String(n) });
    const follower = follow(scene.git);
    await follower.glance();
    await eventually(() => expect(follower.compared()).toBeGreaterThan(0));
    await release(scene, '1.2');
    expect(list(await follower.look())).toEqual(['1.2', '1.1', '1.0']);
  });

  it('comes to the same step by step as at once', async () => {
    const follower = follow(scene.git, 12);
    const files = ['shop', 'till', 'a/shop'].map((name) => `tenants/acme/applications/${name}.yaml`);
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let n = 0; n < 24; n += 1) {
      const file = files[random(3)]!;
      const name = file.includes('till') ? 'till' : 'shop';
      const contents: readonly FileChange[] = [text(`v${random(6)}`, { name, image: `i${n}` }), 'name: [', null];
      const change = contents[Math.max(0, random(5) - 2)]!;
      await scene.repository.commit({
        [file]: change,
        'README.md': String(n),
        ...(random(4) === 0 ? pin(`v${random(6)}`) : {}),
      });
      if (random(3) === 0) continue;
      const [grown, fresh] = [await follower.look(), await follow(scene.git, 12).look()];
      for (const key of Object.keys(fresh.applications)) {
        const shown = (catalog: ResolvedCatalog) =>
          listedVersions(catalog, key).map(({ document, revision }) => [
            document.spec.version,
            document.specHash,
            revision,
          ]);
        expect(shown(grown), `${key} after ${n} commits`).toEqual(shown(fresh));
      }
    }
  });
});

describe('a remote repository', () => {
  let server: GitServer;
  beforeEach(async () => {
    server = await startGitServer({ root: scene.folder });
  });
  afterEach(() => server.stop());

  const clone = (directory = 'cache', maxPacks = 100) =>
    openRemoteRepository({
      maxPacks,
      transport: createHttpTransport({ url: `${server.url}/repo/.git`, credentials: async () => undefined }),
      branch: 'main',
      treePath: '.',
      directory: join(scene.folder, directory),
    });

  it('has its history fetched as far as it is needed', async () => {
    await release(scene, '1.0');
    for (let n = 0; n < 60; n += 1) await scene.repository.commit({ 'README.md': String(n) });
    await release(scene, '1.1', '1.2', '1.3', '1.4');
    const follower = follow(clone());
    expect(list(await follower.look())).toEqual(['1.4', '1.3', '1.2']);
    const posts = () => server.requests.splice(0).filter(({ method }) => method === 'POST').length;
    posts();
    await scene.repository.commit(pin('1.0'));
    expect(list(await follower.look())).toEqual(['1.4', '1.3', '1.2', '1.0']);
    // Where the branch is, the new commit, and history in two pieces.
    expect(posts()).toBeLessThanOrEqual(4);
    expect(list(await follow(clone('other')).look())).toEqual(['1.4', '1.3', '1.2', '1.0']);
  });

  it('that cannot be asked leaves the list incomplete, says so once, and is asked again with the next look', async () => {
    await release(scene, '1.0', '1.1');
    const port = clone();
    await port.fetch(signal);
    const catalog = await resolve(port, scene.repository.head());
    const fetch = async () => ({ revision: catalog.revision, forced: false });
    const follower = follow({ ...forwarding(port), fetch });
    server.setMode({ kind: 'drop' });
    await follower.glance();
    await eventually(() => expect(follower.known().history.error).toMatch(/cannot be reached/));
    expect(list(follower.known())).toEqual(['1.1']);
    expect(follower.known().history.isComplete).toBe(false);
    const requests = server.requests.length;
    await follower.glance();
    await eventually(() => expect(server.requests.length).toBeGreaterThan(requests));
    server.setMode({ kind: 'ok' });
    await eventually(async () => {
      await follower.glance();
      expect(list(follower.known())).toEqual(['1.1', '1.0']);
    });
    expect(follower.events.map(({ kind }) => kind)).toEqual(['history-failed']);
  });

  it('whose copy was made anew has its history fetched again', async () => {
    await release(scene, '0.9', '1.0');
    for (let n = 0; n < 60; n += 1) await scene.repository.commit({ 'README.md': String(n) });
    await release(scene, '1.1', '1.2', '1.3', '1.4');
    const follower = follow(clone('cache', 1));
    expect(list(await follower.look())).toEqual(['1.4', '1.3', '1.2']);
    await scene.repository.commit(pin('0.9'));
    expect(list(await follower.look())).toEqual(['1.4', '1.3', '1.2', '0.9']);
  });
});
