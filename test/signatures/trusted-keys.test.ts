import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toWireString } from '../../src/signatures/ssh-wire.ts';
import { parseTrustedKeys } from '../../src/signatures/trusted-keys.ts';
import { createSshSigner, openGnuPg, type GnuPg, type Signer } from './signers.ts';

let folder: string;
let gnupg: GnuPg;
let alice: Signer;
let bob: Signer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fl-keys-'));
  gnupg = await openGnuPg(path.join(folder, 'gpg'));
  alice = await createSshSigner(path.join(folder, 'ssh'), 'alice');
  bob = await gnupg.createSigner('bob');
}, 60_000);
afterAll(async () => {
  await gnupg.close();
  await rm(folder, { recursive: true, force: true });
});

const parse = (text: string) => parseTrustedKeys([{ file: '/etc/keys', text }]);
const key = () => alice.publicKey.split(' ').slice(0, 2).join(' ');
const names = async (text: string) => (await parse(text)).ssh.map(({ name }) => name);

describe('a file of trusted keys', () => {
  it('holds SSH public keys, lines of allowed_signers and OpenPGP blocks, in any order, among comments', async () => {
    const carol = await gnupg.createSigner('carol');
    const text = ['# who may release', '', alice.publicKey, bob.publicKey, carol.publicKey, `a@x.org ${key()} laptop`];
    const parsed = await parse(text.join('\n').replaceAll('\n', '\r\n'));
    expect(parsed.ssh.map(({ name }) => name)).toEqual(['alice@example.com', 'a@x.org']);
    expect(parsed.pgp.map((one) => one.getFingerprint().toUpperCase())).toEqual([bob.fingerprint, carol.fingerprint]);
  });

  it('may hold keys for other things than git, which do not count here', async () => {
    const both = [`files@x.org namespaces="file" ${key()}`, `git@x.org namespaces="g*,file" ${key()}`];
    expect(await names(both.join('\n'))).toEqual(['git@x.org']);
    await expect(parse(`not@x.org namespaces="*,!git" ${key()}`)).rejects.toThrow('no key that may sign commits');
  });

  it.each([
    ['', '/etc/keys holds no key that may sign commits; put public keys into it, or leave it out'],
    ['# later\n', '/etc/keys holds no key that may sign commits'],
    ['\nhello\n', '/etc/keys:2: this line is neither a public key nor a line of allowed_signers'],
    ['ssh-dss AAAAB3Nz', '/etc/keys:1: this line holds a key of type ssh-dss, which is not supported'],
    ['ssh-ed25519 AAAAC3Nz', '/etc/keys:1: this line holds a key that cannot be used: it ends too early'],
    ['\x99\x01bytes', '/etc/keys is no text; export OpenPGP keys with gpg --armor --export'],
  ])('that says %j cannot be used', async (text, message) => {
    await expect(parse(text)).rejects.toThrow(message);
  });

  it('cannot be used with an authority, an unknown option or a time that is none', async () => {
    await expect(parse(`*@x.org cert-authority ${key()}`)).rejects.toThrow(
      'certificate authority, which is not supported',
    );
    await expect(parse(`a@x.org no-touch-required ${key()}`)).rejects.toThrow(
      'option that is not known: no-touch-required',
    );
    await expect(parse(`a@x.org valid-before="soon" ${key()}`)).rejects.toThrow('"soon" is no time');
  });

  it('cannot be used with a private key in it, and does not tell it', async () => {
    const privateKey = await readFile(path.join(folder, 'ssh', 'alice'), 'utf8');
    const failure = await parse(privateKey).catch(String);
    expect(failure).toContain('/etc/keys holds a private key; only public keys belong there');
    expect(failure).not.toContain(privateKey.split('\n')[1]);
  });

  it('cannot be used with a short RSA key, or with an OpenPGP block that is broken', async () => {
    const { n = '', e = '' } = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
    const numbers = [Buffer.from(e, 'base64url'), Buffer.concat([Buffer.from([0]), Buffer.from(n, 'base64url')])];
    const blob = Buffer.concat([toWireString('ssh-rsa'), ...numbers.map(toWireString)]);
    await expect(parse(`ssh-rsa ${blob.toString('base64')}`)).rejects.toThrow('1024 bits is too short');
    const broken = bob.publicKey.replace(/\n\n[^\n]{20}/, '\n\n');
    await expect(parse(broken)).rejects.toThrow('/etc/keys holds an OpenPGP key that cannot be read');
  });
});
