import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBusybox } from '../../../scripts/setup.mjs';
import type { ApplicationState } from '../../../src/status/documents.ts';
import { openSocket, type Socket } from '../../api/sessions/socket-client.ts';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { askEngine, importImage } from '../../engine-hosts/engine-client.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, execIn, sweep } from '../daemon/engine-view.ts';
import { proves } from '../daemon/proves.ts';

// What a person does with a running instance, through the API and on an engine: commands, connections, logs.

const OWNER = 'reaching-in';
const BASE = '/v1/state/applications/reach/service-instances/web-1';
const MAIN = `${BASE}/containers/main`;
const [INPUT, CONTROL] = [0x10, 0x11];
const MEBIBYTES = 64;

/** One program and nothing else: no shell, no folder to look for one in. */
const BARE = 'fairlead-test/bare:1';
const SCRIPT = 'echo begun; nc -ll -p 7000 -e cat & trap "exit 0" TERM; while :; do sleep 1; done';
const web = service('web', {
  containers: [
    container('main', { image: busyboxImage, cmd: ['sh', '-c', SCRIPT] }),
    container('bare', { image: BARE, cmd: ['/busybox', 'sleep', '100000'] }),
    container('brief', { image: busyboxImage, cmd: ['sleep', '100000'] }),
  ],
});
const files = applicationFiles('acme', 'reach', { services: [web] });

let deployed: Deployed;
let origin: string;
let token: string;

beforeAll(async () => {
  await importBareImage();
  deployed = await deploy(OWNER, files);
  const { daemon } = deployed;
  const { address } = await daemon.said('api listening');
  origin = `http://${String(address)}`;
  token = (await readFile(join(daemon.stateDir, 'admin.token'), 'utf8')).trim();
  await eventually(async () => {
    const state = await daemon.get<ApplicationState>('/v1/state/applications/reach');
    expect(state['service-instances'][0]?.ready).toBe(true);
  }, 110_000);
});

afterAll(async () => {
  await deployed.stop();
  await sweep(OWNER);
});

async function importBareImage(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bare-image-'));
  try {
    await mkdir(join(directory, 'tmp'));
    await copyFile(await ensureBusybox(), join(directory, 'busybox'));
    await importImage(ENGINE, {
      repository: BARE.replace(/:.*/, ''),
      tag: '1',
      directory,
      changes: 'CMD ["/busybox"]',
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

const open = (path: string): Promise<Socket> => openSocket(origin, path, { token });

async function exec(path: string, cmd: unknown) {
  const asked = request(`${origin}${path}/exec`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  asked.end(JSON.stringify({ cmd }));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const { statusCode: status, trailers, headers } = response;
  const exitCode = trailers['exec-exit-code'] ?? headers['exec-exit-code'];
  return { status, exitCode, text: Buffer.concat(chunks).toString() };
}

function digest(...parts: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Sends it all at the pace of the other side: the client has no backpressure of its own. */
async function sendSlowly({ socket, send }: Socket, bytes: Buffer, head: readonly number[] = []): Promise<void> {
  const step = 256 * 1024;
  for (let at = 0; at < bytes.length; at += step) {
    send(...head, bytes.subarray(at, at + step));
    if (socket.bufferedAmount > 4 * step)
      await eventually(() => expect(socket.bufferedAmount).toBeLessThan(step), 60_000);
  }
}

describe('a command', () => {
  it('answers with what it writes and its exit code', async () => {
    const { status, exitCode, text } = await exec(MAIN, 'echo out; echo err >&2; exit 3');
    // Of the two streams an engine does not keep the order.
    expect([status, exitCode, text.split('\n').sort()]).toEqual([200, '3', ['', 'err', 'out']]);
    expect(await exec(MAIN, 'exit 7')).toEqual({ status: 204, exitCode: '7', text: '' });
    expect((await exec(MAIN, ['printf', '%s', '$HOME'])).text).toBe('$HOME');
  });

  it('is split into words where the image has no shell', async () => {
    const bare = `${BASE}/containers/bare`;
    expect(await exec(bare, `/busybox printf '%s|' 'a b' "$HOME"`)).toMatchObject({
      exitCode: '0',
      text: 'a b|$HOME|',
    });
    const absent = await exec(bare, ['/bin/none']);
    expect([absent.status, ['126', '127']]).toEqual([200, expect.arrayContaining([absent.exitCode]) as unknown]);
  });

  it('may write much', async () => {
    const { text, exitCode } = await exec(MAIN, `yes 0123456789abcdef | head -c ${8 << 20}`);
    expect([text.length, exitCode]).toEqual([8 << 20, '0']);
  });

  it('wakes no reconciling', async () => {
    const calls = () => deployed.daemon.text().split('\n').length;
    const before = calls();
    await exec(MAIN, 'true');
    expect(calls()).toBe(before);
  });
});

describe('exec-interactive', () => {
  it('is a terminal of the size it is told, and ends with the exit code', async () => {
    const session = await open(`${MAIN}/exec-interactive?cmd=sh`);
    session.send(CONTROL, '{"h": 40, "w": 123}');
    session.send(INPUT, 'stty size; test -t 1 && echo "a terminal"; exit 5\r');
    expect(await session.closed).toEqual({ code: 1000, reason: 'exit 5' });
    expect(String(session.heard())).toMatch(/40 123\r\na terminal\r\n/);
  });

  it('carries the bytes as they are without one, both ways, and closes stdin', async () => {
    const session = await open(`${MAIN}/exec-interactive?cmd=cat&tty=false`);
    const sent = randomBytes(MEBIBYTES << 20);
    await sendSlowly(session, sent, [INPUT]);
    session.send(INPUT);
    expect(await session.closed).toEqual({ code: 1000, reason: 'exit 0' });
    expect(digest(...session.messages)).toBe(digest(sent));
  });

  it('lets a command run on whose client has gone', async () => {
    const session = await open(
      `${MAIN}/exec-interactive?cmd=${encodeURIComponent('echo up; sleep 3; touch /tmp/after')}`,
    );
    await eventually(() => expect(String(session.heard())).toContain('up'));
    session.socket.close();
    const { ['service-instance']: instance } = await eventually(async () => {
      const [record] = await deployed.daemon.get<Record<string, string>[]>('/v1/state/audit?limit=1');
      expect(record).toMatchObject({ action: 'exec-interactive', reason: 'the client closed the session' });
      return record!;
    });
    expect(instance).toBe('web-1');
    await eventually(async () =>
      expect(await execIn(ENGINE, 'acme.reach.web-1.main', ['ls', '/tmp'])).toContain('after'),
    );
  });

  it('is served two hundred times at once, each with its own bytes, and the next is 409', async () => {
    const path = `${MAIN}/exec-interactive?cmd=cat&tty=false`;
    const sessions = await Promise.all(Array.from({ length: 200 }, () => open(path)));
    const refused = await exec(MAIN, 'true');
    expect(refused.status).toBe(409);
    sessions.forEach(({ send }, number) => send(INPUT, `this is ${number}`));
    sessions.forEach(({ send }) => send(INPUT));
    const ends = await Promise.all(sessions.map(({ closed }) => closed));
    expect(ends).toEqual(sessions.map(() => ({ code: 1000, reason: 'exit 0' })));
    expect(sessions.map(({ heard }) => String(heard()))).toEqual(sessions.map((_, number) => `this is ${number}`));
  });

  it('closes with a reason when the container is killed', async () => {
    const session = await open(
      `${BASE}/containers/brief/exec-interactive?cmd=${encodeURIComponent('echo up; sleep 60')}`,
    );
    await eventually(() => expect(String(session.heard())).toContain('up'));
    await askEngine(ENGINE, '/containers/acme.reach.web-1.brief/kill', { method: 'POST' });
    const { code, reason } = await session.closed;
    expect([`1000 exit 137`, '1011 the container is gone']).toContain(`${code} ${reason}`);
  });
});

describe('a connection', () => {
  it('carries the bytes as they are, both ways, and the end of each', async () => {
    const session = await open(`${BASE}/connect?protocol=tcp&port=7000`);
    const sent = randomBytes(MEBIBYTES << 20);
    await sendSlowly(session, sent);
    session.send();
    expect(await session.closed).toEqual({ code: 1000, reason: 'the other side has ended' });
    expect(digest(...session.messages)).toBe(digest(sent));
  });

  it('carries datagrams', async () => {
    const session = await open(`${BASE}/connect?protocol=udp&port=53&ip-address=127.0.0.11`);
    // Is there an address of `web`?
    session.send(Buffer.from('1234010000010000000000000377656200' + '00010001', 'hex'));
    const answer = await eventually(() => {
      expect(session.messages).toHaveLength(1);
      return session.messages[0]!;
    });
    expect(answer.subarray(0, 2).toString('hex')).toBe('1234');
    expect(answer.readUInt16BE(6)).toBe(1);
  });

  it('goes to the application network by tcp-connect', async () => {
    const session = await open(`${MAIN}/tcp-connect?port=7000`);
    session.send('hello');
    await eventually(() => expect(String(session.heard())).toBe('hello'));
    session.send();
    await session.closed;
  });

  it('that nobody takes is 409', async () => {
    const answer = await deployed.daemon.ask(`${BASE}/connect?protocol=tcp&port=7999`);
    expect(answer.status).toBe(426);
    await expect(open(`${BASE}/connect?protocol=tcp&port=7999`)).rejects.toThrow('cannot open');
    const [record] = await deployed.daemon.get<object[]>('/v1/state/audit?limit=1');
    expect(record).toMatchObject({ target: 'tcp 127.0.0.1:7999', reason: 'tcp 127.0.0.1:7999: connection refused' });
  });

  it('leaves no helper behind', async () => {
    await eventually(async () => {
      const all = JSON.parse(await askEngine(ENGINE, '/containers/json', { query: { all: '1' } })) as {
        Names: string[];
      }[];
      const names = all.flatMap(({ Names }) => Names);
      expect(names.filter((name) => name.startsWith(`/fairlead.${OWNER}.connect.`))).toEqual([]);
    }, 20_000);
    expect((await containersOf(OWNER)).map(({ state }) => state)).toEqual(Array(4).fill('running'));
  });
});

describe('a log', () => {
  it('is read, and followed', async () => {
    const { status, text } = await deployed.daemon.ask(`${MAIN}/logs`).then(async (answer) => ({
      status: answer.status,
      text: await answer.text(),
    }));
    expect([status, text]).toEqual([200, 'begun\n']);
    const asked = request(`${origin}${MAIN}/logs?follow&tail=0`, { headers: { authorization: `Bearer ${token}` } });
    asked.on('error', () => undefined);
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    let heard = '';
    response.on('error', () => undefined);
    response.on('data', (bytes: Buffer) => void (heard += String(bytes)));
    await execIn(ENGINE, 'acme.reach.web-1.main', ['sh', '-c', 'echo later > /proc/1/fd/1']);
    await eventually(() => expect(heard).toBe('later\n'));
    asked.destroy();
  });
});

describe('exec: forbidden', () => {
  proves('site.exec');

  it('of a tenant, and of the site, forbids commands and nothing else', async () => {
    const { repository, daemon } = deployed;
    const site = { name: 'local', exec: 'forbidden', hosts: [{ name: 'local' }] };
    for (const [file, text] of [
      ['tenants/acme/tenant.yaml', 'exec: forbidden\n'],
      ['sites/local.yaml', stringify(site)],
    ] as const) {
      expect((await exec(MAIN, 'true')).status).toBe(204);
      const revision = await repository.commit({ [file]: text });
      await eventually(async () => {
        const { 'applied-revision': applied } = await daemon.get<Record<string, string>>('/v1/state/repository');
        expect(applied).toBe(revision);
      }, 60_000);
      expect((await exec(MAIN, 'true')).status).toBe(403);
      expect((await daemon.ask(`${MAIN}/logs`)).status).toBe(200);
      await repository.commit({ [file]: file.startsWith('sites') ? stringify({ ...site, exec: 'allowed' }) : '{}\n' });
      await eventually(async () => expect((await exec(MAIN, 'true')).status).toBe(204), 60_000);
    }
  });
});
