import type { Duplex, Readable } from 'node:stream';
import { negotiateApiVersion } from './api-version.ts';
import { armDeadline, orAborted, type Deadline } from './deadline.ts';
import { isStaleConnection, toDockerError } from './docker-errors.ts';
import { DockerError } from './port.ts';
import type { AnswerHeaders, EngineRequest, Transport } from './transport.ts';
import type { WireVersion } from './wire.ts';

const READ_TIMEOUT_MS = 10_000;
/** For lists, which a busy engine with many images may take its time for. */
export const LIST_TIMEOUT_MS = 60_000;
const WRITE_TIMEOUT_MS = 120_000;

/** A request and what it is for, in words that follow "cannot": `start container acme.shop.web-1`. */
export interface Call extends EngineRequest {
  readonly purpose: string;
  /** Default: 10 s for a GET or HEAD, else 120 s. For `stream` and `hijack` only until the answer begins. */
  readonly timeoutMs?: number;
}

/** Calls on one engine: versioned, limited in time, tried again on a stale connection, failing as DockerError. */
export interface EngineCalls {
  /** Where the engine is, for messages. */
  readonly endpoint: string;
  answer(call: Call, signal: AbortSignal): Promise<unknown>;
  /** Of the answer to a HEAD, by their names in lower case. */
  headers(call: Call, signal: AbortSignal): Promise<AnswerHeaders>;
  /** Ends with an error when `signal` aborts. */
  stream(call: Call, signal: AbortSignal): Promise<Readable>;
  /** `signal` ends with the handshake: the connection is the caller's. */
  hijack(call: Call, signal: AbortSignal): Promise<Duplex>;
  version(signal: AbortSignal): Promise<WireVersion>;
}

type Send<T> = (request: EngineRequest, signal: AbortSignal) => Promise<T>;

export function openCalls(transport: Transport): EngineCalls {
  const perform = openPerformer(transport);

  const limited = async <T>(call: Call, signal: AbortSignal, send: Send<T>): Promise<T> => {
    const deadline = armDeadline(signal, timeoutOf(call));
    try {
      return await perform(call, deadline.signal, send);
    } finally {
      deadline.disarm();
    }
  };
  const answer = (call: Call, signal: AbortSignal) =>
    limited(call, signal, (request, inTime) => transport.answer(request, inTime));

  return {
    endpoint: transport.endpoint,
    answer,
    headers: (call, signal) => limited(call, signal, (request, inTime) => transport.headers(request, inTime)),
    version: async (signal) => (await answer(VERSION_CALL, signal)) as WireVersion,
    hijack: (call, signal) => limited(call, signal, (request, inTime) => transport.hijack(request, inTime)),
    stream: async (call, signal) => {
      const deadline = armDeadline(signal, timeoutOf(call));
      try {
        const send: Send<Readable> = (request, inTime) => transport.stream(request, inTime);
        return disarmAtEnd(await perform(call, deadline.signal, send), deadline);
      } catch (error) {
        deadline.disarm();
        throw error;
      }
    },
  };
}

const VERSION_CALL: Call = { method: 'GET', path: '/version', purpose: "read the engine's version" };

/** Sends calls in the version agreed on with the engine, and makes its errors ours. */
function openPerformer(transport: Transport): <T>(call: Call, signal: AbortSignal, send: Send<T>) => Promise<T> {
  /** Agreed on with the first call, and anew after the engine was away: it may come back as another version. */
  let agreed: string | undefined;

  const agree = async (signal: AbortSignal): Promise<string> => {
    const request = { method: 'GET', path: '/version' } as const;
    const version = await retryStale(request, () => transport.answer(request, signal));
    return negotiateApiVersion(version as WireVersion);
  };
  const send = async <T>(call: Call, signal: AbortSignal, sendVersioned: Send<T>): Promise<T> => {
    agreed ??= await agree(signal);
    const request = { ...call, path: `/v${agreed}${call.path}` };
    return await retryStale(call, () => sendVersioned(request, signal));
  };

  return async (call, signal, sendVersioned) => {
    try {
      return await orAborted(send(call, signal, sendVersioned), signal);
    } catch (error) {
      const failure = toDockerError(error, call.purpose, transport.endpoint);
      if (failure instanceof DockerError && failure.code === 'unreachable') agreed = undefined;
      throw failure;
    }
  };
}

function timeoutOf(call: Call): number {
  return call.timeoutMs ?? (isRead(call) ? READ_TIMEOUT_MS : WRITE_TIMEOUT_MS);
}

function isRead({ method }: EngineRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** An engine that restarts closes idle connections; the request that finds out is sent again, once. */
async function retryStale<T>(request: EngineRequest, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!isStaleConnection(error, request.method)) throw error;
    return await send();
  }
}

function disarmAtEnd(stream: Readable, deadline: Deadline): Readable {
  deadline.stopClock();
  stream.once('close', () => {
    deadline.disarm();
  });
  // Who iterates sees the error; when nobody does any more it must not end the process.
  stream.on('error', () => undefined);
  return stream;
}
