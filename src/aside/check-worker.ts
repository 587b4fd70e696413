import { answerCheck, type CheckQuestion } from '../api/changes/check-aside.ts';
import { doJobs } from './do-jobs.ts';
import { unpack } from './pack.ts';

// Run by a thread: checks the changes that `createCheckThread` is given.

export interface CheckInput {
  /** A `CheckQuestion`. */
  readonly packed: Uint8Array;
  /** What was sent. */
  readonly bytes: Uint8Array;
}

doJobs((input) => {
  const { packed, bytes } = input as CheckInput;
  return Promise.resolve(answerCheck(unpack(packed) as CheckQuestion, bytes));
});
