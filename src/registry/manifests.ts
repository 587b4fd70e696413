// What manifests and indexes of signatures hold, read without trust: what does not fit is as if it were not there.

/** A part of a manifest that holds a signature. */
export interface SignatureLayer {
  /** `sha256:…` */
  readonly digest: string;
  readonly size: number;
  /** In base64, of the bytes it refers to; undefined: they hold it themselves, a bundle. */
  readonly signature: string | undefined;
}

const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const BUNDLE = /^application\/vnd\.dev\.sigstore\.bundle\b/;
/** What cosign has called a bundle where a registry keeps no list by itself. */
const UNTYPED = new Set(['', 'application/vnd.oci.empty.v1+json', 'application/vnd.oci.image.config.v1+json']);

export function layersIn(manifest: Buffer): readonly SignatureLayer[] {
  return entriesOf(manifest, 'layers').flatMap<SignatureLayer>(({ mediaType, digest, size, annotations }) => {
    if (!isDigest(digest) || typeof size !== 'number') return [];
    if (BUNDLE.test(textOf(mediaType))) return [{ digest, size, signature: undefined }];
    const signature = fieldsOf(annotations)['dev.cosignproject.cosign/signature'];
    const isSimple = mediaType === SIMPLE_SIGNING && typeof signature === 'string';
    return isSimple ? [{ digest, size, signature }] : [];
  });
}

/** Digests of the manifests that hold a bundle, or may hold one. */
export function bundlesIn(index: Buffer): readonly string[] {
  return entriesOf(index, 'manifests').flatMap(({ artifactType, digest }) => {
    const type = textOf(artifactType);
    return isDigest(digest) && (BUNDLE.test(type) || UNTYPED.has(type)) ? [digest] : [];
  });
}

type Fields = Readonly<Record<string, unknown>>;

function entriesOf(document: Buffer, list: string): readonly Fields[] {
  let value: unknown;
  try {
    value = JSON.parse(document.toString('utf8'));
  } catch {
    return [];
  }
  const entries = fieldsOf(value)[list];
  return Array.isArray(entries) ? entries.map(fieldsOf) : [];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}
