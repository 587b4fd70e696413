import { createHash } from 'node:crypto';
import type { BodyCheck } from './signature.ts';

/** What forges send at most: GitHub says 25 MB. */
export const MOST_BODY_BYTES = 25 * 1024 * 1024;
/** More is passed by without being kept: what a large push says is not needed to look at the repository. */
const KEPT_BODY_BYTES = 1024 * 1024;

/** Bytes of bodies that may be in memory together, however many send some and however slowly. */
export interface Memory {
  /** Whether there was room; then it is taken. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export function createMemory(bytes: number): Memory {
  let left = bytes;
  return {
    take(wanted) {
      if (wanted > left) return false;
      left -= wanted;
      return true;
    },
    give: (returned) => void (left += returned),
  };
}

export type ReadBody =
  | {
      readonly kind: 'read';
      /** undefined where there were more than are kept. */
      readonly bytes: Buffer | undefined;
      /** sha256, hexadecimal. */
      readonly digest: string;
    }
  | { readonly kind: 'too-large' }
  /** Whoever sent it is gone, or was too slow. */
  | { readonly kind: 'broken-off' };

/** Reads a body as it comes, and has it checked on the way: never more of it in memory than is kept. */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  { check, memory }: { readonly check: BodyCheck; readonly memory: Memory },
): Promise<ReadBody> {
  const hash = createHash('sha256');
  const kept = createKept(memory);
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > MOST_BODY_BYTES) return { kind: 'too-large' };
      hash.update(chunk);
      check.update(chunk);
      kept.add(chunk);
    }
    return { kind: 'read', bytes: kept.bytes(), digest: hash.digest('hex') };
  } catch {
    // Nothing but the connection fails here.
    return { kind: 'broken-off' };
  } finally {
    kept.drop();
  }
}

/** The whole of a body, or nothing. */
function createKept(memory: Memory) {
  let chunks: Uint8Array[] | undefined = [];
  let size = 0;
  const drop = () => {
    memory.give(size);
    size = 0;
    chunks = undefined;
  };
  return {
    add(chunk: Uint8Array): void {
      if (chunks === undefined) return;
      if (size + chunk.length > KEPT_BODY_BYTES || !memory.take(chunk.length)) {
        drop();
        return;
      }
      size += chunk.length;
      chunks.push(chunk);
    },
    bytes: () => (chunks === undefined ? undefined : Buffer.concat(chunks)),
    drop,
  };
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
