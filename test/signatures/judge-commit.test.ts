import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeCommit, type Judgement } from '../../src/signatures/judge.ts';
import { parseTrustedKeys } from '../../src/signatures/trusted-keys.ts';
import { signAs, signWithSecurityKey, signWithSha1, unsign, withSignature } from './craft-signature.ts';
import { createSignedRepository, type SignedRepository } from './signed-repository.ts';
import { createSshSigner, openGnuPg, type GnuPg, type Signer } from './signers.ts';

const run = promisify(execFile);
const DAY_MS = 86_400_000;
let folder: string;
let gnupg: GnuPg;
let repository: SignedRepository;
/** Who signs in most tests: one of either kind. */
let alice: Signer;
let bob: Signer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fl-sig-'));
  gnupg = await openGnuPg(path.join(folder, 'gpg'));
  repository = await createSignedRepository(path.join(folder, 'repo'));
  alice = await createSshSigner(path.join(folder, 'ssh'), 'alice');
  bob = await gnupg.createSigner('bob');
}, 60_000);
afterAll(async () => {
  await gnupg.close();
  await rm(folder, { recursive: true, force: true });
});

interface Judging {
  readonly trusted?: readonly string[];
  readonly now?: number;
  readonly oid?: string;
}

async function judgeBytes(bytes: Buffer, { trusted, now = Date.now(), oid = oidOf(bytes) }: Judging = {}) {
  const text = (trusted ?? [alice.publicKey, bob.publicKey]).join('\n');
  const keys = await parseTrustedKeys([{ file: 'keys', text }]);
  return await judgeCommit({ oid, bytes, keys, now });
}

async function judge(oid: string, options: Judging = {}): Promise<Judgement> {
  return await judgeBytes(await repository.read(oid), { ...options, oid });
}

function oidOf(bytes: Buffer): string {
  return createHash('sha1').update(`commit ${bytes.length}\0`).update(bytes).digest('hex');
}

const refusedFor = (reason: string) => ({
  verified: false,
  reason: expect.stringContaining(reason) as string,
  message: '',
});

describe('a commit signed by the real programs', () => {
  it.each(['ed25519', 'rsa', 'ecdsa-256', 'ecdsa-384', 'ecdsa-521'] as const)(
    'with an SSH key of type %s is verified, and says who signed',
    async (type) => {
      const signer = await createSshSigner(path.join(folder, 'ssh'), `carol-${type}`, type);
      const commit = await repository.commit({ 'a.yaml': type }, { signer, message: 'Größe: 1 → 2' });
      expect(await judge(commit, { trusted: [signer.publicKey] })).toEqual({
        verified: true,
        signer: `carol-${type}@example.com (${type.split('-')[0]!.toUpperCase()} ${signer.fingerprint})`,
        message: 'Größe: 1 → 2\n',
      });
    },
  );

  it.each(['ed25519', 'rsa2048', 'nistp256'])('with an OpenPGP key of type %s is verified', async (type) => {
    const signer = await gnupg.createSigner(`dave-${type}`, type);
    const commit = await repository.commit({ 'a.yaml': type }, { signer });
    expect(await judge(commit, { trusted: [signer.publicKey] })).toEqual({
      verified: true,
      signer: `dave-${type} <dave-${type}@example.com> (OpenPGP ${signer.fingerprint})`,
      message: 'change\n',
    });
  });

  it('by either of two kinds is verified where both stand in one file', async () => {
    const commits = [
      await repository.commit({ 'a.yaml': '1' }, { signer: alice }),
      await repository.commit({ 'a.yaml': '2' }, { signer: bob }),
    ];
    for (const commit of commits) expect(await judge(commit)).toMatchObject({ verified: true });
  });

  it('is verified as the merge of a signed tag, whose signature is among its headers too', async () => {
    const base = await repository.commit({ 'b.yaml': '1' }, { signer: alice });
    const side = await repository.commit({ 'side.yaml': '1' }, { parents: [base], aside: true });
    await repository.tag('side', side, { signer: bob });
    await repository.git('reset', '-q', '--hard', base);
    for (const signer of [alice, bob]) {
      await repository.git(...signer.config, 'merge', '-q', '-S', '--no-ff', '-m', 'merge', 'side');
      const merge = await repository.git('rev-parse', 'HEAD');
      expect((await repository.read(merge)).toString()).toContain('\nmergetag object');
      expect(await judge(merge)).toMatchObject({ verified: true });
      await repository.git('reset', '-q', '--hard', base);
    }
  });

  it('is verified when its subkey signs, as long as the trusted key has that subkey', async () => {
    const signer = await gnupg.createSigner('erin');
    const subkey = await gnupg.addSigningSubkey(signer);
    const commit = await repository.commit({ 'a.yaml': 'subkey' }, { signer: subkey });
    expect(await judge(commit, { trusted: [await gnupg.exportKey(signer)] })).toMatchObject({ verified: true });
    expect(await judge(commit, { trusted: [signer.publicKey] })).toEqual(refusedFor('not among the trusted keys'));
  });
});

describe('a commit is not verified', () => {
  it('without a signature', async () => {
    const commit = await repository.commit({ 'a.yaml': 'unsigned' });
    expect(await judge(commit)).toEqual(refusedFor('carries no signature'));
  });

  it('when the key is not trusted, and the key is named', async () => {
    const stranger = await createSshSigner(path.join(folder, 'ssh'), 'stranger');
    const other = await gnupg.createSigner('other');
    for (const signer of [alice, bob]) {
      const commit = await repository.commit({ 'a.yaml': signer.fingerprint }, { signer });
      const trusted = [stranger.publicKey, other.publicKey];
      expect(await judge(commit, { trusted })).toEqual(
        refusedFor(`key ${signer === alice ? 'ED25519 ' : ''}${signer.fingerprint}`),
      );
      expect(await judge(commit, { trusted: [stranger.publicKey] })).toMatchObject({ verified: false });
      expect(await judge(commit, { trusted: [other.publicKey] })).toMatchObject({ verified: false });
    }
  });

  it('when any byte of what was signed is another', async () => {
    for (const signer of [alice, bob]) {
      const commit = await repository.commit({ 'a.yaml': 'whole' }, { signer });
      const bytes = await repository.read(commit);
      const signature = bytes
        .toString('latin1')
        .match(/^gpgsig (.*\n(?: .*\n)*)/m)![1]!
        .replaceAll('\n ', '\n');
      const payload = unsign(bytes);
      expect(await judgeBytes(withSignature(payload, signature))).toMatchObject({ verified: true });
      await fc.assert(
        fc.asyncProperty(fc.nat(payload.length - 1), fc.integer({ min: 1, max: 127 }), async (at, change) => {
          const altered = Buffer.from(payload);
          altered[at]! ^= change;
          expect(await judgeBytes(withSignature(altered, signature))).toMatchObject({ verified: false });
        }),
        { numRuns: 60 },
      );
    }
  });

  it('when the signature is that of another commit', async () => {
    for (const signer of [alice, bob]) {
      const [one, two] = [
        await repository.read(await repository.commit({ 'a.yaml': 'one' }, { signer })),
        await repository.read(await repository.commit({ 'a.yaml': 'two' }, { signer })),
      ];
      const signature = one
        .toString('latin1')
        .match(/^gpgsig (.*\n(?: .*\n)*)/m)![1]!
        .replaceAll('\n ', '\n');
      expect(await judgeBytes(withSignature(two, signature))).toEqual(refusedFor('does not fit it'));
    }
  });

  it('when its bytes are not those its name stands for', async () => {
    const [one, two] = [
      await repository.commit({ 'a.yaml': 'one' }, { signer: alice }),
      await repository.commit({ 'a.yaml': 'two' }, { signer: alice }),
    ];
    expect(await judge(one, {})).toMatchObject({ verified: true });
    expect(await judgeBytes(await repository.read(one), { oid: two })).toEqual(refusedFor('not the one of that name'));
  });

  it('when it has two signatures, whichever of them is good', async () => {
    const bytes = await repository.read(await repository.commit({ 'a.yaml': 'twice' }, { signer: alice }));
    const twice = bytes.toString('latin1').replace(/^gpgsig .*\n(?: .*\n)*/m, (header) => header + header);
    expect(await judgeBytes(Buffer.from(twice, 'latin1'))).toEqual(refusedFor('several signatures'));
  });

  it('when its signature is larger than any program makes', async () => {
    const bytes = await repository.read(await repository.commit({ 'a.yaml': 'large' }, { signer: alice }));
    const armored = `-----BEGIN SSH SIGNATURE-----\n${'A'.repeat(70_000)}\n-----END SSH SIGNATURE-----`;
    expect(await judgeBytes(withSignature(bytes, armored))).toEqual(refusedFor('too large'));
    const long = Buffer.concat([bytes, Buffer.alloc(2 ** 20, 'x')]);
    expect(await judgeBytes(long)).toEqual(refusedFor('too large'));
  });

  it.each([
    ['-----BEGIN SIGNED MESSAGE-----\nMII=\n-----END SIGNED MESSAGE-----', 'neither OpenPGP nor SSH'],
    ['-----BEGIN SSH SIGNATURE-----\n%%%\n-----END SSH SIGNATURE-----', 'armor is broken'],
    ['-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----', 'ends too early'],
    ['-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----', 'cannot be read'],
    ['-----BEGIN PGP MESSAGE-----\n\nAAAA\n-----END PGP MESSAGE-----', 'neither OpenPGP nor SSH'],
    ['nonsense', 'neither OpenPGP nor SSH'],
  ])('when its signature is %j', async (armored, reason) => {
    const bytes = await repository.read(await repository.commit({ 'a.yaml': 'odd' }));
    expect(await judgeBytes(withSignature(bytes, armored))).toEqual(refusedFor(reason));
  });
});

describe('an SSH signature', () => {
  const keyOf = (signer: Signer) => /user\.signingkey=(.*)/.exec(signer.config.join('\n'))![1]!;
  const draft = async () => repository.read(await repository.commit({ 'a.yaml': 'draft' }));

  it('counts under the namespace git alone', async () => {
    const bytes = await draft();
    const signed = async (namespace: string) =>
      withSignature(bytes, await signAs(namespace, keyOf(alice), unsign(bytes)));
    expect(await judgeBytes(await signed('git'))).toMatchObject({ verified: true });
    expect(await judgeBytes(await signed('file'))).toEqual(refusedFor('namespace "file", not for git'));
  });

  it('counts while the allowed_signers line says that its key is valid', async () => {
    const commit = await repository.commit({ 'a.yaml': 'times' }, { signer: alice });
    const line = `alice,"al ice" namespaces="git,file",valid-after="20260101Z",valid-before="202607011200Z" ${alice.publicKey}`;
    const at = (time: string) => judge(commit, { trusted: [line], now: Date.parse(time) });
    expect(await at('2025-12-31T23:59:59Z')).toEqual(refusedFor('is not valid yet'));
    expect(await at('2026-07-01T11:59:59Z')).toMatchObject({
      verified: true,
      signer: `alice,al ice (ED25519 ${alice.fingerprint})`,
    });
    expect(await at('2026-07-01T12:00:00Z')).toEqual(refusedFor('has expired'));
  });

  it.each(['ed25519', 'ecdsa'] as const)('of a security key (%s) counts when it was touched', async (type) => {
    const bytes = await draft();
    const { publicKey, signature } = signWithSecurityKey(type, unsign(bytes));
    expect(await judgeBytes(withSignature(bytes, signature), { trusted: [publicKey] })).toMatchObject({
      verified: true,
    });
    // What is crafted here is what the real program takes for one.
    await writeFile(path.join(folder, 'allowed'), `crafted ${publicKey}`);
    await writeFile(path.join(folder, 'signature'), signature);
    const [allowed, file] = [path.join(folder, 'allowed'), path.join(folder, 'signature')];
    const checking = run('ssh-keygen', ['-Y', 'verify', '-n', 'git', '-I', 'crafted', '-f', allowed, '-s', file]);
    checking.child.stdin?.end(unsign(bytes));
    expect((await checking).stdout).toContain('Good "git" signature');
    const untouched = signWithSecurityKey(type, unsign(bytes), { flags: 0 });
    expect(await judgeBytes(withSignature(bytes, untouched.signature), { trusted: [untouched.publicKey] })).toEqual(
      refusedFor('nobody touched the security key'),
    );
  });

  it('with SHA-1, another hash or another version does not count', async () => {
    const bytes = await draft();
    const judged = (crafted: { readonly publicKey: string; readonly signature: string }) =>
      judgeBytes(withSignature(bytes, crafted.signature), { trusted: [crafted.publicKey] });
    expect(await judged(signWithSha1(unsign(bytes)))).toEqual(refusedFor('too weak'));
    expect(await judged(signWithSecurityKey('ed25519', unsign(bytes), { hash: 'sha1' }))).toEqual(refusedFor('hash'));
    expect(await judged(signWithSecurityKey('ed25519', unsign(bytes), { version: 2 }))).toEqual(
      refusedFor('version is 2'),
    );
  });
});

describe('an OpenPGP signature', () => {
  it('counts as long as its key has not expired, whenever it was made', async () => {
    const signer = await gnupg.createSigner('frank', 'ed25519', '2d');
    const commit = await repository.commit({ 'a.yaml': 'expiry' }, { signer });
    const at = (now: number) => judge(commit, { trusted: [signer.publicKey], now });
    expect(await at(Date.now() + DAY_MS)).toMatchObject({ verified: true });
    expect(await at(Date.now() + 3 * DAY_MS)).toEqual(refusedFor('expired'));
  });

  it('counts again when the life of its key was prolonged', async () => {
    const signer = await gnupg.createSigner('grace', 'ed25519', '2d');
    const commit = await repository.commit({ 'a.yaml': 'prolonged' }, { signer });
    const prolonged = await gnupg.prolong(signer, '30d');
    expect(await judge(commit, { trusted: [prolonged], now: Date.now() + 10 * DAY_MS })).toMatchObject({
      verified: true,
    });
  });

  it('does not count when its key was revoked', async () => {
    const signer = await gnupg.createSigner('heidi');
    const commit = await repository.commit({ 'a.yaml': 'revoked' }, { signer });
    expect(await judge(commit, { trusted: [signer.publicKey] })).toMatchObject({ verified: true });
    expect(await judge(commit, { trusted: [await gnupg.revoke(signer)] })).toEqual(refusedFor('revoked'));
  });

  it('is judged by all that the trusted files know of its key, whichever holds the older copy', async () => {
    const [longer, gone] = [await gnupg.createSigner('judy', 'ed25519', '2d'), await gnupg.createSigner('kevin')];
    const [first, second] = [
      await repository.commit({ 'a.yaml': 'longer' }, { signer: longer }),
      await repository.commit({ 'a.yaml': 'gone' }, { signer: gone }),
    ];
    const copies = {
      longer: [longer.publicKey, await gnupg.prolong(longer, '30d')],
      gone: [gone.publicKey, await gnupg.revoke(gone)],
    };
    const now = Date.now() + 10 * DAY_MS;
    for (const order of [(keys: string[]) => keys, (keys: string[]) => keys.toReversed()]) {
      expect(await judge(first, { trusted: order(copies.longer), now })).toMatchObject({ verified: true });
      expect(await judge(second, { trusted: order(copies.gone), now })).toEqual(refusedFor('revoked'));
    }
  });

  it('does not count over SHA-1', async () => {
    const signer = await gnupg.createSigner('ivan', 'rsa2048');
    const weak = await gnupg.withFlags(signer, '--digest-algo', 'SHA1');
    const commit = await repository.commit({ 'a.yaml': 'weak' }, { signer: weak });
    expect(await judge(commit, { trusted: [signer.publicKey] })).toEqual(refusedFor('SHA1'));
  });

  it('counts though the clock of whoever signed is some minutes ahead, not more', async () => {
    const commit = await repository.commit({ 'a.yaml': 'clock' }, { signer: bob });
    expect(await judge(commit, { now: Date.now() - 5 * 60_000 })).toMatchObject({ verified: true });
    expect(await judge(commit, { now: Date.now() - DAY_MS })).toEqual(refusedFor('in the future'));
  });
});
