import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { warningsOf } from '../../src/signatures/admission.ts';
import { signAs, unsign, withSignature } from '../signatures/craft-signature.ts';
import { setGateScene } from './gate-scene.ts';

// The mode `commit`: the head of the branch has to be signed.

const never = new AbortController().signal;
const scene = setGateScene();
const short = (revision: string) => revision.slice(0, 12);
const change = (n: number | string) => ({ 'a.yaml': String(n) });
const signed = (n: number | string, message = 'change') =>
  scene.repository.commit(change(n), { signer: scene.alice, message });
const unsigned = (n: number | string, message = 'change') => scene.repository.commit(change(n), { message });

describe.each(['local', 'remote'] as const)('a branch of a %s repository', (kind) => {
  it('is followed while its head is signed, and it is shown by whom', async () => {
    const gate = await scene.open({ kind });
    for (const n of [1, 2]) {
      const head = await signed(n);
      expect(await gate.look()).toEqual({
        wanted: head,
        approved: expect.objectContaining({ revision: head }) as unknown,
        verification: {
          mode: 'commit',
          revision: head,
          signer: `alice@example.com (ED25519 ${scene.alice.fingerprint})`,
          tag: undefined,
          error: '',
        },
      });
    }
  });

  it('stays at the last signed commit while its head is unsigned, and goes on with the next signed one', async () => {
    const gate = await scene.open({ kind });
    const good = await signed(1);
    await gate.look();
    const bad = await unsigned(2);
    expect(await gate.look()).toMatchObject({
      wanted: bad,
      approved: { revision: good },
      verification: {
        revision: good,
        error: `commit ${short(bad)} is not applied, for it carries no signature; revision ${short(good)} stays in force. Sign a commit with a trusted key (git commit -S) and push it`,
      },
    });
    const forged = await scene.repository.commit(change(3), { signer: scene.mallory });
    const { approved, verification } = await gate.look();
    expect(approved?.revision).toBe(good);
    expect(verification.error).toContain(`commit ${short(forged)} is not applied, for it is signed with the SSH key`);
    expect(verification.error).toContain(scene.mallory.fingerprint);
    const next = await signed(4);
    expect(await gate.look()).toMatchObject({ approved: { revision: next }, verification: { error: '' } });
  });

  it('is followed to the newest signed commit, by a daemon that runs and by one that begins with nothing', async () => {
    const running = await scene.open({ kind, state: 'running' });
    await signed(1);
    await running.look();
    const newest = await signed(2);
    await unsigned(3);
    await unsigned(4);
    for (const gate of [running, await scene.open({ kind, state: 'empty' })]) {
      const { approved, verification } = await gate.look();
      expect(approved?.revision).toBe(newest);
      expect(verification.error).toContain(`revision ${short(newest)} is in force`);
    }
  });

  it('has nothing that may be applied while no commit is signed', async () => {
    await unsigned(1);
    const head = await unsigned(2);
    const gate = await scene.open({ kind });
    expect(await gate.look()).toEqual({
      wanted: head,
      approved: undefined,
      verification: {
        mode: 'commit',
        revision: '',
        signer: '',
        tag: undefined,
        error: `nothing is applied: commit ${short(head)} carries no signature, and neither is one of the commits before it verified (100 are looked at). Sign a commit with a trusted key (git commit -S) and push it`,
      },
    });
  });

  it('that is moved back to an older signed commit is not followed, by the next daemon neither', async () => {
    const old = await signed(1);
    const newest = await signed(2);
    await (await scene.open({ kind, store: 'first' })).look();
    await scene.repository.reset(old);
    for (const store of ['first', 'second']) {
      const { wanted, approved, verification } = await (await scene.open({ kind, store })).look();
      expect(wanted).toBe(old);
      if (kind === 'remote' && store === 'second') {
        // Nor is the newer one to be had from the server any more.
        expect(approved).toBeUndefined();
        expect(verification.error).toContain(
          `revision ${newest}, which was verified before, is no longer in the repository`,
        );
      } else {
        expect(approved?.revision).toBe(newest);
        expect(verification.error).toContain(`does not descend from revision ${short(newest)}`);
      }
    }
    await scene.repository.reset(newest);
    expect(await (await scene.open({ kind, store: 'second' })).look()).toMatchObject({
      approved: { revision: newest },
      verification: { error: '' },
    });
  });

  it('that was rewritten is followed when a signed message says what it replaces', async () => {
    const base = await signed(1);
    const former = await signed(2);
    const gate = await scene.open({ kind });
    await gate.look();
    const beside = await scene.repository.commit(change(3), { signer: scene.alice, parents: [base] });
    const refused = await gate.look();
    expect(refused.approved?.revision).toBe(former);
    expect(refused.verification.error).toContain(`Fairlead-Replaces: ${former}`);
    await unsigned(4, `rewrite\n\nFairlead-Replaces: ${former}`);
    await signed(5, `rewrite\n\nFairlead-Replaces: ${beside}`);
    await signed(6, `rewrite\n\nFairlead-Replaces: ${former.slice(0, 8)}`);
    expect(await gate.look()).toMatchObject({ approved: { revision: former } });
    await signed(7, `rewrite\n\nFairlead-Replaces: ${former}`);
    const head = await signed(8);
    expect(await gate.look()).toMatchObject({ approved: { revision: head }, verification: { error: '' } });
  });

  it('is followed over a long way, and over a merge in which what was verified is the second parent', async () => {
    const base = await signed(0);
    const former = await signed(1);
    await (await scene.open({ kind, store: 'first', limit: 2 })).look();
    const side = await scene.repository.commit({ 'side.yaml': '1' }, { parents: [base] });
    const merge = await scene.repository.commit(change(1), { signer: scene.alice, parents: [side, former] });
    expect(await (await scene.open({ kind, store: 'second', limit: 2 })).look()).toMatchObject({
      approved: { revision: merge },
    });
    for (let n = 2; n < 8; n += 1) await unsigned(n);
    const head = await signed(9);
    expect(await (await scene.open({ kind, store: 'third', limit: 2 })).look()).toMatchObject({
      approved: { revision: head },
    });
  });
});

it('a signed commit is followed though the clock of whoever made it is years behind', async () => {
  const former = await signed(1);
  const gate = await scene.open();
  await gate.look();
  const draft = await scene.repository.read(await unsigned(2));
  const early = Buffer.from(
    unsign(draft)
      .toString('latin1')
      .replace(/ 1[67]\d{8} \+0000\n\n/, ' 86400 +0000\n\n'),
    'latin1',
  );
  expect(early.equals(draft)).toBe(false);
  const keyFile = /user\.signingkey=(.*)/.exec(scene.alice.config.join('\n'))![1]!;
  const head = await scene.repository.write('commit', withSignature(early, await signAs('git', keyFile, early)));
  await scene.repository.reset(head);
  expect((await gate.git.readCommit(head, never))?.parents).toEqual([former]);
  expect(await gate.look()).toMatchObject({ approved: { revision: head, time: 86_400_000 } });
});

describe('a merge', () => {
  it('counts by its own signature, whoever made what it merges', async () => {
    const base = await signed(1);
    const side = await scene.repository.commit({ 'side.yaml': '1' }, { parents: [base], aside: true });
    const merge = await scene.repository.commit(change(1), { signer: scene.alice, parents: [base, side] });
    expect(await (await scene.open()).look()).toMatchObject({ approved: { revision: merge } });
  });

  it('without one does not, though what it merges is signed', async () => {
    const base = await signed(1);
    const side = await scene.repository.commit(change(2), { signer: scene.alice, parents: [base], aside: true });
    await scene.repository.commit(change(2), { parents: [base, side] });
    expect(await (await scene.open()).look()).toMatchObject({ approved: { revision: base } });
  });
});

describe('a look', () => {
  it('at a branch that did not move reads nothing, and none judges a commit twice', async () => {
    await signed(1);
    await unsigned(2);
    const gate = await scene.open();
    await gate.look();
    expect(gate.calls().filter((name) => name === 'readObject')).toHaveLength(2);
    await gate.look();
    expect(gate.calls()).toEqual(['fetch']);
    await unsigned(3);
    await gate.look();
    expect(gate.calls().filter((name) => name === 'readObject')).toHaveLength(1);
  });

  it('judges again what was not good after some minutes: a key may be valid by now', async () => {
    const at = Date.parse('2026-06-01T00:00:00Z');
    let now = at - 60_000;
    await writeFile(scene.keyFile, `alice valid-after="20260601Z" ${scene.alice.publicKey}`);
    const head = await signed(1);
    const gate = await scene.open({ now: () => now });
    expect(await gate.look()).toMatchObject({ approved: undefined });
    now = at + 60_000;
    expect(await gate.look()).toMatchObject({ approved: undefined });
    now = at + 5 * 60_000;
    expect(await gate.look()).toMatchObject({ approved: { revision: head } });
  });
});

describe('the trusted keys', () => {
  it('count as their files say now; what is in force stays when its key is no longer trusted', async () => {
    const first = await signed(1);
    const gate = await scene.open();
    await gate.look();
    const second = await scene.repository.commit(change(2), { signer: scene.mallory });
    expect(await gate.look()).toMatchObject({ approved: { revision: first } });
    await writeFile(scene.keyFile, scene.mallory.publicKey);
    expect(await gate.look()).toMatchObject({ approved: { revision: second } });
    await writeFile(scene.keyFile, `# nobody else\n${scene.alice.publicKey}`);
    expect(await gate.look()).toMatchObject({ approved: { revision: second }, verification: { error: '' } });
    await scene.repository.commit(change(3), { signer: scene.mallory });
    expect(await gate.look()).toMatchObject({ approved: { revision: second } });
  });

  it('stay as they were while a file cannot be used, which is told once', async () => {
    const gate = await scene.open();
    await signed(1);
    await gate.look();
    await writeFile(scene.keyFile, 'half a li');
    for (const n of [2, 3]) {
      const head = await signed(n);
      expect(await gate.look()).toMatchObject({ approved: { revision: head } });
    }
    expect(gate.problems).toEqual([
      `${scene.keyFile}:1: this line is neither a public key nor a line of allowed_signers; the former keys stay in force`,
    ]);
  });
});

it('a commit beside the branch can be judged by anybody, which changes nothing', async () => {
  const head = await signed(1);
  const gate = await scene.open();
  await gate.look();
  const good = await scene.repository.commit(change(2), { signer: scene.alice, aside: true });
  const bad = await scene.repository.commit(change(2), { signer: scene.mallory, aside: true });
  expect(await gate.judge(good, never)).toMatchObject({ verified: true });
  expect(await gate.judge(bad, never)).toMatchObject({ verified: false });
  expect(warningsOf(good, 'commit', await gate.judge(good, never))).toEqual([]);
  expect(warningsOf(bad, 'commit', await gate.judge(bad, never))).toEqual([
    expect.stringMatching(new RegExp(`^commit ${short(bad)} .*, so it would not be applied as it is\\. Sign a commit`)),
  ]);
  expect(await gate.look()).toMatchObject({ approved: { revision: head } });
});
