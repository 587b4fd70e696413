import type { ClientChannel } from 'ssh2';

/** How a command on the server ended. */
export interface RemoteExit {
  /** undefined: the server did not say, or the connection was lost. */
  readonly code: number | undefined;
  /** What it wrote to stderr, its first 4 KiB. */
  readonly complaint: string;
}

export interface WatchedChannel {
  readonly chunks: AsyncIterator<Uint8Array>;
  /** Sends the last of what is asked. */
  end(last: Uint8Array | string): void;
  exit(): Promise<RemoteExit>;
}

const MAX_COMPLAINT = 4096;

/** A command on the server, with what it said and how it ended kept from the beginning on. */
export function watchChannel(channel: ClientChannel): WatchedChannel {
  let complaint = '';
  let code: number | undefined;
  channel.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < MAX_COMPLAINT) complaint += chunk.toString('utf8');
  });
  channel.on('exit', (status: number | null) => (code = status ?? undefined));
  channel.on('error', () => undefined); // it ends the chunks
  const closed = new Promise<void>((resolve) => channel.once('close', () => resolve()));
  return {
    chunks: channel[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>,
    end: (last) => {
      if (channel.writable) channel.end(last);
    },
    async exit() {
      await closed;
      return { code, complaint: complaint.slice(0, MAX_COMPLAINT) };
    },
  };
}
