// What is asked of the signatures of images, and what is known of them.

/** A key that is trusted to sign images. */
export interface SignatureKey {
  /** As people call it. */
  readonly name: string;
  /** 64 hex digits: the same key has the same, however it is written. */
  readonly id: string;
  readonly pem: string;
}

/** A rule that wants a signature; any one of its keys will do. */
export interface SignatureDemand {
  /** Where it stands: `` `images.require` of policy.yaml ``. */
  readonly rule: string;
  readonly keys: readonly SignatureKey[];
}

/** Who is known to have signed what: `ghcr.io/acme/web@sha256:…`, with the registry, → ids of keys, sorted. */
export type KnownSigners = ReadonlyMap<string, readonly string[]>;

export const NO_SIGNERS: KnownSigners = new Map();

/** The first rule that signatures by these keys do not satisfy; undefined: they satisfy all of them. */
export function unmetDemand(
  demands: readonly SignatureDemand[],
  signers: readonly string[],
): SignatureDemand | undefined {
  return demands.find(({ keys }) => !keys.some(({ id }) => signers.includes(id)));
}
