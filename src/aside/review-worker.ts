import type { GitReader } from '../git/port.ts';
import { answerLive, type LiveQuestion } from '../reconcile/answer-live.ts';
import type { ParsedFiles } from '../reconcile/tree-loader.ts';
import { doJobs } from './do-jobs.ts';
import type { Ask } from './messages.ts';
import { pack, unpack } from './pack.ts';

// Run by a thread: answers what `createReviewThread` is asked.

/** One ends with the thread. */
const NEVER = new AbortController().signal;
const parsed: ParsedFiles = new Map();

doJobs(async (input, ask) => {
  const question = unpack(input as Uint8Array) as LiveQuestion;
  const document = await answerLive(question, { git: askingFor(ask), parsed }, NEVER);
  return await pack(document);
});

/** The repository, which stays with the daemon's own thread; what aborts, aborts there. */
function askingFor(ask: Ask): GitReader {
  const call = async <T>(method: keyof GitReader, ...args: readonly unknown[]) => (await ask(method, ...args)) as T;
  return {
    readTree: (commit) => call('readTree', commit),
    readTreeEntry: (commit, path) => call('readTreeEntry', commit, path),
    compareTrees: (from, commit) => call('compareTrees', from, commit),
    readBlob: (oid, maxBytes) => call('readBlob', oid, maxBytes),
    readCommit: (commit) => call('readCommit', commit),
    deepen: (depth) => call('deepen', depth),
  };
}
