import type { IncomingMessage, Server } from 'node:http';
import { Server as SecureServer } from 'node:https';

/** What speaks of the upgrade, and goes with it. */
const ABOUT_UPGRADES: ReadonlySet<string> = new Set(['connection', 'upgrade', 'http2-settings']);

/**
 * A client may ask in passing for something that is not there, as Java's does for HTTP/2: then its request is answered as
 * it is. A server that takes upgrades is given such a request without its body, so it is put back, as if it had come
 * without that wish.
 */
export function answerWithoutUpgrade(server: Server | SecureServer, request: IncomingMessage, head: Buffer): void {
  const { method = '', url = '', httpVersion, rawHeaders, socket } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (!ABOUT_UPGRADES.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit(server instanceof SecureServer ? 'secureConnection' : 'connection', socket);
}
