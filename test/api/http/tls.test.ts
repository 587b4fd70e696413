import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTls } from '../../../src/api/http/tls.ts';
import { readTlsPair } from '../../../src/api/http/tls-pair.ts';
import type { RefusalReason } from '../../../src/api/http/request-watch.ts';
import { createClient } from '../../../src/cli/client.ts';
import { eventually } from '../../eventually.ts';
import { makeCertificate, type TestCertificate } from '../certificate.ts';
import { connect, listen } from '../raw-client.ts';
import { serve, TOKEN } from '../served.ts';
import { snapshot } from '../snapshot-builders.ts';

const FIRST = makeCertificate();
const SECOND = makeCertificate();

async function files(pair: Pick<TestCertificate, 'cert' | 'key'> = FIRST) {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [certFile, keyFile] = [path.join(folder, 'tls.crt'), path.join(folder, 'tls.key')];
  await writeFile(certFile, pair.cert);
  await writeFile(keyFile, pair.key);
  return { folder, certFile, keyFile };
}

/** Serves over TLS with the first certificate. */
async function start() {
  const at = await files();
  const problems: string[] = [];
  const expiries: number[] = [];
  const refused: RefusalReason[] = [];
  const source = await openTls({
    ...at,
    lookEveryMs: 10,
    onProblem: (message) => problems.push(message),
    onPair: ({ expiresAt }) => expiries.push(expiresAt),
  });
  const nothing = () => undefined;
  const watch = { began: nothing, ended: nothing, refused: (reason: RefusalReason) => void refused.push(reason) };
  const { origin } = await serve(snapshot(), {}, { tls: source, watch });
  return { ...at, problems, expiries, refused, origin: origin.replace('http:', 'https:') };
}

/** What a new connection is shown, whoever signed it. */
async function fingerprintAt(origin: string): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port: Number(new URL(origin).port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

/** Put into place in one go, as one that renews certificates does. */
async function replace(file: string, content: string): Promise<void> {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}

describe('the state API over TLS', () => {
  it('answers who trusts its certificate, the command line with --ca-file among them', async () => {
    const { origin, folder, certFile } = await start();
    const tokenFile = path.join(folder, 'token');
    await writeFile(tokenFile, TOKEN.provider);
    const connection = { server: origin, tokenFile, tenant: undefined, site: undefined };
    expect(await createClient({ ...connection, caFile: certFile }).get('applications')).toEqual([]);
    await expect(createClient({ ...connection, caFile: undefined }).get('applications')).rejects.toThrow(/--ca-file/);
  });

  it('speaks no version older than 1.2', async () => {
    const { origin } = await start();
    const port = Number(new URL(origin).port);
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...old });
    await expect(once(socket, 'secureConnect')).rejects.toThrow();
    const modern = tls.connect({ host: '127.0.0.1', port, ca: FIRST.cert, maxVersion: 'TLSv1.2' });
    await once(modern, 'secureConnect');
    expect(modern.getProtocol()).toBe('TLSv1.2');
    modern.destroy();
  });

  it('ends a connection on which plain HTTP is spoken', async () => {
    const { origin, refused } = await start();
    const client = await connect(origin);
    client.send('GET /healthz HTTP/1.1\r\nHost: fairlead\r\n\r\n');
    expect(await client.closed()).not.toContain('HTTP/1.1 200');
    expect(refused).toEqual(['tls']);
  });

  it('has the limits of plain HTTP', async () => {
    const { origin } = await start();
    const socket = tls.connect({ host: '127.0.0.1', port: Number(new URL(origin).port), ca: FIRST.cert });
    await once(socket, 'secureConnect');
    const client = listen(socket);
    client.send(`GET /healthz HTTP/1.1\r\nHost: fairlead\r\nX: ${'x'.repeat(17 * 1024)}\r\n\r\n`);
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('a new certificate', () => {
  it('is shown to who connects from then on, while open connections go on', async () => {
    const { origin, certFile, keyFile, expiries } = await start();
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: FIRST.cert });
    onTestFinished(() => agent.destroy());
    const sockets = new Set<Socket>();
    const ask = async () => {
      const request = https.get(`${origin}/healthz`, { agent });
      request.once('socket', (socket) => sockets.add(socket));
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      return { status: answer.statusCode, body: await text(answer) };
    };
    const before = await ask();
    expect(before.status).toBe(200);
    await replace(certFile, SECOND.cert);
    await replace(keyFile, SECOND.key);
    await eventually(async () => expect(await fingerprintAt(origin)).toBe(SECOND.fingerprint));
    expect(await ask()).toEqual(before);
    expect(sockets.size).toBe(1);
    expect(expiries).toEqual([FIRST.expiresAt, SECOND.expiresAt]);
  });

  it.each([
    ['whose key is not there yet', { cert: SECOND.cert }, /the key in .*tls\.key is not the one of the certificate/],
    ['whose certificate is not there yet', { key: SECOND.key }, /the key in .*tls\.key is not the one/],
    [
      'that is half written',
      { cert: SECOND.cert.slice(0, 200), key: SECOND.key },
      /ends in the middle of a certificate/,
    ],
    [
      'whose chain is half written',
      { cert: SECOND.cert + FIRST.cert.slice(0, 200), key: SECOND.key },
      /ends in the mid/,
    ],
    ['whose key is half written', { ...SECOND, key: SECOND.key.slice(0, 60) }, /tls\.key holds no private key/],
    ['that is empty', { cert: '', key: '' }, /tls\.crt holds no certificate/],
  ])('%s leaves the former one in force, and can be mended', async (_what, broken, message) => {
    const { origin, certFile, keyFile, problems } = await start();
    if ('cert' in broken) await replace(certFile, broken.cert);
    if ('key' in broken) await replace(keyFile, broken.key);
    await eventually(() => expect(problems.at(-1)).toMatch(message));
    expect(problems.at(-1)).toMatch(/; the former certificate stays in force$/);
    expect(await fingerprintAt(origin)).toBe(FIRST.fingerprint);
    await replace(certFile, SECOND.cert);
    await replace(keyFile, SECOND.key);
    await eventually(async () => expect(await fingerprintAt(origin)).toBe(SECOND.fingerprint));
    expect(JSON.stringify(problems)).not.toContain('PRIVATE');
  });

  it('that cannot be used is told of once, until it is another', async () => {
    const { origin, certFile, problems } = await start();
    await replace(certFile, 'nonsense');
    await eventually(() => expect(problems).toHaveLength(1));
    for (let look = 0; look < 5; look += 1) await fingerprintAt(origin);
    await replace(certFile, 'other nonsense');
    await eventually(() => expect(problems).toHaveLength(2));
  });

  it('that went away leaves the former one in force', async () => {
    const { origin, certFile, problems } = await start();
    await rm(certFile);
    await eventually(() =>
      expect(problems).toEqual([expect.stringMatching(/^cannot read the certificate .*: no such file;/)]),
    );
    expect(await fingerprintAt(origin)).toBe(FIRST.fingerprint);
  });
});

describe('a pair that cannot be used to begin with', () => {
  it.each([
    ['of two pairs', { cert: FIRST.cert, key: SECOND.key }, /is not the one of the certificate/],
    ['with the files swapped', { cert: FIRST.key, key: FIRST.cert }, /tls\.crt holds no certificate/],
  ])('%s is refused with a sentence', async (_what, pair, message) => {
    const at = await files(pair);
    await expect(readTlsPair(at)).rejects.toThrow(message);
  });
});
