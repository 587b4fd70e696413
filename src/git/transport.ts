import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';
import { redactUrl } from './credentials.ts';
import { toRemoteError } from './git-error.ts';
import { GitError } from './port.ts';

export interface TransportOptions {
  readonly url: string;
  /** ms until the whole conversation fails. */
  readonly totalMs: number;
  /** ms without a byte until it fails. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/**
 * Runs one conversation with a git server under a total and an idle timeout.
 * @throws GitError for everything that goes wrong on the way, or the signal's reason
 */
export async function converse<T>(options: TransportOptions, talk: (http: HttpClient) => Promise<T>): Promise<T> {
  const { url, signal, totalMs } = options;
  signal.throwIfAborted();
  const line = new Line(options);
  const total = setTimeout(() => line.cut(`no answer within ${totalMs} ms`), totalMs);
  const hangUp = () => line.hangUp(signal.reason);
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    const result = await Promise.race([talk(line), line.broken]);
    // isomorphic-git takes a broken answer for a finished one: a cut listing would look like a deleted branch.
    line.throwIfBroken();
    return result;
  } catch (error) {
    line.throwIfBroken();
    throw toRemoteError(error, url);
  } finally {
    clearTimeout(total);
    signal.removeEventListener('abort', hangUp);
    line.close();
  }
}

/** The http plugin of isomorphic-git on `fetch`: timeouts, backpressure and git's own rule for redirects. */
class Line implements HttpClient {
  /** Never resolves; rejects when the line breaks. */
  readonly broken: Promise<never>;
  readonly #options: TransportOptions;
  readonly #controller = new AbortController();
  #reject: (reason: unknown) => void = () => undefined;
  #failure: { readonly reason: unknown } | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Where a redirect of the first request led to; later requests go there at once, as git does. */
  #base: string;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#base = options.url;
    this.broken = new Promise<never>((_, reject) => (this.#reject = reject));
    this.broken.catch(() => undefined);
  }

  readonly request = async (request: GitHttpRequest): Promise<GitHttpResponse> => {
    this.#touch();
    try {
      return await this.#send(request);
    } catch (error) {
      throw this.#fail(this.#toUnreachable(error));
    }
  };

  async #send({ url, method = 'GET', headers = {}, body }: GitHttpRequest): Promise<GitHttpResponse> {
    const target = this.#base + url.slice(this.#options.url.length);
    const response = await fetch(target, {
      method,
      headers: this.#headersFor(target, headers),
      body: body === undefined ? null : await collect(body),
      signal: this.#controller.signal,
      // Credentials do not travel: fetch drops Authorization when the origin changes, and later requests drop it here.
      redirect: method === 'GET' ? 'follow' : 'error',
    });
    this.#touch();
    if (method === 'GET') this.#followTo(response.url, url.slice(this.#options.url.length));
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

  async *#read(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array, undefined> {
    if (body === null) return;
    try {
      for await (const chunk of body) {
        this.#touch();
        yield chunk;
      }
      clearTimeout(this.#idle); // indexing a big pack may take longer than a server may be silent
    } catch (error) {
      throw this.#fail(this.#toUnreachable(error));
    }
  }

  #touch(): void {
    clearTimeout(this.#idle);
    const { idleMs } = this.#options;
    this.#idle = setTimeout(() => this.cut(`silent for ${idleMs} ms`), idleMs);
  }

  #toUnreachable(error: unknown): GitError {
    const shown = redactUrl(this.#options.url);
    return new GitError('unreachable', `${shown} cannot be reached (${networkCode(error)})`);
  }

  /** The first failure counts; what follows it is only its echo. */
  #fail(reason: unknown): unknown {
    this.#failure ??= { reason };
    this.#reject(this.#failure.reason);
    return this.#failure.reason;
  }

  cut(why: string): void {
    this.hangUp(new GitError('unreachable', `${redactUrl(this.#options.url)} cannot be reached (${why})`));
  }

  hangUp(reason: unknown): void {
    this.#fail(reason);
    this.close();
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#controller.abort();
  }

  throwIfBroken(): void {
    if (this.#failure !== undefined) throw this.#failure.reason;
  }
}

async function collect(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** `fetch` fails with a TypeError whose cause carries the code of the socket, of TLS or of the HTTP parser. */
function networkCode(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return 'connection lost';
}

/** Ready for `/info/refs` to be added. */
export function toPlainUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, '');
}
