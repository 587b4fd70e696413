import { parentPort } from 'node:worker_threads';
import type { Ask, FromThread, ToThread } from './messages.ts';
import { toOutcome, valueOf, type Outcome } from './outcome.ts';

/** Does the jobs this thread is given (`createThread`), one after the other as they come. */
export function doJobs(job: (input: unknown, ask: Ask) => Promise<unknown>): void {
  const port = parentPort;
  if (port === null) throw new TypeError('this file is run by a thread of its own');
  const open = new Map<number, (outcome: Outcome) => void>();
  let asked = 0;
  const tell = (message: FromThread) => port.postMessage(message);

  const ask: Ask = async (method, ...args) => {
    const number = (asked += 1);
    const outcome = new Promise<Outcome>((resolve) => open.set(number, resolve));
    tell({ kind: 'ask', number, method, args });
    return valueOf(await outcome);
  };

  port.on('message', (message: ToThread) => {
    if (message.kind === 'answer') {
      open.get(message.number)?.(message.outcome);
      open.delete(message.number);
      return;
    }
    job(message.input, ask).then(
      (value) => tell({ kind: 'done', outcome: { value } }),
      (error: unknown) => tell({ kind: 'done', outcome: toOutcome(error) }),
    );
  });
}
