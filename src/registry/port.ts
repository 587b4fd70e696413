import type { FoundSignature, SignedImage } from '../signatures/image-signature.ts';

/** What is asked of registries: which image a tag stands for, and who has signed it. Adapter: registry.ts. */
export interface RegistryPort {
  /** The digest, `sha256:…`, that a tag of a repository stands for now. @throws RegistryError */
  resolve(image: TaggedImage, signal: AbortSignal): Promise<string>;
  /** The signatures of an image, batch after batch, unjudged. Who has what he needs leaves the loop. @throws RegistryError */
  signaturesOf(image: SignedImage, signal: AbortSignal): AsyncIterable<readonly FoundSignature[]>;
}

export interface TaggedImage {
  /** With the registry: `ghcr.io/acme/web`. */
  readonly name: string;
  readonly tag: string;
}

export type RegistryErrorCode =
  | 'unreachable' // no answer, or none that makes sense
  | 'refused' // it does not let us read
  | 'missing'; // there is no such image

/** A registry did not answer what it was asked. The message is a clause, with no credential in it. */
export class RegistryError extends Error {
  readonly code: RegistryErrorCode;
  constructor(code: RegistryErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'RegistryError';
    this.code = code;
  }
}
