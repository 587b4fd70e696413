import { markerOf, toBody } from './comment-body.ts';
import { ForgeError, type CommentThread } from './port.ts';

export interface WantedComment {
  /** Tells the comments of one author apart. */
  readonly name: string;
  readonly text: string;
  /** Where all of it is, when the comment has no room for it. */
  readonly elsewhere: string | undefined;
  /** Leaves alone a pull request that has no such comment yet. */
  readonly updateOnly: boolean;
}

export type CommentOutcome = 'created' | 'updated' | 'unchanged' | 'not wanted';

export interface Patience {
  /** Resolves after so many ms. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onWait: (error: ForgeError, ms: number) => void;
}

const TRIES = 4;
/** Longer than any forge limits for a second; shorter than a pipeline should stand. */
const MOST_WAIT_MS = 120_000;

/**
 * Brings a pull request to have one comment of this name with this text. What was written before is found by its
 * marker and its author: the marker alone anybody can write. Each try looks anew, so that an answer that got
 * lost makes no second comment; comments that are too many, as two pipelines at once make them, are removed.
 * @throws ForgeError
 */
export async function keepComment(
  thread: CommentThread,
  wanted: WantedComment,
  { sleep, onWait, signal }: Patience & { readonly signal: AbortSignal },
): Promise<CommentOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await keepOnce(thread, wanted, signal);
    } catch (error) {
      if (!(error instanceof ForgeError) || error.retryAfterMs === undefined || attempt === TRIES) throw error;
      const ms = error.retryAfterMs * (error.status === undefined ? attempt : 1);
      if (ms > MOST_WAIT_MS) throw error;
      onWait(error, ms);
      await sleep(ms, signal);
    }
  }
}

async function keepOnce(thread: CommentThread, wanted: WantedComment, signal: AbortSignal): Promise<CommentOutcome> {
  const marker = markerOf(wanted.name);
  const own = (await thread.list(signal)).filter(({ body, isOwn }) => isOwn && body.startsWith(marker));
  const [first, ...others] = own;
  if (first === undefined && wanted.updateOnly) return 'not wanted';
  const body = toBody(wanted, thread.limit);
  if (first === undefined) {
    await thread.create(body, signal);
    return 'created';
  }
  for (const { id } of others) await thread.remove(id, signal);
  // Some forges end lines in their own way.
  if (first.body.replaceAll('\r\n', '\n').trimEnd() === body.trimEnd()) return 'unchanged';
  await thread.update(first.id, body, signal);
  return 'updated';
}
