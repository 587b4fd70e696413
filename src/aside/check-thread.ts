import { toAnswer, toQuestion, type CheckReply } from '../api/changes/check-aside.ts';
import type { CheckAside } from '../api/protocol/check.ts';
import type { CheckInput } from './check-worker.ts';
import { pack } from './pack.ts';
import { createThread } from './thread.ts';

/** Far more than a body of 1 MiB and thousands of documents take. */
const MOST_MEGABYTES = 1_024;
const LONGEST_MS = 30_000;

/**
 * Checks changes in a thread of its own, one at a time. Of one asker one at a time waits for that, so that nobody waits for
 * more than one of each of the others.
 */
export function createCheckThread(): CheckAside {
  const thread = createThread({ file: 'check-worker', mostMegabytes: MOST_MEGABYTES });
  const lines = new Map<string, Promise<unknown>>();
  return async (check, asker, signal) => {
    const turn = (lines.get(asker) ?? Promise.resolve()).then(async () => {
      signal.throwIfAborted();
      const packed = await pack(toQuestion(check));
      const input: CheckInput = { packed, bytes: new Uint8Array(check.view.body?.bytes ?? []) };
      const until = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
      return toAnswer((await thread.run({ input, transfer: [packed.buffer] }, until)) as CheckReply);
    });
    const settled = turn.catch(() => undefined);
    lines.set(asker, settled);
    void settled.then(() => lines.get(asker) === settled && lines.delete(asker));
    return await turn;
  };
}
