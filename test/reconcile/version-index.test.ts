import { describe, expect, it } from 'vitest';
import { knownVersions } from '../../src/desired/choose-version.ts';
import { openLocalRepository } from '../../src/git/local.ts';
import { follow, imageOf, KEY, known, list, pin, release, setScene, SHOP, text } from './follow-versions.ts';

// Which versions of an application are found.

const scene = setScene();

describe('the versions of an application', () => {
  it('are the last three of its history, newest first, the current one among them', async () => {
    const revisions = await release(scene, '1.0', '1.1', '1.2', '2.0', '2.1');
    const catalog = await follow(scene.git).look();
    expect(list(catalog)).toEqual(['2.1', '2.0', '1.2']);
    expect(knownVersions(catalog, KEY).map(({ revision }) => revision)).toEqual(revisions.slice(2).reverse());
  });

  it('are fewer where there are no more, and none of what has no version', async () => {
    await release(scene, '1.0');
    await scene.repository.commit({ 'tenants/acme/applications/plain.yaml': text(undefined, { name: 'plain' }) });
    const catalog = await follow(scene.git).look();
    expect(list(catalog)).toEqual(['1.0']);
    expect(list(catalog, 'acme.plain')).toEqual([]);
    expect(list(await follow(scene.git).look(), 'acme.none')).toEqual([]);
  });

  it('leave out texts without a version, and are none once the current text has none', async () => {
    await release(scene, '1.0');
    await scene.repository.commit({ [SHOP]: text(undefined) });
    await release(scene, '1.1');
    const follower = follow(scene.git);
    expect(list(await follower.look())).toEqual(['1.1', '1.0']);
    await scene.repository.commit({ [SHOP]: text(undefined) });
    expect(list(await follower.look())).toEqual([]);
  });

  it('have one whose text changed or came back once, with its latest text', async () => {
    await scene.repository.commit({ [SHOP]: text('1.0', { image: 'old' }) });
    await scene.repository.commit({ [SHOP]: text('1.0', { image: 'corrected' }) });
    await scene.repository.commit({ [SHOP]: text('1.1', { image: 'first' }) });
    await scene.repository.commit({ [SHOP]: text('2.0') });
    await scene.repository.commit({ [SHOP]: text('1.1', { image: 'again' }) });
    await scene.repository.commit({ [SHOP]: text('2.1') });
    const catalog = await follow(scene.git).look();
    expect(list(catalog)).toEqual(['2.1', '1.1', '2.0']);
    expect(imageOf(catalog, '1.1')).toBe('again');
    const all = await follow(scene.git).look(new Map([[KEY, new Map([['1.0', '']])]]));
    expect(imageOf(all, '1.0')).toBe('corrected');
  });

  it('are those of valid texts: broken commits in between do not count', async () => {
    await scene.repository.commit({ [SHOP]: text('1.0') });
    await scene.repository.commit({ [SHOP]: `${text('1.1')}servces: []\n` });
    await scene.repository.commit({ [SHOP]: 'name: [' });
    await scene.repository.commit({ [SHOP]: text('1.2') });
    expect(list(await follow(scene.git).look())).toEqual(['1.2', '1.0']);
  });

  it('are none from while another document of the name contradicted it', async () => {
    const copy = SHOP.replace('shop', 'a-copy');
    await release(scene, '1.0');
    await scene.repository.commit({ [copy]: text('9.9') });
    await release(scene, '1.1');
    await scene.repository.commit({ [copy]: null });
    await release(scene, '1.2');
    // 1.1 stood alone for one commit; 9.9 never did.
    expect(list(await follow(scene.git).look())).toEqual(['1.2', '1.1', '1.0']);
    await scene.repository.commit({ [copy]: text('9.9') });
    await scene.repository.commit({ [copy]: null, [SHOP]: text('1.3') });
    expect(list(await follow(scene.git).look())).toEqual(['1.3', '1.2', '1.1']);
  });

  it('begin with the last good text while that of head is rejected', async () => {
    await release(scene, '1.0', '1.1');
    await scene.repository.commit({ [SHOP]: 'name: [' });
    expect(list(await follow(scene.git).look())).toEqual(['1.1', '1.0']);
  });

  it('follow a document that moves to another file, and one that was away for a while', async () => {
    const moved = 'tenants/acme/applications/web/front.yaml';
    await release(scene, '1.0');
    await scene.repository.commit({ [SHOP]: null, [moved]: text('1.0') });
    await scene.repository.commit({ [moved]: text('1.1') });
    await scene.repository.commit({ [moved]: null });
    await scene.repository.commit({ 'README.md': 'x' });
    const till = text('5', { name: 'till' });
    await scene.repository.commit({ 'tenants/acme/applications/all.yaml': `${till}---\n${text('1.2')}` });
    const catalog = await follow(scene.git).look();
    expect(list(catalog)).toEqual(['1.2', '1.1', '1.0']);
    expect(list(catalog, 'acme.till')).toEqual(['5']);
  });

  it('are those of first parents: what a merged branch went through does not count', async () => {
    const [base] = await release(scene, '1.0');
    await scene.repository.commit({ [SHOP]: text('1.1-a') }, 'on the branch', { branch: 'change', parent: base! });
    await scene.repository.commit({ [SHOP]: text('1.1') }, 'on the branch', { branch: 'change' });
    await scene.repository.commit({ 'README.md': 'x' });
    const [ours, theirs] = [scene.repository.head(), scene.repository.head('change')];
    const tree = await scene.repository.git('rev-parse', `${theirs}^{tree}`);
    const merge = await scene.repository.git('commit-tree', tree, '-p', ours, '-p', theirs, '-m', 'Merge');
    await scene.repository.git('update-ref', 'refs/heads/main', merge);
    expect(list(await follow(scene.git).look())).toEqual(['1.1', '1.0']);
  });

  it('are those of the tree folder, and go back to before there was one', async () => {
    await scene.repository.commit({ 'README.md': 'x' });
    await scene.repository.commit({ [`fleet/${SHOP}`]: text('1.0') });
    await scene.repository.commit({ [`fleet/${SHOP}`]: text('1.1'), [SHOP]: text('9.9') });
    const port = openLocalRepository({ path: scene.repository.path, branch: 'main', treePath: 'fleet' });
    expect(list(await follow(port).look())).toEqual(['1.1', '1.0']);
  });

  it('are as many commits old as may be looked at, whether found at once or over time', async () => {
    const follower = follow(scene.git, 3);
    await release(scene, '1.0', '1.1');
    await scene.repository.commit({ 'README.md': '1' });
    expect(list(await follower.look())).toEqual(['1.1', '1.0']);
    expect((await follower.look()).history.isCut).toBe(false);
    await scene.repository.commit({ 'README.md': '2' });
    await scene.repository.commit({ 'README.md': '3' });
    for (const one of [follower, follow(scene.git, 3)]) {
      const catalog = await one.look();
      expect(list(catalog)).toEqual(['1.1']);
      expect(catalog.history.isCut).toBe(true);
    }
    expect(list(await follow(scene.git, 0).look())).toEqual(['1.1']);
  });
});

describe('a version that is asked for', () => {
  it('by a deployment is listed however old it is', async () => {
    await release(scene, '1.0', '1.1', '1.2', '2.0', '2.1');
    await scene.repository.commit(pin('1.1'));
    const catalog = await follow(scene.git).look();
    expect(list(catalog)).toEqual(['2.1', '2.0', '1.2', '1.1']);
    expect(imageOf(catalog, '1.1')).toBe('x');
  });

  it('because it runs is known, and not listed: a fresh engine would not have it', async () => {
    await release(scene, '1.0', '1.1', '1.2', '2.0', '2.1');
    const catalog = await follow(scene.git).look(new Map([[KEY, new Map([['1.0', 'unknown']])]]));
    expect(known(catalog)).toEqual(['2.1', '2.0', '1.2', '1.0']);
    expect(list(catalog)).toEqual(['2.1', '2.0', '1.2']);
  });

  it('is found in what was walked through before, though its text was let go', async () => {
    await release(scene, '1.0', '1.1', '1.2', '2.0', '2.1');
    await scene.repository.commit({ 'tenants/acme/applications/till.yaml': text('1', { name: 'till' }) });
    const follower = follow(scene.git);
    expect(known(await follower.look())).toEqual(['2.1', '2.0', '1.2']);
    follower.compared();
    await scene.repository.commit(pin('1.0'));
    expect(list(await follower.look())).toEqual(['2.1', '2.0', '1.2', '1.0']);
    expect(follower.compared()).toBe(1);
  });

  it('and is not there is looked for through all of history, once', async () => {
    await release(scene, '1.0', '1.1', '1.2', '2.0', '2.1');
    await scene.repository.commit(pin('0.9'));
    const follower = follow(scene.git);
    expect(list(await follower.look())).toEqual(['2.1', '2.0', '1.2']);
    expect(follower.compared()).toBe(5);
    await scene.repository.commit({ 'README.md': 'x' });
    await follower.look();
    expect(follower.compared()).toBe(1);
  });

  it('is not read from a version that was never in force under that name', async () => {
    await release(scene, '1.0', '1.1');
    await scene.repository.commit(pin('1.0'));
    await scene.repository.commit({ 'tenants/acme/applications/other.yaml': text('7.0', { name: 'other' }) });
    const catalog = await follow(scene.git).look(new Map([[KEY, new Map([['7.0', scene.repository.head()]])]]));
    expect(known(catalog)).toEqual(['1.1', '1.0']);
  });
});
