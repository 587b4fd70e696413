import { createServer, request as ask, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface ProxyRequest {
  /** `CONNECT git.example.com:443`, `GET http://git.example.com/…` */
  readonly line: string;
  readonly authorization: string | undefined;
  readonly proxyAuthorization: string | undefined;
}

export interface ForwardProxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  readonly requests: ProxyRequest[];
  /** What it answers with instead of passing on; undefined: it passes on. 0: nothing at all. */
  answer(status: number | undefined): void;
  /** Cuts what goes through. */
  cutAll(): void;
  stop(): Promise<void>;
}

export interface ForwardProxyOptions {
  /** What clients have to send as Proxy-Authorization. */
  readonly authorization?: string;
  /** The port on 127.0.0.1 that every name leads to: it resolves names, clients need not. */
  readonly leadsTo: number;
}

/** A small forward proxy: tunnels by CONNECT, and plain http by whole addresses (RFC 9112 3.2.2). */
export async function startForwardProxy({ authorization, leadsTo }: ForwardProxyOptions): Promise<ForwardProxy> {
  const requests: ProxyRequest[] = [];
  const sockets = new Set<Socket>();
  let status: number | undefined;
  const refusal = (sent: string | undefined) =>
    status ?? (authorization !== undefined && sent !== authorization ? 407 : undefined);

  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const { authorization: own, 'proxy-authorization': proxyAuthorization } = headers;
    requests.push({ line: `${method} ${url}`, authorization: own, proxyAuthorization });
    const refused = refusal(proxyAuthorization);
    if (refused === 0) return;
    if (refused !== undefined) return void response.writeHead(refused).end('no');
    const { pathname, search } = new URL(url);
    const onward = ask(
      {
        port: leadsTo,
        host: '127.0.0.1',
        method,
        path: pathname + search,
        headers: withoutProxy(headers),
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, socket: Socket) => {
    const { authorization: own, 'proxy-authorization': proxyAuthorization } = request.headers;
    requests.push({ line: `CONNECT ${request.url ?? ''}`, authorization: own, proxyAuthorization });
    socket.on('error', () => undefined);
    const refused = refusal(proxyAuthorization);
    if (refused === 0) return;
    if (refused !== undefined) return void socket.end(`HTTP/1.1 ${refused} No\r\ncontent-length: 0\r\n\r\n`);
    const onward = connect(leadsTo, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    requests,
    answer: (next) => (status = next),
    cutAll,
    async stop() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function withoutProxy(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('proxy-')));
}
