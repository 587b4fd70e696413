import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';
import { fetch, Headers, type Dispatcher } from 'undici';
import type { Wire } from '../wire.ts';
import { toHttpError } from './http-error.ts';

export interface HttpLineOptions {
  /** Of the repository, without credentials. */
  readonly url: string;
  /** The connections to use: direct ones, or through a proxy. */
  readonly dispatcher: Dispatcher;
  readonly wire: Wire;
  /** The proxy on the way, for what people are told. */
  readonly proxy: string | undefined;
}

/** The http plugin of isomorphic-git on `fetch`: timeouts, backpressure and git's own rule for redirects. */
export class HttpLine implements HttpClient {
  readonly #options: HttpLineOptions;
  /** Where a redirect of the first request led to; later requests go there at once, as git does. */
  #base: string;

  constructor(options: HttpLineOptions) {
    this.#options = options;
    this.#base = options.url;
  }

  readonly request = async (request: GitHttpRequest): Promise<GitHttpResponse> => {
    this.#options.wire.touch();
    try {
      return await this.#send(request);
    } catch (error) {
      throw this.#fail(error);
    }
  };

  async #send({ url, method = 'GET', headers = {}, body }: GitHttpRequest): Promise<GitHttpResponse> {
    const { wire, dispatcher, url: origin } = this.#options;
    const target = this.#base + url.slice(origin.length);
    const response = await fetch(target, {
      method,
      headers: this.#headersFor(target, headers),
      body: body === undefined ? null : await collect(body),
      signal: wire.signal,
      dispatcher,
      // Credentials do not travel: fetch drops Authorization when the origin changes, and later requests drop it here.
      redirect: method === 'GET' ? 'follow' : 'error',
    });
    wire.touch();
    if (method === 'GET') this.#followTo(response.url, url.slice(origin.length));
    return {
      url: response.url,
      statusCode: response.status,
      statusMessage: response.statusText,
      headers: Object.fromEntries(response.headers),
      body: this.#read(response.body),
    };
  }

  #headersFor(target: string, headers: Readonly<Record<string, string>>): Headers {
    const sent = new Headers(headers);
    sent.set('user-agent', 'git/fairlead'); // some servers answer git clients only on URLs without .git
    if (new URL(target).origin !== new URL(this.#options.url).origin) sent.delete('authorization');
    return sent;
  }

  #followTo(url: string, suffix: string): void {
    if (url.endsWith(suffix)) this.#base = url.slice(0, -suffix.length);
  }

  async *#read(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<Uint8Array, undefined> {
    const { wire } = this.#options;
    if (body === null) return;
    try {
      for await (const chunk of body) {
        wire.heard(chunk.byteLength);
        yield chunk;
      }
      wire.rest(); // indexing a big pack may take longer than a server may be silent
    } catch (error) {
      throw this.#fail(error);
    }
  }

  #fail(error: unknown): unknown {
    const { wire, proxy } = this.#options;
    return wire.fail(toHttpError(error, wire.place, proxy));
  }
}

async function collect(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
