import { describe, expect, it, onTestFinished } from 'vitest';
import { once } from 'node:events';
import tls from 'node:tls';
import { eventually } from '../../eventually.ts';
import { connect, listen, parseAnswer } from '../raw-client.ts';
import { serve, TOKEN } from '../served.ts';
import { makeCertificate } from '../certificate.ts';
import { application, snapshot } from '../snapshot-builders.ts';

const SITE = snapshot({ applications: [application('acme.shop')] });
const H2C =
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n';

describe('a client that asks in passing for an upgrade that is not there', () => {
  it('is answered as it asked, body and all, and may ask again on the connection', async () => {
    const { origin } = await serve(SITE);
    const { send, hears, heard, socket } = await connect(origin);
    const warnings: Error[] = [];
    const warn = (warning: Error) => void warnings.push(warning);
    process.on('warning', warn);
    onTestFinished(() => void process.off('warning', warn));
    const body = '{"username": "ann", "password": "x"}';
    send(`POST /v1/login HTTP/1.1\r\nHost: a\r\n${H2C}Content-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`);
    send(body.slice(10));
    await hears(/there are no users/);
    expect(parseAnswer(heard()).status).toBe(401);
    for (let i = 1; i <= 30; i += 1) {
      send(`GET /healthz HTTP/1.1\r\nHost: a\r\n${H2C}\r\n`);
      await eventually(() => expect(heard().split('HTTP/1.1 200 OK')).toHaveLength(i + 1));
    }
    expect(warnings).toEqual([]);
    socket.destroy();
  });

  it('is answered so over TLS, too', async () => {
    const pair = makeCertificate();
    const { origin } = await serve(SITE, {}, { tls: { pair: () => pair, follow: () => undefined } });
    const socket = tls.connect({ host: '127.0.0.1', port: Number(new URL(origin).port), ca: pair.cert });
    await once(socket, 'secureConnect');
    const { send, hears } = listen(socket);
    send(`POST /v1/login HTTP/1.1\r\nHost: a\r\n${H2C}Content-Length: 2\r\n\r\n{}`);
    await hears(/HTTP\/1\.1 400 Bad Request/);
    socket.destroy();
  });

  it('is refused like everybody else', async () => {
    const { origin } = await serve(SITE);
    const { send, hears, heard, socket } = await connect(origin);
    send(
      `DELETE /v1/config/applications/shop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${TOKEN.acme}\r\n${H2C}\r\n`,
    );
    await hears(/committing to the repository/);
    expect(heard()).toMatch(/^HTTP\/1\.1 405 /);
    socket.destroy();
  });
});

describe('a request for a WebSocket where there is none', () => {
  it('is answered in HTTP, and is the last on its connection', async () => {
    const { origin } = await serve(SITE);
    const { send, closed } = await connect(origin);
    const head = `GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
    send(`${head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
    const heard = await closed();
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(heard).toMatch(/connection: close/i);
  });
});
