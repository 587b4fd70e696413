import { describe, expect, it } from 'vitest';
import { setGateScene } from './gate-scene.ts';

// The mode `tag`: what is applied is the newest commit of the branch that a signed tag names.

const never = new AbortController().signal;
const scene = setGateScene();
const short = (revision: string) => revision.slice(0, 12);
const commit = (n: number | string) => scene.repository.commit({ 'a.yaml': String(n) });
const release = (name: string, revision: string, message = 'release') =>
  scene.repository.tag(name, revision, { signer: scene.alice, message });

describe.each(['local', 'remote'] as const)('a branch of a %s repository', (kind) => {
  const open = (store = 'store') => scene.open({ kind, mode: 'tag', store });

  it('is at the newest commit that a signed tag names, though it goes on', async () => {
    const first = await commit(1);
    await release('v1', first);
    await commit(2);
    const gate = await open();
    expect(await gate.look()).toEqual({
      wanted: first,
      approved: expect.objectContaining({ revision: first, tag: 'v1' }) as unknown,
      verification: {
        mode: 'tag',
        revision: first,
        signer: `alice@example.com (ED25519 ${scene.alice.fingerprint})`,
        tag: 'v1',
        error: '',
      },
    });
    const third = await commit(3);
    expect(await gate.look()).toMatchObject({ wanted: first, approved: { revision: first } });
    await release('v2', third);
    expect(await gate.look()).toMatchObject({ wanted: third, approved: { revision: third, tag: 'v2' } });
  });

  it('stays where it is while a newer tag is not good, which is told', async () => {
    const first = await commit(1);
    await release('v1', first);
    const gate = await open();
    await gate.look();
    const second = await commit(2);
    await scene.repository.tag('v2', second, { signer: scene.mallory });
    const refused = await gate.look();
    expect(refused).toMatchObject({ wanted: second, approved: { revision: first } });
    expect(refused.verification.error).toMatch(
      `tag v2 of commit ${short(second)} is not applied, for it is signed with`,
    );
    expect(refused.verification.error).toMatch(
      `revision ${short(first)} stays in force. Sign a tag with a trusted key (git tag -s) and push it`,
    );
    await scene.repository.tag('v2', second);
    expect((await gate.look()).verification.error).toContain('it carries no signature');
    await release('v2-signed', second);
    expect(await gate.look()).toMatchObject({
      approved: { revision: second, tag: 'v2-signed' },
      verification: { error: '' },
    });
  });

  it('has nothing that may be applied without a signed tag; one without an object is none', async () => {
    const head = await commit(1);
    await scene.repository.git('tag', 'light', head);
    const gate = await open();
    expect(await gate.look()).toMatchObject({
      approved: undefined,
      verification: {
        revision: '',
        error: `nothing is applied: no tag signed by a trusted key names the head of the branch or a commit before it (100 are looked at). Sign a tag with a trusted key (git tag -s) and push it`,
      },
    });
  });

  it('does not follow a tag that was moved to another name or is not of the branch', async () => {
    const first = await commit(1);
    const tag = await release('v1', first);
    const second = await commit(2);
    const aside = await scene.repository.commit({ 'a.yaml': 'aside' }, { parents: [first], aside: true });
    await release('aside', aside);
    const gate = await open();
    expect(await gate.look()).toMatchObject({ approved: { revision: first }, verification: { error: '' } });
    await scene.repository.git('update-ref', 'refs/tags/v2', tag);
    expect(await gate.look()).toMatchObject({ approved: { revision: first, tag: 'v1' } });
    const other = await release('v3', second);
    await scene.repository.git('update-ref', '-d', 'refs/tags/v3');
    await scene.repository.git('update-ref', 'refs/tags/v4', other);
    const { approved, verification } = await gate.look();
    expect(approved?.revision).toBe(first);
    expect(verification.error).toContain('it says itself that it is the tag "v3"');
  });

  it('is not moved back by the loss of a tag or of commits, but by a tag that says so', async () => {
    const first = await commit(1);
    await release('v1', first);
    const second = await commit(2);
    await release('v2', second);
    await (await open()).look();
    await scene.repository.git('tag', '-d', 'v2');
    expect(await (await open()).look()).toMatchObject({ approved: { revision: second }, verification: { error: '' } });
    await scene.repository.reset(first);
    const gate = await open();
    const { approved, verification } = await gate.look();
    expect(approved?.revision).toBe(second);
    expect(verification.error).toContain(
      `tag v1 of commit ${short(first)} is signed by alice@example.com (ED25519 ${scene.alice.fingerprint}), but does not descend`,
    );
    await release('v1-again', first, `back to it\n\nFairlead-Replaces: ${second}`);
    expect(await gate.look()).toMatchObject({
      approved: { revision: first, tag: 'v1-again' },
      verification: { error: '' },
    });
  });

  it('that has left what was verified, and has no tag, is said to', async () => {
    const first = await commit(1);
    const second = await commit(2);
    await release('v2', second);
    const gate = await open();
    await gate.look();
    await commit(3);
    expect((await gate.look()).verification.error).toBe('');
    await scene.repository.reset(first);
    await commit('other');
    const { approved, verification } = await gate.look();
    expect(approved?.revision).toBe(second);
    expect(verification.error).toContain('the branch has left the verified revision and has no signed tag');
  });
});

it('a look while nothing moved lists the tags and reads nothing; a tag is judged once', async () => {
  await release('v1', await commit(1));
  const gate = await scene.open({ kind: 'remote', mode: 'tag' });
  await gate.look();
  expect(gate.calls().filter((name) => name === 'readObject')).toHaveLength(1);
  await gate.look();
  expect(gate.calls()).toEqual(['fetch', 'listTags']);
  await commit(2);
  await gate.look();
  expect(gate.calls()).not.toContain('readObject');
});

it('a commit is judged by its tags when somebody asks', async () => {
  const first = await commit(1);
  await scene.repository.tag('bad', first, { signer: scene.mallory });
  const gate = await scene.open({ mode: 'tag' });
  await gate.git.fetch(never);
  expect(await gate.judge(first, never)).toMatchObject({
    reason: expect.stringContaining('has the tag bad') as string,
  });
  await release('v1', first);
  expect(await gate.judge(first, never)).toMatchObject({ verified: true });
  expect(await gate.judge(await commit(2), never)).toMatchObject({ reason: 'has no annotated tag' });
});
