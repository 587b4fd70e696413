import type { Duplex } from 'node:stream';
import { armDeadline, orAborted } from './deadline.ts';
import { demux } from './demux.ts';
import { DockerError, type Lease } from './port.ts';
import { parseRouteTable } from './routes.ts';

const ANSWER_TIMEOUT_MS = 10_000;
/** The line the helper ends an answer with. */
const END = '.';

interface Asker {
  readonly resolve: (table: string) => void;
  readonly reject: (error: Error) => void;
}

/** A lease over the connection to its helper's stdin and stdout: the connection is the lease. */
export function holdLease(connection: Duplex, helper: { readonly remove: () => Promise<void> }): Lease {
  // The helper speaks first, without being asked: that answer is dropped.
  const askers: (Asker | undefined)[] = [undefined];
  const lost = followAnswers(connection, (table) => askers.shift()?.resolve(table)).then((reason) => {
    for (const asker of askers) asker?.reject(new DockerError('unreachable', `the lease is gone: ${reason}`));
    return reason;
  });
  return {
    kind: 'lease',
    lost,
    routes: async (signal) => parseRouteTable(await ask(connection, askers, signal)),
    release: async () => {
      connection.end();
      // The helper ends by itself; removing it as well makes sure that it has.
      await helper.remove().catch(() => undefined);
      connection.destroy();
      await lost;
    },
  };
}

async function ask(connection: Duplex, askers: (Asker | undefined)[], signal: AbortSignal): Promise<string> {
  if (connection.destroyed || connection.readableEnded) throw new DockerError('unreachable', 'the lease is gone');
  const deadline = armDeadline(signal, ANSWER_TIMEOUT_MS);
  try {
    const answer = new Promise<string>((resolve, reject) => askers.push({ resolve, reject }));
    connection.write('\n');
    return await orAborted(answer, deadline.signal);
  } finally {
    deadline.disarm();
  }
}

/** Passes on every answer; resolves with the reason when there can be no more. */
async function followAnswers(connection: Duplex, onAnswer: (table: string) => void): Promise<string> {
  connection.on('error', () => undefined);
  let text = '';
  try {
    for await (const { payload } of demux(connection)) {
      text += payload.toString('latin1');
      const blocks = text.split(`\n${END}\n`);
      text = blocks.pop() ?? '';
      for (const block of blocks) onAnswer(block);
    }
    return 'the helper container, or the connection to it, ended';
  } catch (error) {
    return `the connection to the helper broke (${error instanceof Error ? error.message : String(error)})`;
  } finally {
    connection.destroy();
  }
}
