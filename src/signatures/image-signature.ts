import type { SignatureKey } from '../model/signature-demand.ts';
import { isSignedBy, parseImageKey } from './image-key.ts';

// Signatures of images as cosign makes them with a key (cosign's SIGNATURE_SPEC and BUNDLE_SPEC, DSSE 1.0).

/** One as a registry has it: bytes of somebody who is not trusted. */
export type FoundSignature =
  /** Before cosign 3, and with `--new-bundle-format=false`: a document beside its signature, in base64. */
  | { readonly kind: 'simple-signing'; readonly payload: Buffer; readonly signature: string }
  /** Since cosign 3: both in one Sigstore bundle. */
  | { readonly kind: 'bundle'; readonly text: Buffer };

/** What is to be signed. */
export interface SignedImage {
  /** With the registry, without tag and digest: `ghcr.io/acme/web`. */
  readonly name: string;
  /** `sha256:…` */
  readonly digest: string;
}

export interface JudgedSignatures {
  /** Ids of the keys that have signed this very image, sorted. */
  readonly signers: readonly string[];
  /** Why the others do not count: clauses, each once. */
  readonly reasons: readonly string[];
}

export interface Trust {
  readonly keys: readonly SignatureKey[];
  /** The one form of the name of an image, registry included. */
  readonly fullName: (image: string) => string;
}

/**
 * Which of the keys have signed the image. Nothing of a signature is believed before a key vouches for it; then it counts
 * for the digest that it names, and for the repository, whose tag is left aside: cosign writes none. A bundle names no
 * repository.
 */
export function judgeImageSignatures(
  found: readonly FoundSignature[],
  image: SignedImage,
  { keys, fullName }: Trust,
): JudgedSignatures {
  const signers = new Set<string>();
  const reasons = new Set<string>();
  const parsed = keys.map(({ pem }) => parseImageKey(pem));
  for (const one of found) {
    const opened = one.kind === 'bundle' ? openBundle(one.text) : openSimpleSigning(one);
    if (typeof opened === 'string') {
      reasons.add(opened);
      continue;
    }
    const vouching = parsed.filter(({ key }) => opened.signatures.some((each) => isSigned(key, opened.signed, each)));
    const wrong = vouching.length === 0 ? BY_ANOTHER : complaint(opened.claim(), image, fullName);
    if (wrong !== undefined) reasons.add(wrong);
    else for (const { id } of vouching) signers.add(id);
  }
  return { signers: [...signers].sort(), reasons: [...reasons] };
}

export const BY_ANOTHER = 'it is signed by another key';

/** A signature, and what it says once it is known to be good. */
interface Opened {
  readonly signed: Buffer;
  readonly signatures: readonly Buffer[];
  readonly claim: () => Claim;
}

/** A string: why it is none, a clause. */
type Claim = { readonly digests: readonly string[]; readonly reference: string | undefined } | string;

const MALFORMED = 'a signature of it makes no sense';

function isSigned(key: Parameters<typeof isSignedBy>[0], signed: Buffer, signature: Buffer): boolean {
  try {
    return isSignedBy(key, signed, signature);
  } catch {
    return false; // of another form than this kind of key makes
  }
}

function complaint(claim: Claim, { name, digest }: SignedImage, fullName: Trust['fullName']): string | undefined {
  if (typeof claim === 'string') return claim;
  if (!claim.digests.includes(digest)) return 'its signature is one of another digest';
  if (claim.reference === undefined || fullName(claim.reference) === name) return undefined;
  return `its signature is one of ${shown(claim.reference)}`;
}

/** Signed by a trusted key, and yet no more than a text to show. */
function shown(reference: string): string {
  return reference.length <= 256 && /^[\w.:/@-]+$/.test(reference) ? reference : 'another image';
}

function openSimpleSigning({ payload, signature }: FoundSignature & { readonly kind: 'simple-signing' }): Opened {
  return {
    signed: payload,
    signatures: [Buffer.from(signature, 'base64')],
    claim: () => {
      const critical = fieldsAt(parse(payload), 'critical');
      if (critical['type'] !== 'cosign container image signature') return 'its signature is not one of an image';
      const digest = fieldsAt(critical, 'image')['docker-manifest-digest'];
      const reference = fieldsAt(critical, 'identity')['docker-reference'];
      const isWhole = typeof digest === 'string' && typeof reference === 'string';
      return isWhole ? { digests: [digest], reference } : MALFORMED;
    },
  };
}

const STATEMENT = 'application/vnd.in-toto+json';
/** What cosign calls the signature of an image; other statements about an image are no consent to run it. */
const IMAGE_SIGNATURE = 'https://sigstore.dev/cosign/sign/v1';
/** DSSE allows several; cosign makes one. */
const MOST_SIGNATURES = 8;

/** A string: why it is none. */
function openBundle(text: Buffer): Opened | string {
  const envelope = fieldsAt(parse(text), 'dsseEnvelope');
  const { payload, payloadType, signatures } = envelope;
  if (typeof payload !== 'string' || payloadType !== STATEMENT || !Array.isArray(signatures)) return MALFORMED;
  const body = Buffer.from(payload, 'base64');
  const sigs = signatures.slice(0, MOST_SIGNATURES).map((one: unknown) => fieldsOf(one)['sig']);
  return {
    signed: Buffer.concat([Buffer.from(`DSSEv1 ${STATEMENT.length} ${STATEMENT} ${body.length} `), body]),
    signatures: sigs.flatMap((sig) => (typeof sig === 'string' ? [Buffer.from(sig, 'base64')] : [])),
    claim: () => {
      const statement = parse(body);
      const { predicateType, subject } = statement;
      if (predicateType !== IMAGE_SIGNATURE) return 'it is a statement about the image and not its signature';
      if (!Array.isArray(subject)) return MALFORMED;
      const digests = subject.map((one: unknown) => fieldsAt(fieldsOf(one), 'digest')['sha256']);
      return { digests: digests.map((hex) => `sha256:${String(hex)}`), reference: undefined };
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parse(bytes: Buffer): Fields {
  try {
    return fieldsOf(JSON.parse(bytes.toString('utf8')));
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function fieldsAt(fields: Fields, key: string): Fields {
  return fieldsOf(fields[key]);
}
