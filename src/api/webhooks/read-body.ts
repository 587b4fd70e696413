import { createHash } from 'node:crypto';
import type { BodyCheck } from './signature.ts';

/** What forges send at most: GitHub says 25 MB. */
export const MOST_BODY_BYTES = 25 * 1024 * 1024;
/** More is passed by without being kept: what a large push says is not needed to look at the repository. */
export const KEPT_BODY_BYTES = 1024 * 1024;

export type ReadBody =
  | {
      readonly kind: 'read';
      /** undefined where there were more than are kept. */
      readonly bytes: Buffer | undefined;
      /** sha256, hexadecimal. */
      readonly digest: string;
    }
  | { readonly kind: 'too-large' };

/**
 * Reads a body as it comes, and has it checked on the way: never more of it in memory than is kept.
 * @throws what the connection does when it breaks off
 */
export async function readBody(body: AsyncIterable<Uint8Array>, check: BodyCheck): Promise<ReadBody> {
  const hash = createHash('sha256');
  const kept: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MOST_BODY_BYTES) return { kind: 'too-large' };
    hash.update(chunk);
    check.update(chunk);
    if (size <= KEPT_BODY_BYTES) kept.push(chunk);
    else kept.length = 0;
  }
  const bytes = size <= KEPT_BODY_BYTES ? Buffer.concat(kept) : undefined;
  return { kind: 'read', bytes, digest: hash.digest('hex') };
}

/** What the body says; 'unreadable' where it is no JSON. A form has it in the field `payload` (GitHub). */
export function parsePayload(bytes: Uint8Array, contentType: string): { readonly value: unknown } | 'unreadable' {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const json = isForm(contentType) ? (new URLSearchParams(text).get('payload') ?? '') : text;
    return { value: JSON.parse(json) as unknown };
  } catch {
    return 'unreadable';
  }
}

function isForm(contentType: string): boolean {
  return /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType);
}
