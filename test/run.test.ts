import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadRunConfig } from '../src/config.ts';
import { runDaemon } from '../src/run.ts';
import { makeCertificate } from './api/certificate.ts';
import { eventually } from './eventually.ts';
import { createRepository } from './git/git-repo.ts';
import { parseExposition } from './metrics/exposition.ts';

// The whole daemon, on a host whose engine does not answer: what it shows of itself, and how it ends.

type Line = Readonly<Record<string, unknown>>;

async function start(flags: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-test-'));
  const repository = await createRepository(path.join(folder, 'repo'));
  await repository.commit({ 'README.md': 'nothing yet\n' });
  const all = {
    repository: repository.path,
    stateDir: path.join(folder, 'state'),
    docker: `unix://${folder}/no-engine.sock`,
    listen: '127.0.0.1:0',
    ...flags,
  };
  const loaded = loadRunConfig({ flags: all, env: {}, isRoot: false });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const lines: Line[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Line) });
  const stopping = new AbortController();
  const options = { config: loaded.config, version: '1.2.3', log, env: {}, signal: stopping.signal };
  const running = runDaemon(options);
  onTestFinished(async () => {
    stopping.abort();
    await running.catch(() => undefined);
    await rm(folder, { recursive: true });
  });
  const line = (message: string) => eventually(() => lines.find(({ msg }) => msg === message)!.valueOf() as Line);
  const address = String((await line('api listening'))['address']);
  return { folder, all, address, line, stop: () => stopping.abort(), running };
}

async function get(url: string, ca?: string) {
  const request = url.startsWith('https:') ? https.get(url, ca === undefined ? {} : { ca }) : http.get(url);
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  return { status: answer.statusCode, text: await text(answer) };
}

describe('a daemon', () => {
  it('tells in its metrics what it did and saw', async () => {
    const { address, line } = await start();
    await line('host down');
    const scrape = async () => parseExposition((await get(`http://${address}/metrics`)).text);
    await eventually(async () => {
      const { value } = await scrape();
      expect(value('fairlead_git_fetches_total', { outcome: 'ok' })).toBeGreaterThan(0);
      expect(value('fairlead_docker_calls_total', { operation: 'info', outcome: 'unreachable' })).toBeGreaterThan(0);
      expect(value('fairlead_passes_total', { host: 'local', outcome: 'blind' })).toBeGreaterThan(0);
      expect(value('fairlead_repository_up')).toBe(1);
      expect(value('fairlead_repository_wanted_revision_age_seconds')).toBeGreaterThan(0);
      expect(value('fairlead_host_up', { host: 'local' })).toBe(0);
      expect(value('fairlead_api_requests_total', { route: '/metrics', status: '2xx' })).toBeGreaterThan(0);
      expect(value('process_resident_memory_bytes')).toBeGreaterThan(0);
    });
  });

  it('ends with 0, and answers nobody any more', async () => {
    const { address, stop, running } = await start();
    stop();
    expect(await running).toBe(0);
    await expect(get(`http://${address}/healthz`)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('serves over TLS where it is given a certificate, and says so', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const { cert, key, expiresAt } = makeCertificate();
    const files = { tlsCert: path.join(folder, 'tls.crt'), tlsKey: path.join(folder, 'tls.key') };
    await writeFile(files.tlsCert, cert);
    await writeFile(files.tlsKey, key);
    const { address, line } = await start(files);
    expect(await line('api listening')).toMatchObject({ address, scheme: 'https' });
    const { value } = parseExposition(
      (await get(`https://${address}/metrics`, await readFile(files.tlsCert, 'utf8'))).text,
    );
    expect(value('fairlead_api_certificate_expiry_timestamp_seconds')).toBe(expiresAt / 1000);
    await writeFile(files.tlsKey, 'nonsense');
    const told = await line('certificate cannot be used, the former one stays');
    expect(told['error']).toMatch(/tls\.key holds no private key/);
  });
});
