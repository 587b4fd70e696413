import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { SignatureKey } from '../../src/model/signature-demand.ts';
import { parseImageKey } from '../../src/signatures/image-key.ts';
import type { FoundSignature, SignedImage } from '../../src/signatures/image-signature.ts';

// Signs images byte by byte as cosign does: no package of the systems the tests run on can (Debian's skopeo has it cut out).

export interface ImageSigner {
  readonly key: SignatureKey;
  /** What `cosign sign --new-bundle-format=false --key` makes. */
  sign(image: SignedImage): FoundSignature & { readonly kind: 'simple-signing' };
  /** The same over a document of any content. */
  signDocument(document: object): FoundSignature & { readonly kind: 'simple-signing' };
  /** What `cosign sign --key` makes since version 3. */
  signBundle(digest: string, predicateType?: string): FoundSignature & { readonly kind: 'bundle' };
}

export type KeyKind = 'P-256' | 'Ed25519' | 'RSA';

export function createImageSigner(name: string, kind: KeyKind = 'P-256'): ImageSigner {
  const { privateKey, publicKey } = newKeys(kind);
  const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
  const signatureOf = (bytes: Buffer) =>
    sign(kind === 'Ed25519' ? null : 'sha256', bytes, privateKey).toString('base64');
  const signDocument: ImageSigner['signDocument'] = (document) => {
    const payload = Buffer.from(JSON.stringify(document));
    return { kind: 'simple-signing', payload, signature: signatureOf(payload) };
  };
  return {
    key: { name, id: parseImageKey(pem).id, pem },
    signDocument,
    sign: (image) => signDocument(simpleSigning(image)),
    signBundle(digest, predicateType = 'https://sigstore.dev/cosign/sign/v1') {
      const type = 'application/vnd.in-toto+json';
      const subject = [{ digest: { sha256: digest.replace('sha256:', '') }, annotations: {} }];
      const statement = { _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} };
      const body = Buffer.from(JSON.stringify(statement));
      const sig = signatureOf(Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${body.length} `), body]));
      const bundle = {
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: { publicKey: { hint: 'aGludA==' } },
        dsseEnvelope: { payload: body.toString('base64'), payloadType: type, signatures: [{ sig }] },
      };
      return { kind: 'bundle', text: Buffer.from(JSON.stringify(bundle)) };
    },
  };
}

export function simpleSigning({ name, digest }: SignedImage, type = 'cosign container image signature'): object {
  const identity = { 'docker-reference': name };
  const image = { 'docker-manifest-digest': digest };
  return { critical: { identity, image, type }, optional: null };
}

function newKeys(kind: KeyKind): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  switch (kind) {
    case 'P-256':
      return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    case 'Ed25519':
      return generateKeyPairSync('ed25519');
    case 'RSA':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
    default:
      return kind satisfies never;
  }
}
