import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeCommit, judgeTag } from '../../src/signatures/judge.ts';
import { parseTrustedKeys } from '../../src/signatures/trusted-keys.ts';
import { createSignedRepository, type SignedRepository } from './signed-repository.ts';
import { createSshSigner, openGnuPg, type GnuPg, type Signer } from './signers.ts';

let folder: string;
let gnupg: GnuPg;
let repository: SignedRepository;
let commit: string;
const signers: { alice?: Signer; bob?: Signer; stranger?: Signer } = {};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fl-tag-'));
  gnupg = await openGnuPg(path.join(folder, 'gpg'));
  repository = await createSignedRepository(path.join(folder, 'repo'));
  signers.alice = await createSshSigner(path.join(folder, 'ssh'), 'alice');
  signers.stranger = await createSshSigner(path.join(folder, 'ssh'), 'stranger');
  signers.bob = await gnupg.createSigner('bob');
  commit = await repository.commit({ 'a.yaml': '1' });
}, 60_000);
afterAll(async () => {
  await gnupg.close();
  await rm(folder, { recursive: true, force: true });
});

async function trusted() {
  const text = `${signers.alice!.publicKey}\n${signers.bob!.publicKey}`;
  return await parseTrustedKeys([{ file: 'keys', text }]);
}

/** Judges the object as the tag of that name on that commit. */
async function judge(oid: string, name = 'v1', of = commit) {
  const exhibit = { oid, bytes: await repository.read(oid), keys: await trusted(), now: Date.now() };
  return await judgeTag(exhibit, { name, commit: of });
}

const refusedFor = (reason: string) => ({
  verified: false,
  reason: expect.stringContaining(reason) as string,
  message: '',
});

describe('a tag', () => {
  it.each(['alice', 'bob'] as const)('signed by a trusted key is verified (%s)', async (who) => {
    const signer = signers[who]!;
    const tag = await repository.tag('v1', commit, { signer, message: 'first\n\nNotes: Größe' });
    expect(await judge(tag)).toEqual({
      verified: true,
      signer: expect.stringContaining(signer.fingerprint) as string,
      message: 'first\n\nNotes: Größe\n',
    });
  });

  it('without a signature, or with one of a key that is not trusted, is not', async () => {
    expect(await judge(await repository.tag('v1', commit))).toEqual(refusedFor('carries no signature'));
    const signer = signers.stranger!;
    expect(await judge(await repository.tag('v1', commit, { signer }))).toEqual(refusedFor(signer.fingerprint));
  });

  it('that names another commit is not', async () => {
    const other = await repository.commit({ 'a.yaml': '2' }, { aside: true });
    const tag = await repository.tag('v1', other, { signer: signers.alice! });
    expect(await judge(tag)).toEqual(refusedFor(`names the commit ${other}, not the commit ${commit}`));
  });

  it('under another name than its own is not: somebody moved the ref', async () => {
    const tag = await repository.tag('v1', commit, { signer: signers.alice! });
    expect(await judge(tag, 'v2')).toEqual(refusedFor('says itself that it is the tag "v1"'));
  });

  it('of a tag is not', async () => {
    const inner = await repository.tag('inner', commit, { signer: signers.alice! });
    const outer = await repository.tag('v1', inner, { signer: signers.alice! });
    expect(await judge(outer)).toEqual(refusedFor(`names the tag ${inner}`));
  });

  it('that was altered is not, nor is one with a line after its signature', async () => {
    for (const signer of [signers.alice!, signers.bob!]) {
      const bytes = (await repository.read(await repository.tag('v1', commit, { signer }))).toString('latin1');
      const altered = await repository.write('tag', bytes.replace('release', 'Release'));
      expect(await judge(altered)).toEqual(refusedFor('does not fit it'));
      const other = await repository.commit({ 'a.yaml': '3' }, { aside: true });
      const moved = await repository.write('tag', bytes.replace(commit, other));
      expect(await judge(moved, 'v1', other)).toEqual(refusedFor('does not fit it'));
    }
  });

  it('is read as git reads it: the last signature in it counts, and covers all before', async () => {
    const signer = signers.alice!;
    const signature = /-----BEGIN[\s\S]*/.exec(
      (await repository.read(await repository.tag('v1', commit, { signer }))).toString(),
    )![0];
    const tag = await repository.tag('v1', commit, { signer, message: `release\n\n${signature}` });
    expect(await judge(tag)).toMatchObject({ verified: true });
    const bytes = (await repository.read(tag)).toString('latin1');
    const cut = await repository.write('tag', bytes.slice(0, bytes.lastIndexOf('-----BEGIN')));
    expect(await judge(cut)).toEqual(refusedFor('does not fit it'));
  });

  it('is judged at once, however often a signature begins in it', async () => {
    const head = `object ${commit}\ntype commit\ntag v1\n\n`;
    const bytes = Buffer.from(head + '-----BEGIN PGP SIGNATURE-----\n'.repeat(14_000) + 'x\n'.repeat(210_000));
    const began = performance.now();
    const oid = await repository.write('tag', bytes);
    const judged = await judgeTag({ oid, bytes, keys: await trusted(), now: Date.now() }, { name: 'v1', commit });
    expect(judged).toEqual(refusedFor('too large'));
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('is no commit: what was signed as a tag is never taken for one', async () => {
    const tag = await repository.read(await repository.tag('v1', commit, { signer: signers.alice! }));
    const [payload = '', signature = ''] = tag.toString('latin1').split(/(?=-----BEGIN)/);
    const header = `gpgsig ${signature.trim().replaceAll('\n', '\n ')}`;
    const forged = Buffer.from(payload.replace('\n\n', `\n${header}\n\n`), 'latin1');
    const oid = await repository.write('commit', forged);
    const judged = await judgeCommit({ oid, bytes: forged, keys: await trusted(), now: Date.now() });
    expect(judged).toEqual(refusedFor('is no commit that git makes'));
  });
});
