import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { DockerError, type DockerPort, type ExecResult } from '../../src/docker/port.ts';
import type { DesiredProbe, ProbeQuestion } from '../../src/model/probes.ts';
import { createAsker, type Asker } from '../../src/probe/ask.ts';
import { systemClock, type Clock } from '../../src/probe/clock.ts';
import { dialDirectly, type Dial } from '../../src/probe/dial.ts';
import { createAddressResolver } from '../../src/probe/resolve-address.ts';
import { eventually } from '../eventually.ts';
import { exec, http, probe, tcp } from './probe-builders.ts';
import { SELF_SIGNED } from './self-signed.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

const nothing: Pick<DockerPort, 'exec'> = { exec: () => Promise.reject(new Error('no exec here')) };

function askerOf(wanted: DesiredProbe, docker = nothing, clock: Clock = systemClock): Asker {
  return createAsker(wanted, { docker, containerId: 'abc', resolveAddress: createAddressResolver(), clock });
}

interface Asking {
  readonly dial?: Dial;
  readonly address?: string;
  readonly signal?: AbortSignal;
}

function put(asker: Asker, { dial = dialDirectly, address = '127.0.0.1', ...more }: Asking = {}) {
  const { signal = new AbortController().signal } = more;
  return asker.ask({ dial, address, signal });
}

const ask = (question: ProbeQuestion, fields: Partial<DesiredProbe> = {}, asking: Asking = {}) =>
  put(askerOf(probe(question, fields)), asking);

const SUCCESS = { kind: 'success' };
const UNKNOWN = { kind: 'unknown' };
const failure = (message: string) => ({ kind: 'failure', message });
const silent: Dial = (_address, _port, signal) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
const broken: Dial = () => Promise.reject(new DockerError('unreachable', 'the relay is gone'));

describe('a tcp probe', () => {
  it('succeeds when something accepts the connection, and closes it at once', async () => {
    const server = createServer();
    const port = await listen(server);
    const accepted = once(server, 'connection');
    expect(await ask(tcp(port))).toEqual(SUCCESS);
    const [socket] = (await accepted) as [Socket];
    socket.resume();
    await once(socket, 'close');
  });

  it('fails in plain words when nobody listens', async () => {
    const port = await closedPort();
    expect(await ask(tcp(port))).toEqual(failure(`tcp 127.0.0.1:${port}: connection refused`));
  });

  it('fails when nobody answers in time', async () => {
    const answer = await ask(tcp(80), { timeoutMs: 20 }, { dial: silent });
    expect(answer).toEqual(failure('tcp 127.0.0.1:80: no answer within 0.02 s'));
  });

  it('counts as nothing when the way to the container is broken, the address unknown, or this process out of sockets', async () => {
    expect(await ask(tcp(80), {}, { dial: broken })).toEqual(UNKNOWN);
    expect(await ask(tcp(80), {}, { address: '' })).toEqual(UNKNOWN);
    const full: Dial = () => Promise.reject(Object.assign(new Error('too many open files'), { code: 'EMFILE' }));
    expect(await ask(tcp(80), {}, { dial: full })).toEqual(UNKNOWN);
  });

  it('counts as nothing when it is taken back', async () => {
    const taking = new AbortController();
    const answer = ask(tcp(80), {}, { dial: silent, signal: taking.signal });
    taking.abort();
    expect(await answer).toEqual(UNKNOWN);
  });

  it('counts as nothing when this process itself was held up', async () => {
    const times = [0, 1_500];
    const clock: Clock = { ...systemClock, elapsed: () => times.shift() ?? 0 };
    expect(await put(askerOf(probe(tcp(80), { timeoutMs: 20 }), nothing, clock), { dial: silent })).toEqual(UNKNOWN);
  });
});

describe('an http probe', () => {
  const serve = (answer: RequestListener) => listen(createHttpServer(answer));
  const status = (code: number) => serve((_, response) => response.writeHead(code, { location: '/other' }).end());

  it.each([200, 204, 301, 399])('takes status %i as a success', async (code) => {
    expect(await ask(http(await status(code)))).toEqual(SUCCESS);
  });

  it.each([400, 404, 500, 503])('takes status %i as a failure, and says so', async (code) => {
    const port = await status(code);
    const answer = await ask(http(port, { path: '/healthz?token=x' }));
    expect(answer).toEqual(failure(`GET http://127.0.0.1:${port}/healthz: answered ${code}`));
  });

  it('sends the path, the headers of the specification, and the host it asks', async () => {
    let seen: Record<string, unknown> = {};
    const port = await serve(({ url, method, headers }, response) => {
      seen = { url, method, ...headers };
      response.end();
    });
    await ask(http(port, { path: 'ready?a=b', headers: { 'X-Probe': 'yes', Accept: 'text/plain' } }));
    expect(seen).toMatchObject({ url: '/ready?a=b', method: 'GET', 'x-probe': 'yes', accept: 'text/plain' });
    expect(seen).toMatchObject({ host: `127.0.0.1:${port}`, connection: 'close' });
    await ask(http(port, { headers: { host: 'shop.example' } }));
    expect(seen['host']).toBe('shop.example');
  });

  it('asks another host where one is named', async () => {
    let host: string | undefined;
    const port = await serve(({ headers }, response) => {
      host = headers.host;
      response.end();
    });
    expect(await ask(http(port, { host: 'localhost' }), {}, { address: '' })).toEqual(SUCCESS);
    expect(host).toBe(`localhost:${port}`);
    expect(await ask(http(port, { host: 'nowhere.invalid' }))).toMatchObject({ kind: 'failure' });
  });

  it('does not wait for the body', async () => {
    let closed = false;
    const port = await serve((request, response) => {
      request.socket.once('close', () => (closed = true));
      response.writeHead(200).write('a beginning without an end');
    });
    expect(await ask(http(port))).toEqual(SUCCESS);
    await eventually(() => expect(closed).toBe(true));
  });

  it('fails when no answer comes in time', async () => {
    const port = await serve(() => undefined);
    const answer = await ask(http(port), { timeoutMs: 30 });
    expect(answer).toEqual(failure(`GET http://127.0.0.1:${port}/: no answer within 0.03 s`));
  });

  it('fails when what answers is no HTTP, or nothing', async () => {
    const talker = await listen(createServer((socket) => socket.end('220 mail.example ESMTP\r\n')));
    expect(await ask(http(talker))).toMatchObject({ kind: 'failure' });
    const hangsUp = await listen(createServer((socket) => socket.destroy()));
    expect(await ask(http(hangsUp))).toMatchObject({ kind: 'failure' });
    expect(await ask(http(hangsUp, { scheme: 'https' }))).toMatchObject({ kind: 'failure' });
  });

  it('over https asks no certificate', async () => {
    const server: HttpServer = createHttpsServer(SELF_SIGNED, (_, response) => response.writeHead(202).end());
    const port = await listen(server);
    expect(await ask(http(port, { scheme: 'https' }))).toEqual(SUCCESS);
    expect(await ask(http(port, { scheme: 'https', headers: { Host: 'shop.example' } }))).toEqual(SUCCESS);
  });

  it('over https works by connections that are no sockets, as those of a relay', async () => {
    const port = await listen(createHttpsServer(SELF_SIGNED, (_, response) => response.writeHead(200).end()));
    const dial: Dial = async (...to) => {
      const socket = await dialDirectly(...to);
      return Duplex.from({ readable: socket, writable: socket });
    };
    expect(await ask(http(port, { scheme: 'https' }), {}, { dial })).toEqual(SUCCESS);
  });

  it.each(['http', 'https'] as const)('over %s fails when it hears its own words, and harms nobody', async (scheme) => {
    const answer = await ask(http(80, { scheme }), {}, { dial: async () => new PassThrough() });
    expect(answer).toMatchObject({ kind: 'failure' });
  });

  it.each(['http', 'https'] as const)('over %s counts as nothing when the relay goes meanwhile', async (scheme) => {
    const dial: Dial = async () => {
      const goes = new DockerError('unreachable', 'the relay is gone');
      const stream = new Duplex({
        read: () => undefined,
        write: (_chunk, _encoding, done) => {
          done();
          stream.destroy(goes);
        },
      });
      return stream;
    };
    expect(await ask(http(80, { scheme }), {}, { dial })).toEqual(UNKNOWN);
  });
});

describe('an exec probe', () => {
  /** An engine whose commands end when a test says so. */
  function createCommands() {
    const started: { cmd: readonly string[]; signal: AbortSignal; end: (result: ExecResult | Error) => void }[] = [];
    const docker: Pick<DockerPort, 'exec'> = {
      exec: (_id, cmd, signal) =>
        new Promise((resolve, reject) => {
          const end = (result: ExecResult | Error) => (result instanceof Error ? reject(result) : resolve(result));
          started.push({ cmd, signal, end });
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    };
    return { started, docker };
  }
  const ended = (exitCode: number, output = '') => ({
    exec: () => Promise.resolve({ exitCode, output }),
  });
  const check = probe(exec('check', '-v'), { timeoutMs: 20 });

  it('succeeds when the command exits with 0', async () => {
    expect(await put(askerOf(check, ended(0, 'fine')))).toEqual(SUCCESS);
  });

  it('fails otherwise, with the first line it said', async () => {
    expect(await put(askerOf(check, ended(3)))).toEqual(failure('command: exit code 3'));
    const said = ended(1, '\n\u001b[31mcannot reach\tthe database\r\nmore');
    expect(await put(askerOf(check, said))).toEqual(failure('command: exit code 1: [31mcannot reach the database'));
    const long = await put(askerOf(check, ended(1, 'x'.repeat(5_000))));
    expect(long.kind === 'failure' && long.message.length).toBeLessThan(230);
  });

  it('fails when the engine refuses the command, and counts as nothing when the engine is away', async () => {
    const refusing = (code: 'refused' | 'unreachable' | 'timeout' | 'conflict') => ({
      exec: () => Promise.reject(new DockerError(code, 'executable not found')),
    });
    expect(await put(askerOf(check, refusing('refused')))).toEqual(failure('command: executable not found'));
    for (const code of ['unreachable', 'timeout', 'conflict'] as const)
      expect(await put(askerOf(check, refusing(code)))).toEqual(UNKNOWN);
  });

  it('is not started again beside one that outlived its time, which is a failure each time', async () => {
    const { docker, started } = createCommands();
    const asker = askerOf(check, docker);
    expect(await put(asker)).toEqual(failure('command: no answer within 0.02 s'));
    expect(await put(asker)).toEqual(failure('command: the one before has not ended yet'));
    expect(started).toHaveLength(1);
    started[0]!.end({ exitCode: 0, output: '' });
    await new Promise((resolve) => setImmediate(resolve));
    const answer = put(asker);
    started[1]!.end({ exitCode: 0, output: '' });
    expect(await answer).toEqual(SUCCESS);
  });

  it('is left alone when nobody asks any more', async () => {
    const { docker, started } = createCommands();
    const asker = askerOf(check, docker);
    await put(asker);
    asker.leave();
    expect(started[0]!.signal.aborted).toBe(true);
    await put(asker);
    expect(started).toHaveLength(2);
    asker.leave();
  });
});
