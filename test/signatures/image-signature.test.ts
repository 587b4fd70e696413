import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { SignatureKey } from '../../src/model/signature-demand.ts';
import { fullImageName } from '../../src/policy/registries.ts';
import { parseImageKey } from '../../src/signatures/image-key.ts';
import { judgeImageSignatures, type FoundSignature } from '../../src/signatures/image-signature.ts';
import { BY_COSIGN, BY_SKOPEO, SAMPLE_DIGEST, SAMPLE_KEY } from './cosign-samples.ts';
import { createImageSigner, simpleSigning } from './image-signer.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const WEB = { name: 'ghcr.io/acme/web', digest: DIGEST };
const release = createImageSigner('release');
const other = createImageSigner('other');

function judge(found: readonly FoundSignature[], keys: readonly SignatureKey[] = [release.key], image = WEB) {
  return judgeImageSignatures(found, image, { keys, fullName: fullImageName });
}

describe('a signature of an image', () => {
  test.each([
    ['cosign', BY_COSIGN],
    ['skopeo, with a tag', BY_SKOPEO],
  ])('made by %s counts for its repository and digest, and for nothing else', (_, { name, payload, signature }) => {
    const found: FoundSignature = { kind: 'simple-signing', payload: Buffer.from(payload, 'base64'), signature };
    const key = { name: 'sample', id: parseImageKey(SAMPLE_KEY).id, pem: SAMPLE_KEY };
    expect(judge([found], [key], { name, digest: SAMPLE_DIGEST })).toEqual({ signers: [key.id], reasons: [] });
    expect(judge([found], [key], { name, digest: DIGEST }).reasons).toEqual(['its signature is one of another digest']);
    const elsewhere = judge([found], [key], { name: 'ghcr.io/acme/web', digest: SAMPLE_DIGEST });
    expect(elsewhere.reasons).toEqual([expect.stringMatching(/^its signature is one of 192\.168\.64\.2:5000/)]);
    const spoilt = { ...found, payload: Buffer.from(String(found.payload).replace('634a', '634b')) };
    expect(judge([spoilt], [key], { name, digest: SAMPLE_DIGEST })).toEqual({
      signers: [],
      reasons: ['it is signed by another key'],
    });
  });

  test.each(['P-256', 'Ed25519', 'RSA'] as const)('may be made with a key of the kind %s', (kind) => {
    const signer = createImageSigner('one', kind);
    expect(judge([signer.sign(WEB)], [signer.key]).signers).toEqual([signer.key.id]);
    expect(judge([signer.signBundle(DIGEST)], [signer.key]).signers).toEqual([signer.key.id]);
    expect(judge([signer.sign(WEB)], [release.key]).signers).toEqual([]);
  });

  it('is one among many: whoever of the keys has signed is found', () => {
    const found = [other.sign(WEB), release.sign({ ...WEB, digest: `sha256:${'2'.repeat(64)}` }), release.sign(WEB)];
    expect(judge(found, [release.key, other.key]).signers).toEqual([release.key.id, other.key.id].sort());
  });

  it('of Docker Hub counts by whichever of its names', () => {
    const hub = { name: 'docker.io/library/nginx', digest: DIGEST };
    expect(
      judge([release.sign({ ...hub, name: 'index.docker.io/library/nginx' })], undefined, hub).signers,
    ).toHaveLength(1);
  });

  test.each<[string, FoundSignature, string]>([
    ['by another key', other.sign(WEB), 'it is signed by another key'],
    ['by another key, in a bundle', other.signBundle(DIGEST), 'it is signed by another key'],
    [
      'of another digest, in a bundle',
      release.signBundle(`sha256:${'2'.repeat(64)}`),
      'its signature is one of another digest',
    ],
    [
      'copied from another repository',
      release.sign({ ...WEB, name: 'ghcr.io/acme/db' }),
      'its signature is one of ghcr.io/acme/db',
    ],
    [
      'of something that is no image',
      release.signDocument({
        ...simpleSigning(WEB, 'atomic container signature'),
      }),
      'its signature is not one of an image',
    ],
    [
      'over a document without a digest',
      release.signDocument({ critical: { type: 'cosign container image signature' } }),
      'a signature of it makes no sense',
    ],
    [
      'that is a statement of another kind',
      release.signBundle(DIGEST, 'https://slsa.dev/provenance/v1'),
      'it is a statement about the image and not its signature',
    ],
    ['in a bundle that is none', { kind: 'bundle', text: Buffer.from('[') }, 'a signature of it makes no sense'],
    ['that is no base64', { ...release.sign(WEB), signature: '§§' }, 'it is signed by another key'],
    [
      'with words for the log in its reference',
      release.sign({ ...WEB, name: 'ghcr.io/acme/db\nall is well' }),
      'its signature is one of another image',
    ],
  ])('%s does not count', (_, found, reason) => {
    expect(judge([found])).toEqual({ signers: [], reasons: [reason] });
  });

  it('in a bundle is taken for the type that it was signed as', () => {
    const { text } = release.signBundle(DIGEST);
    const bundle = JSON.parse(text.toString()) as { dsseEnvelope: { payloadType: string } };
    bundle.dsseEnvelope.payloadType = 'text/plain';
    expect(judge([{ kind: 'bundle', text: Buffer.from(JSON.stringify(bundle)) }]).signers).toEqual([]);
  });
});

describe('a key for images', () => {
  const pemOf = (key: ReturnType<typeof generateKeyPairSync>['publicKey']) =>
    String(key.export({ type: 'spki', format: 'pem' }));

  it('is the same however its text is laid out', () => {
    expect(parseImageKey(`\n${SAMPLE_KEY}\n`).id).toBe(parseImageKey(SAMPLE_KEY).id);
  });

  test.each([
    ['a private key', 'x'.replace('x', '-----BEGIN EC PRIVATE KEY-----'), 'a private one'],
    ['no key', 'ssh-ed25519 AAAA', 'is not a public key in PEM form'],
    ['a broken one', SAMPLE_KEY.replace('MFkw', 'MFkx'), 'is not a public key in PEM form'],
    ['two', `${SAMPLE_KEY}${SAMPLE_KEY}`, 'is not a public key in PEM form'],
    [
      'a short RSA key',
      pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
      'of a kind that is known',
    ],
    [
      'another curve',
      pemOf(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey),
      'of a kind that is known',
    ],
  ])('is not %s', (_, text, sentence) => {
    expect(() => parseImageKey(text)).toThrow(sentence);
  });
});
