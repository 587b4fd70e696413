import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import path from 'node:path';
import { runGit, testEnvironment } from './git-repo.ts';

/** How the server answers from now on. */
export type ServerMode =
  | { readonly kind: 'ok' }
  | { readonly kind: 'drop' } // closes the connection without a word
  | { readonly kind: 'black-hole' } // takes the request, never answers
  | { readonly kind: 'cut' | 'stall'; readonly afterBytes: number; readonly method?: string } // breaks off the body of longer answers
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  | { readonly kind: 'redirect'; readonly to: string } // 302 to the same path there
  | { readonly kind: 'no-shallow' }; // does not offer shallow clones

export interface RecordedRequest {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly authorization: string | undefined;
  /** Bytes of the answer's body. */
  sent: number;
}

export interface GitServer {
  /** Without a slash at the end; add `/<folder of the repository below root>`. */
  readonly url: string;
  readonly port: number;
  readonly requests: RecordedRequest[];
  setMode(mode: ServerMode): void;
  stop(): Promise<void>;
}

export interface GitServerOptions {
  readonly root: string;
  readonly auth?: { readonly username: string; readonly password: string };
  /** PEM; https with it. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** 0, a free one, unless told. */
  readonly port?: number;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A real git server: `git http-backend` behind node:http or node:https on 127.0.0.1. */
export async function startGitServer({ root, auth, tls, port = 0 }: GitServerOptions): Promise<GitServer> {
  const backend = path.join(await runGit(root, ['--exec-path']), 'git-http-backend');
  const requests: RecordedRequest[] = [];
  const children = new Set<ChildProcess>();
  let mode: ServerMode = { kind: 'ok' };
  const wanted = auth && `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url = '/' } = request;
    const { authorization } = request.headers;
    const recorded: RecordedRequest = { method, path: url, authorization, sent: 0 };
    requests.push(recorded);
    const now = mode;
    if (now.kind === 'drop') return void request.socket.destroy();
    if (now.kind === 'black-hole') return;
    if (now.kind === 'status') return void response.writeHead(now.status).end(now.body ?? 'no');
    if (now.kind === 'redirect') return void response.writeHead(302, { location: now.to + url }).end();
    if (wanted !== undefined && authorization !== wanted) {
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('who are you?');
    }
    void runBackend(backend, root, request, children).then((answer) => {
      if (answer === undefined) return void request.socket.destroy();
      recorded.sent = answer.body.length;
      send(response, answer, 'method' in now && now.method !== method ? { kind: 'ok' } : now);
    });
  };
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    port: address.port,
    requests,
    setMode: (next) => (mode = next),
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, { status, headers, body }: Answer, mode: ServerMode): void {
  const breaksOff = (mode.kind === 'cut' || mode.kind === 'stall') && body.length > mode.afterBytes;
  response.writeHead(status, headers);
  if (breaksOff) {
    response.write(body.subarray(0, mode.afterBytes), () => {
      if (mode.kind === 'cut') response.destroy();
    });
    return;
  }
  // Same length, so that the pkt-lines stay whole.
  const hidden = mode.kind === 'no-shallow' ? body.toString('latin1').replace(' shallow ', ' xhallow ') : undefined;
  response.end(hidden === undefined ? body : Buffer.from(hidden, 'latin1'));
}

/** RFC 3875, as far as git-http-backend asks for it. undefined: it was killed before it said anything. */
async function runBackend(
  backend: string,
  root: string,
  request: IncomingMessage,
  children: Set<ChildProcess>,
): Promise<Answer | undefined> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const header = (name: string) => String(request.headers[name] ?? '');
  const child = spawn(backend, [], {
    env: {
      ...testEnvironment(),
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: header('content-type'),
      CONTENT_LENGTH: header('content-length'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  children.add(child);
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  children.delete(child);
  return parseCgi(Buffer.concat(chunks));
}

function parseCgi(output: Buffer): Answer | undefined {
  const end = output.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const lines = output.toString('latin1', 0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const { status = '200', ...rest } = headers;
  return { status: parseInt(status, 10), headers: rest, body: output.subarray(end + 4) };
}
