import type { DiskSpace } from '../model/observed.ts';
import { armDeadline, orAborted } from './deadline.ts';
import type { AttachedConnection } from './attached-connection.ts';
import { parseDiskSpace } from './disk-space.ts';
import { isSamePlace, parseNetworkPlace, readOwnNetworkPlace } from './network-place.ts';
import { DockerError, type Lease } from './port.ts';
import { parseRouteTable } from './routes.ts';

const ANSWER_TIMEOUT_MS = 10_000;
/** The line the helper ends an answer with. */
const END = '.';

interface Asker {
  readonly resolve: (answer: string) => void;
  readonly reject: (error: Error) => void;
}

/** A lease over the connection to its helper: the connection is the lease. */
export function holdLease(connection: AttachedConnection): Lease {
  // The helper speaks first, without being asked: that answer is dropped.
  const askers: (Asker | undefined)[] = [undefined];
  let isGone = false;
  const lost = followAnswers(connection, (answer) => askers.shift()?.resolve(answer)).then((reason) => {
    isGone = true;
    for (const asker of askers) asker?.reject(new DockerError('unreachable', `the lease is gone: ${reason}`));
    return reason;
  });
  const ask = async (signal: AbortSignal): Promise<string> => {
    if (isGone) throw new DockerError('unreachable', 'the lease is gone');
    const deadline = armDeadline(signal, ANSWER_TIMEOUT_MS);
    try {
      const answer = new Promise<string>((resolve, reject) => askers.push({ resolve, reject }));
      connection.send('\n');
      return await orAborted(answer, deadline.signal);
    } finally {
      deadline.disarm();
    }
  };
  return {
    kind: 'lease',
    lost,
    routes: async (signal) => parseRouteTable(await ask(signal)),
    space: async (signal) => toDiskSpace(await ask(signal)),
    sharesNetwork: async (signal) => isSamePlace(parseNetworkPlace(await ask(signal)), await readOwnNetworkPlace()),
    release: async () => {
      await connection.close();
      await lost;
    },
  };
}

function toDiskSpace(answer: string): DiskSpace {
  const space = parseDiskSpace(answer);
  if (space === undefined) throw new DockerError('refused', 'the lease cannot tell how much space there is');
  return space;
}

/** Passes on every answer; resolves with the reason when there can be no more. */
function followAnswers(connection: AttachedConnection, onAnswer: (answer: string) => void): Promise<string> {
  let text = '';
  return connection.follow((bytes) => {
    text += bytes.toString('latin1');
    const blocks = text.split(`\n${END}\n`);
    text = blocks.pop() ?? '';
    for (const block of blocks) onAnswer(block);
  });
}
