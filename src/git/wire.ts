import { GitError } from './port.ts';

export interface WireOptions {
  /** Of the server, for what people are told. */
  readonly place: string;
  /** ms until the whole conversation fails. */
  readonly totalMs: number;
  /** ms without a byte until it fails. */
  readonly idleMs: number;
  /** Bytes that may come in the whole conversation. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** What one conversation with a server hangs on: its timeouts, and the first thing that went wrong. */
export class Wire {
  /** Never resolves; rejects when the wire breaks. */
  readonly broken: Promise<never>;
  readonly place: string;
  readonly #idleMs: number;
  readonly #maxBytes: number;
  #bytes = 0;
  readonly #controller = new AbortController();
  readonly #total: NodeJS.Timeout;
  readonly #release: () => void;
  #reject: (reason: unknown) => void = () => undefined;
  #failure: { readonly reason: unknown } | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor({ place, totalMs, idleMs, maxBytes, signal }: WireOptions) {
    this.place = place;
    this.#idleMs = idleMs;
    this.#maxBytes = maxBytes;
    this.broken = new Promise<never>((_, reject) => (this.#reject = reject));
    this.broken.catch(() => undefined);
    this.#total = setTimeout(() => this.#cut(`no answer within ${totalMs} ms`), totalMs);
    const hangUp = () => this.#hangUp(signal.reason);
    signal.addEventListener('abort', hangUp, { once: true });
    this.#release = () => signal.removeEventListener('abort', hangUp);
  }

  /** Aborts when the conversation is over, for whatever reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** So much was heard. Everything that comes is held in memory, so there is an end to it. */
  heard(bytes: number): void {
    this.#bytes += bytes;
    this.touch();
    if (this.#bytes <= this.#maxBytes) return;
    const most = `${Math.floor(this.#maxBytes / (1024 * 1024))} MiB`;
    this.#hangUp(new GitError('corrupt', `${this.place} sends more than ${most}`));
  }

  /** Something is asked for, or was answered. */
  touch(): void {
    clearTimeout(this.#idle);
    if (this.signal.aborted) return;
    this.#idle = setTimeout(() => this.#cut(`silent for ${this.#idleMs} ms`), this.#idleMs);
  }

  /** Nothing is awaited of the server. */
  rest(): void {
    clearTimeout(this.#idle);
  }

  /** The first failure counts; what follows it is only its echo. @returns the first */
  fail(reason: unknown): unknown {
    this.#failure ??= { reason };
    this.#reject(this.#failure.reason);
    return this.#failure.reason;
  }

  throwIfBroken(): void {
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  close(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#idle);
    this.#release();
    this.#controller.abort();
  }

  #cut(why: string): void {
    this.#hangUp(new GitError('unreachable', `${this.place} cannot be reached (${why})`));
  }

  #hangUp(reason: unknown): void {
    this.fail(reason);
    this.close();
  }
}
