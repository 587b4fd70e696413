import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createIdleConnections } from './idle-connections.ts';
import type { AnsweredRequest, RequestWatch } from './request-watch.ts';
import { STATUS_CLASSES, WATCHED_METHODS } from './request-watch.ts';

/** The requests that are being answered, from the end of their head to the last byte of their answer. */
export interface OpenRequests {
  /** `pattern`: of its path; undefined: there is no such path. */
  begin(request: FastifyRequest, reply: FastifyReply, pattern: string | undefined): void;
  /** Whether one that has come whole, or whose answer has begun, is open on this connection. */
  isAnswering(socket: Socket): boolean;
  /** Its answer goes on until somebody ends it. */
  noteStream(reply: FastifyReply): void;
  /** Its connection has become a WebSocket. */
  noteUpgrade(reply: FastifyReply): void;
  /** Closes connections that wait for a next request. */
  closeIdle(): void;
  /** Resolves when none is open, or `ms` are over. What has arrived by now counts, read or not. */
  none(ms: number): Promise<void>;
}

interface OpenRequest {
  readonly message: FastifyRequest['raw'];
  readonly socket: Socket;
  streamed: boolean;
  upgraded: boolean;
}

export function createOpenRequests(watch: RequestWatch, elapsed = () => performance.now()): OpenRequests {
  const open = new Map<FastifyReply['raw'], OpenRequest>();
  const idle = createIdleConnections();
  let onNone = (): void => undefined;
  return {
    begin(request, { raw }, pattern) {
      const began = elapsed();
      const { socket } = request.raw;
      const entry: OpenRequest = { message: request.raw, socket, streamed: false, upgraded: false };
      open.set(raw, entry);
      idle.begin(socket);
      watch.began();
      // Always comes, also when the client breaks off.
      raw.once('close', () => {
        open.delete(raw);
        idle.end(socket);
        const { streamed } = entry;
        const status = entry.upgraded ? '1xx' : raw.headersSent ? statusClass(raw.statusCode) : 'aborted';
        const method = WATCHED_METHODS.find((known) => known === request.method) ?? 'other';
        watch.ended({ method, route: toRoute(pattern), status, streamed, ms: elapsed() - began });
        if (open.size === 0) onNone();
      });
    },
    isAnswering: (socket) =>
      [...open].some(([raw, one]) => one.socket === socket && (one.message.complete || raw.headersSent)),
    noteStream({ raw }) {
      const entry = open.get(raw);
      if (entry !== undefined) entry.streamed = true;
    },
    noteUpgrade({ raw }) {
      const entry = open.get(raw);
      if (entry !== undefined) Object.assign(entry, { streamed: true, upgraded: true });
    },
    closeIdle: () => idle.close(),
    async none(ms) {
      await nextTurn();
      await nextTurn();
      if (open.size === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        onNone = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function statusClass(status: number): AnsweredRequest['status'] {
  return STATUS_CLASSES.find((known) => known === `${Math.floor(status / 100)}xx`) ?? '5xx';
}

/** `/v1/state/applications/:application` → `/v1/state/applications/{application}` */
function toRoute(pattern: string | undefined): string {
  if (pattern === undefined) return 'none';
  const known = ROUTES.get(pattern) ?? pattern.replace(/:(\w+)/g, '{$1}');
  ROUTES.set(pattern, known);
  return known;
}

/** As many as there are patterns in the table of routes. */
const ROUTES = new Map<string, string>();
