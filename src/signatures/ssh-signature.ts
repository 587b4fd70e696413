import { createHash, verify, type KeyObject } from 'node:crypto';
import type { SshSigner } from './allowed-signers.ts';
import { nameSshKey, type SshKey } from './ssh-key.ts';
import { readWire, toWireString, WireError } from './ssh-wire.ts';
import { refuse, type Verdict } from './verdict.ts';

/** What git signs under: a signature that somebody made over a file (`file`) or anything else is none over a commit. */
const NAMESPACE = 'git';
const HASHES = ['sha256', 'sha512'];
const ARMOR = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\s*$/;

/** PROTOCOL.sshsig of OpenSSH, section 2. */
interface SshSignature {
  readonly publicKey: Buffer;
  readonly namespace: string;
  readonly reserved: Buffer;
  readonly hash: string;
  readonly signature: Buffer;
}

/**
 * Judges a signature that `ssh-keygen -Y sign` made over the payload.
 * @param now ms since the epoch: a key counts while it is valid now, whenever it signed
 */
export function judgeSshSignature(
  { signature: armored, payload }: { readonly signature: string; readonly payload: Buffer },
  signers: readonly SshSigner[],
  now: number,
): Verdict {
  try {
    const signature = parseSshSignature(armored);
    const key = nameSshKey(signature.publicKey);
    if (signature.namespace !== NAMESPACE)
      return refuse(`is signed for the namespace ${JSON.stringify(signature.namespace.slice(0, 60))}, not for git`);
    const known = signers.filter(({ key: { blob } }) => blob.equals(signature.publicKey));
    const [first] = known;
    if (first === undefined) return refuse(`is signed with the SSH key ${key}, which is not among the trusted keys`);
    const valid = known.find((signer) => isValid(signer, now));
    if (valid === undefined) return refuse(`is signed with the SSH key ${key}, which ${whyNot(first, now)}`);
    if (!isGood(signature, valid.key, payload))
      return refuse(`has a signature that does not fit it: what was signed with the SSH key ${key} is something else`);
    return { verified: true, signer: valid.name === '' ? key : `${valid.name} (${key})` };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return refuse(`has a signature that cannot be read: ${error.message}`);
  }
}

function isValid({ validAfter = -Infinity, validBefore = Infinity }: SshSigner, now: number): boolean {
  return now >= validAfter && now < validBefore;
}

function whyNot({ validBefore = Infinity }: SshSigner, now: number): string {
  return now >= validBefore ? 'has expired' : 'is not valid yet';
}

function parseSshSignature(armored: string): SshSignature {
  const [, base64] = ARMOR.exec(armored.replaceAll('\r\n', '\n')) ?? [];
  if (base64 === undefined) throw new WireError('its armor is broken');
  const wire = readWire(Buffer.from(base64, 'base64'));
  if (wire.bytes(6).toString('latin1') !== 'SSHSIG') throw new WireError('it is none of SSH');
  const version = wire.uint32();
  if (version !== 1) throw new WireError(`its version is ${version}, and only 1 is known`);
  const publicKey = wire.string();
  const namespace = wire.text();
  const reserved = wire.string();
  const hash = wire.text();
  const signature = wire.string();
  wire.end();
  if (!HASHES.includes(hash)) throw new WireError(`its hash is none of ${HASHES.join(', ')}`);
  return { publicKey, namespace, reserved, hash, signature };
}

function isGood({ namespace, reserved, hash, signature }: SshSignature, key: SshKey, payload: Buffer): boolean {
  const signed = Buffer.concat([
    Buffer.from('SSHSIG'),
    ...[namespace, reserved, hash, createHash(hash).update(payload).digest()].map(toWireString),
  ]);
  const wire = readWire(signature);
  const algorithm = wire.text();
  const value = wire.string();
  const data = key.application === undefined ? signed : toSecurityKeyData(key.application, signed, wire.bytes(5));
  wire.end();
  return verifyAs(algorithm, key, { data, value });
}

/** A security key signs hashes, whether somebody touched it, and a counter: PROTOCOL.u2f of OpenSSH. */
function toSecurityKeyData(application: Buffer, signed: Buffer, flagsAndCounter: Buffer): Buffer {
  const [flags = 0] = flagsAndCounter;
  if ((flags & 1) === 0) throw new WireError('nobody touched the security key');
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
  return Buffer.concat([sha256(application), flagsAndCounter, sha256(signed)]);
}

/** `ssh-rsa` as an algorithm means SHA-1, and is not among them: RSA keys sign with SHA-2. */
function verifyAs(algorithm: string, { type, key }: SshKey, signed: Signed): boolean {
  if (type === 'ssh-rsa') {
    if (algorithm === 'rsa-sha2-512') return verifyRsa('sha512', key, signed);
    if (algorithm === 'rsa-sha2-256') return verifyRsa('sha256', key, signed);
    throw new WireError('it is made with an algorithm that is too weak');
  }
  if (algorithm !== type) throw new WireError('its algorithm is not the one of its key');
  switch (type) {
    case 'ssh-ed25519':
    case 'sk-ssh-ed25519@openssh.com':
      return verify(null, signed.data, key, signed.value);
    case 'ecdsa-sha2-nistp384':
      return verifyEcdsa({ hash: 'sha384', size: 48 }, key, signed);
    case 'ecdsa-sha2-nistp521':
      return verifyEcdsa({ hash: 'sha512', size: 66 }, key, signed);
    case 'ecdsa-sha2-nistp256':
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return verifyEcdsa({ hash: 'sha256', size: 32 }, key, signed);
    default:
      return type satisfies never;
  }
}

interface Signed {
  readonly data: Buffer;
  readonly value: Buffer;
}

/** OpenSSH leaves zeros at the front away. */
function verifyRsa(hash: string, key: KeyObject, { data, value }: Signed): boolean {
  const length = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  return verify(hash, data, key, padTo(length, value));
}

/** Two numbers, each as long as the curve makes them. */
function verifyEcdsa(curve: { readonly hash: string; readonly size: number }, key: KeyObject, signed: Signed): boolean {
  const { hash, size } = curve;
  const { data, value } = signed;
  const wire = readWire(value);
  const numbers = [wire.mpint(), wire.mpint()].map((number) => padTo(size, number));
  wire.end();
  return verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, Buffer.concat(numbers));
}

function padTo(length: number, number: Buffer): Buffer {
  if (number.length > length) throw new WireError('its numbers are too long');
  return Buffer.concat([Buffer.alloc(length - number.length), number]);
}
