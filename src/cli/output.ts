import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Where a command writes what may be much, and whose reader may go away: `fairlead logs … | head`. */
export interface Output {
  /** Resolves when there is room for more, or nobody reads any more. */
  write(chunk: string | Uint8Array): Promise<void>;
  /** Aborts when nobody reads any more. */
  readonly closed: AbortSignal;
}

/** What a shell says of a program that ends because nobody reads what it writes (SIGPIPE). */
export const CLOSED_CODE = 141;

/** @param stream errors of it are no exceptions from here on: they close the output */
export function openOutput(stream: Writable): Output {
  const closing = new AbortController();
  stream.on('error', () => closing.abort());
  return {
    closed: closing.signal,
    async write(chunk) {
      if (closing.signal.aborted || stream.write(chunk)) return;
      await once(stream, 'drain', { signal: closing.signal }).catch((error: unknown) => {
        if (!closing.signal.aborted) throw error;
      });
    },
  };
}
