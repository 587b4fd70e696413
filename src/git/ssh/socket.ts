import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { toBasicAuthorization } from '../credentials.ts';
import { nameOf } from '../git-error.ts';
import { toHttpError, toProxyError } from '../http/http-error.ts';
import { placeOfProxy } from '../http/proxy.ts';
import type { Hop } from '../http/routes.ts';
import { GitError } from '../port.ts';

export interface SocketOptions {
  readonly host: string;
  readonly port: number;
  /** An http proxy that tunnels; undefined: straight on. */
  readonly hop: Hop | undefined;
  /** For what people are told. */
  readonly place: string;
  readonly signal: AbortSignal;
}

/**
 * A connection to a port, straight on or through the tunnel of a proxy. Once it is there, the signal is no concern of it.
 * @throws GitError 'unreachable' | 'unauthorized' (by the proxy) | 'untrusted' (the proxy)
 */
export function openSocket(options: SocketOptions): Promise<Socket> {
  return options.hop === undefined ? connectStraight(options) : connectThrough(options, options.hop);
}

function connectStraight({ host, port, place, signal }: SocketOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const release = onAbort(signal, () => socket.destroy(new Error('given up')));
    socket.once('error', (error) => {
      release();
      reject(new GitError('unreachable', `${place} cannot be reached (${nameOf(error)})`));
    });
    socket.once('connect', () => {
      release();
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function connectThrough({ host, port, place, signal }: SocketOptions, { proxy, credentials }: Hop): Promise<Socket> {
  const shown = placeOfProxy(proxy);
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const asking = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)(proxy.origin, {
      method: 'CONNECT',
      path: target,
      agent: false,
      headers: { host: target, ...(credentials && { 'proxy-authorization': toBasicAuthorization(credentials) }) },
    });
    const release = onAbort(signal, () => asking.destroy(new Error('given up')));
    asking.once('error', (error) => {
      release();
      reject(toHttpError(error, place, shown));
    });
    // A proxy that answers anything but 2xx closes the connection, or would speak http on it.
    asking.once('connect', ({ statusCode = 0 }, tunnel: Duplex, first: Buffer) => {
      release();
      const opens = statusCode >= 200 && statusCode < 300;
      if (opens && tunnel instanceof Socket) {
        if (first.length > 0) tunnel.unshift(first);
        resolve(tunnel);
        return;
      }
      tunnel.destroy();
      reject(toProxyError(statusCode, place, shown));
    });
    asking.end();
  });
}

/** @returns what ends the listening */
function onAbort(signal: AbortSignal, hangUp: () => void): () => void {
  if (signal.aborted) hangUp();
  else signal.addEventListener('abort', hangUp, { once: true });
  return () => signal.removeEventListener('abort', hangUp);
}
