import type { Duplex } from 'node:stream';
import { demux } from './demux.ts';

/** The stdin and stdout of a helper program, which ends when its stdin does. */
export interface AttachedConnection {
  send(bytes: string | Buffer): void;
  /** Passes on what the helper writes; resolves, never rejects, with the reason when there can be no more. Once. */
  follow(onOutput: (bytes: Buffer) => void): Promise<string>;
  /** Ends the helper and waits until it is gone. */
  close(): Promise<void>;
}

/** A helper in a container, over the connection of an attach. */
export function openAttachedConnection(connection: Duplex, removeHelper: () => Promise<void>): AttachedConnection {
  connection.on('error', () => undefined);
  return {
    send: (bytes) => {
      if (connection.writable) connection.write(bytes);
    },
    follow: (onOutput) => followOutput(connection, onOutput),
    close: async () => {
      connection.end();
      // The helper ends by itself; removing it as well makes sure that it has.
      await removeHelper().catch(() => undefined);
      connection.destroy();
    },
  };
}

async function followOutput(connection: Duplex, onOutput: (bytes: Buffer) => void): Promise<string> {
  try {
    for await (const { payload } of demux(connection)) onOutput(payload);
    return 'the helper container, or the connection to it, ended';
  } catch (error) {
    return `the connection to the helper broke (${error instanceof Error ? error.message : String(error)})`;
  } finally {
    connection.destroy();
  }
}
