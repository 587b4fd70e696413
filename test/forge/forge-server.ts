import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request as it came. */
export interface ForgeRequest {
  readonly method: string;
  /** As it was written, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  /** Parsed JSON; undefined where there was none. */
  readonly body: unknown;
  /** Of this server, for links to further pages. */
  readonly origin: string;
}

export interface ForgeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One part of a forge: answers what it knows, undefined for the rest. */
export type ForgePart = (request: ForgeRequest) => ForgeAnswer | undefined;

export interface ForgeServer {
  readonly origin: string;
  /** Everything that was asked, in order. */
  readonly requests: readonly ForgeRequest[];
  /** The next request of this method is answered so (or its connection broken off), once, before or after it was carried out. */
  interrupt(method: string, answer: ForgeAnswer | 'hang up', when?: 'before' | 'after'): void;
}

interface Interruption {
  readonly method: string;
  readonly answer: ForgeAnswer | 'hang up';
  readonly when: 'before' | 'after';
}

/**
 * A forge over a real socket, put together of parts: the first that answers counts, and 404 with the body of `missing`
 * where none does. Ends with the test.
 */
export async function startForge(parts: readonly ForgePart[], missing: unknown): Promise<ForgeServer> {
  const requests: ForgeRequest[] = [];
  const interruptions: Interruption[] = [];
  let origin = '';
  const server = http.createServer((message, response) => {
    void (async () => {
      const url = new URL(message.url ?? '/', origin);
      const { method = 'GET', headers } = message;
      const body = parseJson(await text(message));
      const request: ForgeRequest = { method, path: url.pathname, query: url.searchParams, headers, body, origin };
      requests.push(request);
      const answer = () =>
        parts.reduce<ForgeAnswer | undefined>((found, part) => found ?? part(request), undefined) ?? {
          status: 404,
          body: missing,
        };
      const at = interruptions.findIndex((interruption) => interruption.method === method);
      const [interruption] = at === -1 ? [] : interruptions.splice(at, 1);
      const regular = interruption?.when === 'before' ? undefined : answer();
      const given = interruption?.answer ?? regular;
      if (given === 'hang up' || given === undefined) message.socket.destroy();
      else send(response, given);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return {
    origin,
    requests,
    interrupt: (method, answer, when = 'before') => void interruptions.push({ method, answer, when }),
  };
}

function send(response: http.ServerResponse, { status, headers = {}, body }: ForgeAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function parseJson(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

/** The text under a key of a body. */
export function textOfBody({ body }: ForgeRequest, key: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value = (body as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'string' ? value : undefined;
}
