import { Agent, type IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { inspect } from 'node:util';
import Docker from 'dockerode';
import { formatEndpoint, type DockerEndpoint } from './endpoint.ts';
import { EngineRefusal, type EngineRequest, type Transport } from './transport.ts';

// The only file that knows dockerode. Its methods put the whole body of a create, environment included, into the URL,
// so requests go straight to its dialer.

/** What a call of docker-modem's dialer takes, as far as it is used here. */
interface DialOptions {
  readonly path: string;
  readonly method: string;
  /** Never empty: an empty one makes the dialer cut the last character off the path. */
  readonly options: { readonly _query: object; readonly _body: object };
  readonly statusCodes: Readonly<Record<number, boolean>>;
  readonly abortSignal: AbortSignal;
  readonly file?: Buffer;
  readonly authconfig?: { readonly base64: string };
  readonly isStream?: boolean;
  readonly hijack?: boolean;
  readonly openStdin?: boolean;
  readonly allowEmpty?: boolean;
}

interface Modem {
  dial(options: DialOptions, callback: (error: unknown, answer: unknown) => void): void;
}

/** 304: it is so already. */
const GOOD_ANSWERS = { 200: true, 201: true, 204: true, 304: true };

/** Idle connections are dropped before an engine drops them under a request. */
const IDLE_CONNECTION_MS = 30_000;

/** Connects lazily, with every request. Nothing of the environment (DOCKER_HOST) takes part. */
export function openTransport(endpoint: DockerEndpoint): Transport {
  const modem = openModem(endpoint);
  const dial = (options: DialOptions): Promise<unknown> =>
    new Promise((resolve, reject) => {
      modem.dial(options, (error, answer) => {
        if (error === null || error === undefined) resolve(answer);
        else reject(toError(error));
      });
    });
  return {
    endpoint: formatEndpoint(endpoint),
    answer: async (request, signal) => toAnswer(await dial(toDialOptions(request, signal))),
    headers: async (request, signal) => {
      const answer = (await dial({ ...toDialOptions(request, signal), isStream: true })) as IncomingMessage;
      answer.resume();
      return answer.headers;
    },
    stream: async (request, signal) => (await dial({ ...toDialOptions(request, signal), isStream: true })) as Readable,
    hijack: async (request, signal) =>
      (await dial({
        ...toDialOptions(request, signal),
        isStream: true,
        hijack: true,
        openStdin: true,
        // Without a body the dialer would never send the headers.
        allowEmpty: true,
      })) as Duplex,
  };
}

function openModem(endpoint: DockerEndpoint): Modem {
  const target =
    endpoint.kind === 'unix'
      ? { socketPath: endpoint.socketPath, host: undefined, port: undefined }
      : { socketPath: undefined, host: endpoint.host, port: endpoint.port };
  // Left out, these would be taken from the environment (DOCKER_HOST and its kin), which beats even a socket path.
  const unset = { pathPrefix: '/', ca: undefined, cert: undefined, key: undefined, timeout: undefined };
  const agent = opaque(new Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS }));
  // Its type does not know `agent` and `pathPrefix`, which docker-modem takes.
  const options: Docker.DockerOptions & object = Object.assign({ protocol: 'http' as const, agent }, target, unset);
  const modem: Modem = new Docker(options).modem;
  return modem;
}

function toDialOptions(request: EngineRequest, abortSignal: AbortSignal): DialOptions {
  return {
    path: `${request.path}?`,
    method: request.method,
    options: { _query: request.query ?? {}, _body: request.body ?? {} },
    statusCodes: GOOD_ANSWERS,
    abortSignal: opaque(abortSignal),
    ...(request.archive === undefined ? {} : { file: request.archive }),
    ...(request.registryAuth === undefined ? {} : { authconfig: { base64: request.registryAuth } }),
  };
}

/**
 * The dialer prints its options for a debug log with every request, log or no log, and follows every reference to do so:
 * sockets, listeners, other signals. That was nine tenths of the daemon's work. What says of itself how it prints is
 * not followed.
 */
function opaque<T extends object>(value: T): T {
  return Object.defineProperty(value, inspect.custom, { value: () => '[…]', configurable: true });
}

/** The dialer answers an empty body with an empty Buffer, and a text that is no JSON with a Buffer. */
function toAnswer(answer: unknown): unknown {
  return Buffer.isBuffer(answer) ? undefined : answer;
}

function toError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (!('statusCode' in error) || typeof error.statusCode !== 'number') return error;
  // The answer to a HEAD has no words.
  return new EngineRefusal(error.statusCode, toEngineMessage(error) || `HTTP status ${error.statusCode}`);
}

/** The dialer wraps the engine's message: `(HTTP code 404) unexpected - no such image `. */
function toEngineMessage(error: Error): string {
  return error.message.replace(/^\(HTTP code \d+\) unexpected - /, '').trim();
}
