import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';

/** A text that is no key for signatures of images. The message follows the text: `is not …`. */
export class ImageKeyError extends Error {}

export interface ImageKey {
  /** SHA-256 of its DER form, in hex. */
  readonly id: string;
  readonly key: KeyObject;
}

const SMALLEST_RSA = 2048;

/** A public key in PEM form, of the kinds that cosign signs with. @throws ImageKeyError */
export function parseImageKey(pem: string): ImageKey {
  if (/PRIVATE KEY/.test(pem)) throw new ImageKeyError('is not a public key but a private one, which must not be here');
  const key = readKey(pem);
  const details = key.asymmetricKeyDetails ?? {};
  const isGood =
    (key.asymmetricKeyType === 'ec' && details.namedCurve === 'prime256v1') ||
    key.asymmetricKeyType === 'ed25519' ||
    (key.asymmetricKeyType === 'rsa' && (details.modulusLength ?? 0) >= SMALLEST_RSA);
  if (!isGood) {
    throw new ImageKeyError('is not a key of a kind that is known (ECDSA on P-256, Ed25519, RSA of 2048 bits or more)');
  }
  const id = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  return { id, key };
}

/** Node would take a certificate or a private key as well: neither is what was asked for. */
function readKey(pem: string): KeyObject {
  if (/^\s*-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----\s*$/.test(pem)) {
    try {
      return createPublicKey(pem);
    } catch {
      // Told as any other text that is none.
    }
  }
  throw new ImageKeyError('is not a public key in PEM form (-----BEGIN PUBLIC KEY-----, as in cosign.pub)');
}

/** Whether the key made this signature over these bytes, by SHA-256 where its kind leaves a choice. */
export function isSignedBy(key: KeyObject, data: Buffer, signature: Buffer): boolean {
  return verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', data, key, signature);
}
