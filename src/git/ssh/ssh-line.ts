import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';
import { GitError } from '../port.ts';
import type { Wire } from '../wire.ts';
import { createPackets, type Packets } from './packets.ts';
import { explainExit } from './remote-exit.ts';
import { watchChannel, type WatchedChannel } from './watched-channel.ts';
import type { ClientChannel } from 'ssh2';

/** What a GET of `/info/refs` begins with over http, gitprotocol-http(5). */
const SERVICE = '001e# service=git-upload-pack\n0000';
const FLUSH = '0000';

export interface SshLineOptions {
  readonly wire: Wire;
  /** Runs git-upload-pack on the server. */
  readonly start: (env: Readonly<Record<string, string>>) => Promise<ClientChannel>;
}

/**
 * The http plugin of isomorphic-git over git-upload-pack on the other side of an SSH connection: a GET starts it and
 * reads what it offers, the POST after it goes to the same one.
 */
export class SshLine implements HttpClient {
  readonly #options: SshLineOptions;
  #open: { readonly channel: WatchedChannel; readonly packets: Packets } | undefined;

  constructor(options: SshLineOptions) {
    this.#options = options;
  }

  readonly request = async ({ url, method = 'GET', headers = {}, body }: GitHttpRequest): Promise<GitHttpResponse> => {
    const { wire } = this.#options;
    wire.touch();
    try {
      const kind = method === 'GET' ? 'advertisement' : 'result';
      const answer = method === 'GET' ? [await this.#start(headers)] : await this.#ask(body ?? []);
      const type = { 'content-type': `application/x-git-upload-pack-${kind}` };
      return { url, method, statusCode: 200, statusMessage: 'OK', headers: type, body: toIterator(answer) };
    } catch (error) {
      throw wire.fail(this.#toError(error));
    }
  };

  /** Nothing more is asked: what was started ends by itself. */
  end(): void {
    const { channel } = this.#open ?? {};
    this.#open = undefined;
    channel?.end(FLUSH);
  }

  async #start(headers: Readonly<Record<string, string>>): Promise<Uint8Array> {
    const { wire, start } = this.#options;
    this.end();
    const version = headers['Git-Protocol'];
    const channel = watchChannel(await start(version === undefined ? {} : { GIT_PROTOCOL: version }));
    const packets = createPackets(channel.chunks, (bytes) => wire.heard(bytes));
    this.#open = { channel, packets };
    const offered = await packets.untilFlush();
    if (offered === undefined) throw explainExit(wire.place, await channel.exit(), '');
    return Buffer.concat([Buffer.from(SERVICE), offered]);
  }

  async #ask(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
    if (this.#open === undefined) throw new Error('asked before anything was offered');
    const { channel, packets } = this.#open;
    this.#open = undefined;
    const asked: Uint8Array[] = [];
    for await (const chunk of body) asked.push(chunk);
    channel.end(Buffer.concat(asked));
    return this.#rest(channel, packets);
  }

  async *#rest(channel: WatchedChannel, packets: Packets): AsyncGenerator<Uint8Array, undefined> {
    const { wire } = this.#options;
    try {
      let last: Uint8Array = Buffer.alloc(0);
      for await (const chunk of packets.rest()) {
        last = chunk;
        yield chunk;
      }
      const exit = await channel.exit();
      wire.rest(); // indexing a big pack may take longer than a server may be silent
      if (exit.code !== 0) throw explainExit(wire.place, exit, Buffer.from(last).toString('latin1'));
    } catch (error) {
      throw wire.fail(this.#toError(error));
    }
  }

  #toError(error: unknown): GitError {
    if (error instanceof GitError) return error;
    const { place } = this.#options.wire;
    const words = error instanceof Error && !('code' in error) ? error.message : 'connection lost';
    return new GitError('unreachable', `${place} cannot be reached (${words})`);
  }
}

async function* toIterator(body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* body;
}
