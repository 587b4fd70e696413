import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { toWireString } from '../../src/signatures/ssh-wire.ts';

const run = promisify(execFile);

// Signatures that ssh-keygen does not make, or not without hardware, by the documents PROTOCOL.sshsig and PROTOCOL.u2f.

/** The commit with that signature in place of the one it has. */
export function withSignature(commit: Buffer, armored: string): Buffer {
  const text = unsign(commit).toString('latin1');
  const header = `gpgsig ${armored.trim().replaceAll('\n', '\n ')}`;
  return Buffer.from(
    text.replace('\n\n', () => `\n${header}\n\n`),
    'latin1',
  );
}

/** What is signed of a commit. */
export function unsign(commit: Buffer): Buffer {
  return Buffer.from(commit.toString('latin1').replace(/^gpgsig .*\n(?: .*\n)*/m, ''), 'latin1');
}

/** A signature of the real ssh-keygen, under any namespace. */
export async function signAs(namespace: string, keyFile: string, payload: Buffer): Promise<string> {
  const signing = run('ssh-keygen', ['-q', '-Y', 'sign', '-n', namespace, '-f', keyFile, '-']);
  signing.child.stdin?.end(payload);
  return (await signing).stdout;
}

export interface Crafted {
  readonly publicKey: string;
  readonly signature: string;
}

export interface CraftOptions {
  readonly hash?: string;
  readonly version?: number;
  /** Of a security key: 1 says that somebody touched it. */
  readonly flags?: number;
}

/** By a key in a security key (FIDO) of that type. */
export function signWithSecurityKey(type: 'ed25519' | 'ecdsa', payload: Buffer, options: CraftOptions = {}): Crafted {
  const application = 'ssh:';
  const { publicKey, privateKey } =
    type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = type === 'ed25519' ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com';
  const blob = wire(algorithm, ...numbersOf(publicKey), application);
  const extra = Buffer.from([options.flags ?? 1, 0, 0, 0, 7]);
  const data = Buffer.concat([sha256(application), extra, sha256(toSigned(payload, options))]);
  const value =
    type === 'ed25519'
      ? sign(null, data, privateKey)
      : toNumbers(sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }));
  const signature = Buffer.concat([wire(algorithm, value), extra]);
  return { publicKey: toLine(algorithm, blob), signature: toArmor(blob, signature, options) };
}

/** By an RSA key, with the algorithm of OpenSSH that stands for SHA-1. */
export function signWithSha1(payload: Buffer, options: CraftOptions = {}): Crafted {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const blob = wire('ssh-rsa', Buffer.from(e, 'base64url'), toPositive(Buffer.from(n, 'base64url')));
  const signature = wire('ssh-rsa', sign('sha1', toSigned(payload, options), privateKey));
  return { publicKey: toLine('ssh-rsa', blob), signature: toArmor(blob, signature, options) };
}

function toSigned(payload: Buffer, { hash = 'sha512' }: CraftOptions): Buffer {
  const digest = createHash(hash).update(payload).digest();
  return Buffer.concat([Buffer.from('SSHSIG'), wire('git', '', hash, digest)]);
}

function toArmor(blob: Buffer, signature: Buffer, { hash = 'sha512', version = 1 }: CraftOptions): string {
  const bytes = Buffer.concat([
    Buffer.from('SSHSIG'),
    Buffer.from([0, 0, 0, version]),
    wire(blob, 'git', '', hash, signature),
  ]);
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}

function numbersOf(key: KeyObject): readonly (Buffer | string)[] {
  const { x = '', y } = key.export({ format: 'jwk' });
  if (y === undefined) return [Buffer.from(x, 'base64url')];
  return ['nistp256', Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])];
}

function toNumbers(pair: Buffer): Buffer {
  return wire(toPositive(pair.subarray(0, pair.length / 2)), toPositive(pair.subarray(pair.length / 2)));
}

/** Without zeros at the front, but with one where the first bit would make it negative. */
function toPositive(number: Buffer): Buffer {
  const bytes = number.subarray(number.findIndex((byte) => byte !== 0));
  return (bytes[0] ?? 0) < 128 ? bytes : Buffer.concat([Buffer.from([0]), bytes]);
}

function wire(...parts: readonly (Buffer | string)[]): Buffer {
  return Buffer.concat(parts.map(toWireString));
}

function toLine(type: string, blob: Buffer): string {
  return `${type} ${blob.toString('base64')} crafted\n`;
}

function sha256(bytes: Buffer | string): Buffer {
  return createHash('sha256').update(bytes).digest();
}
