import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { readWire, WireError, type WireReader } from './ssh-wire.ts';

/** A public key of SSH, ready to verify with. */
export interface SshKey {
  readonly type: SshKeyType;
  /** As it stands in files and in signatures: the same key has the same bytes. */
  readonly blob: Buffer;
  readonly key: KeyObject;
  /** Of a key that lives in a security key (FIDO): what it signs for, usually `ssh:`. */
  readonly application: Buffer | undefined;
}

const SHORTEST_RSA_BITS = 2048;
const CURVES = { nistp256: 'P-256', nistp384: 'P-384', nistp521: 'P-521' } as const;
type Curve = keyof typeof CURVES;

/** What a key is made of, by its type. DSA is not here: it is broken, and OpenSSH no longer knows it. */
const READERS = {
  'ssh-ed25519': (wire) => ed25519(wire),
  'ssh-rsa': (wire) => rsa(wire),
  'ecdsa-sha2-nistp256': (wire) => ecdsa(wire, 'nistp256'),
  'ecdsa-sha2-nistp384': (wire) => ecdsa(wire, 'nistp384'),
  'ecdsa-sha2-nistp521': (wire) => ecdsa(wire, 'nistp521'),
  'sk-ssh-ed25519@openssh.com': (wire) => ed25519(wire),
  'sk-ecdsa-sha2-nistp256@openssh.com': (wire) => ecdsa(wire, 'nistp256'),
} as const satisfies Readonly<Record<string, (wire: WireReader) => KeyObject>>;
export type SshKeyType = keyof typeof READERS;

/** Short names, as `ssh-keygen -l` shows them. */
const SHORT = {
  'ssh-ed25519': 'ED25519',
  'ssh-rsa': 'RSA',
  'ecdsa-sha2-nistp256': 'ECDSA',
  'ecdsa-sha2-nistp384': 'ECDSA',
  'ecdsa-sha2-nistp521': 'ECDSA',
  'sk-ssh-ed25519@openssh.com': 'ED25519-SK',
  'sk-ecdsa-sha2-nistp256@openssh.com': 'ECDSA-SK',
} as const satisfies Readonly<Record<SshKeyType, string>>;

export function isSshKeyType(type: string): type is SshKeyType {
  return Object.hasOwn(READERS, type);
}

/** @throws WireError for a type that is not known, a key too short to be trusted, or bytes that are no key */
export function parseSshKey(blob: Buffer): SshKey {
  const wire = readWire(blob);
  const type = wire.text();
  if (!isSshKeyType(type)) throw new WireError(`keys of type ${printable(type)} are not supported`);
  let key: KeyObject;
  try {
    key = READERS[type](wire);
  } catch (error) {
    if (error instanceof WireError) throw error;
    throw new WireError('its numbers are no key');
  }
  const application = type.startsWith('sk-') ? wire.string() : undefined;
  wire.end();
  return { type, blob, key, application };
}

/** `ED25519 SHA256:…`, as `ssh-keygen -l` shows it. */
export function nameSshKey(blob: Buffer): string {
  const hash = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  const type = readWire(blob).text();
  return `${isSshKeyType(type) ? SHORT[type] : printable(type)} SHA256:${hash}`;
}

function ed25519(wire: WireReader): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: base64url(wire.string()) }, format: 'jwk' });
}

function rsa(wire: WireReader): KeyObject {
  const [e, n] = [wire.mpint(), wire.mpint()];
  const key = createPublicKey({ key: { kty: 'RSA', e: base64url(e), n: base64url(n) }, format: 'jwk' });
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < SHORTEST_RSA_BITS)
    throw new WireError(`an RSA key of ${bits} bits is too short (at least ${SHORTEST_RSA_BITS})`);
  return key;
}

function ecdsa(wire: WireReader, curve: Curve): KeyObject {
  if (wire.text() !== curve) throw new WireError('its curve is not the one of its type');
  const point = wire.string();
  const half = (point.length - 1) / 2;
  if (point[0] !== 4 || !Number.isInteger(half)) throw new WireError('its numbers are no key');
  const [x, y] = [base64url(point.subarray(1, 1 + half)), base64url(point.subarray(1 + half))];
  return createPublicKey({ key: { kty: 'EC', crv: CURVES[curve], x, y }, format: 'jwk' });
}

function base64url(bytes: Buffer): string {
  return bytes.toString('base64url');
}

/** A type comes from whoever signed: it goes into a log. */
function printable(type: string): string {
  return JSON.stringify(type.slice(0, 60));
}
