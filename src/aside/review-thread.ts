import type { GitReader } from '../git/port.ts';
import type { LiveQuestion } from '../reconcile/answer-live.ts';
import type { ReviewDocument } from '../status/documents.ts';
import { pack, unpack } from './pack.ts';
import { createThread } from './thread.ts';

/** Far more than thousands of applications take. */
const MOST_MEGABYTES = 2_048;

/** Answers questions about refs in a thread of its own, one at a time; git is read here. */
export function createReviewThread(
  git: GitReader,
): (question: LiveQuestion, signal: AbortSignal) => Promise<ReviewDocument> {
  const thread = createThread({ file: 'review-worker', mostMegabytes: MOST_MEGABYTES });
  return async (question, signal) => {
    const input = await pack(question);
    const answer = (method: string, args: readonly unknown[]) => read(git, { method, args }, signal);
    const packed = await thread.run({ input, transfer: [input.buffer], answer }, signal);
    return unpack(packed as Uint8Array) as ReviewDocument;
  };
}

interface Call {
  readonly method: string;
  readonly args: readonly unknown[];
}

async function read(git: GitReader, { method, args }: Call, signal: AbortSignal): Promise<unknown> {
  const [first, second] = args;
  switch (method as keyof GitReader) {
    case 'readTree':
      return await git.readTree(first as string);
    case 'readTreeEntry':
      return await git.readTreeEntry(first as string, second as string);
    case 'compareTrees':
      return await git.compareTrees(first as string, second as string);
    case 'readBlob': {
      const bytes = await git.readBlob(first as string, second as number);
      // Of a larger buffer that it may be a piece of nothing else goes over.
      return bytes === 'too-large' ? bytes : new Uint8Array(bytes);
    }
    case 'readCommit':
      return await git.readCommit(first as string, signal);
    case 'deepen':
      await git.deepen(first as number, signal);
      return undefined;
  }
}
