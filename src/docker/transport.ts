import type { Duplex, Readable } from 'node:stream';

/** One HTTP request to an engine. */
export interface EngineRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Without query string: `/containers/json`. */
  readonly path: string;
  /** A list repeats its key. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** A tar archive, instead of `body`. */
  readonly archive?: Buffer;
  /** Value of `X-Registry-Auth`. */
  readonly registryAuth?: string;
}

export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Carries requests to one engine. Rejects with EngineRefusal, or with Node's own error when no answer came. */
export interface Transport {
  /** Where the engine is, for messages. */
  readonly endpoint: string;
  /** The whole answer: parsed JSON, or undefined when it has no body. */
  answer(request: EngineRequest, signal: AbortSignal): Promise<unknown>;
  /** Only the headers of the answer, by their names in lower case. */
  headers(request: EngineRequest, signal: AbortSignal): Promise<AnswerHeaders>;
  /** The answer's body as it comes. It ends with an error when `signal` aborts. */
  stream(request: EngineRequest, signal: AbortSignal): Promise<Readable>;
  /** The raw connection, both ways; the caller destroys it. */
  hijack(request: EngineRequest, signal: AbortSignal): Promise<Duplex>;
}

/** The engine answered with an error; the message is its own. */
export class EngineRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'EngineRefusal';
    this.status = status;
  }
}
