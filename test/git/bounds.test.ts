import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpTransport } from '../../src/git/http/http-transport.ts';
import { assertPackBounds, type PackBounds } from '../../src/git/pack-bounds.ts';
import { openRemoteRepository } from '../../src/git/remote.ts';
import { createRepository, testEnvironment, type TestRepository } from './git-repo.ts';
import { startGitServer } from './git-server.ts';

const never = new AbortController().signal;
const MIB = 1024 * 1024;
const WIDE: PackBounds = { object: MIB, unpacked: 4 * MIB, ratio: 1, made: 4 * MIB };
let directory: string;
let repository: TestRepository;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'fairlead-bounds-'));
  repository = await createRepository(path.join(directory, 'served', 'r.git'), { bare: true });
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Everything in the repository as git packs it. */
function packed(...flags: readonly string[]): Buffer {
  const args = ['-C', repository.path, 'pack-objects', '--all', '--stdout', '-q', ...flags];
  return execFileSync('git', args, { input: '', env: testEnvironment(), maxBuffer: 64 * MIB });
}

const open = (url: string) =>
  openRemoteRepository({
    transport: createHttpTransport({ url, credentials: async () => undefined }),
    branch: 'main',
    treePath: '.',
    directory: path.join(directory, 'cache'),
  });

describe('a pack', () => {
  it('is taken as git makes it, with objects made from others by place and by name', async () => {
    const text = randomBytes(40_000).toString('hex');
    for (let n = 0; n < 20; n += 1) await repository.commit({ a: `${n}${text}`, [`f${n}`]: String(n), empty: '' });
    for (const flags of [['--delta-base-offset'], [], ['--depth=0']]) {
      const pack = packed(...flags);
      await expect(assertPackBounds(pack, WIDE)).resolves.toBeUndefined();
      await expect(assertPackBounds(pack)).resolves.toBeUndefined();
    }
  });

  it.each([
    ['an object of it is too large', { object: 60_000 }, /an object that comes to more than 60000 bytes/],
    ['all of it together is too large', { unpacked: 80_000 }, /a pack that comes to more than/],
    ['what is made from others together is too large', { made: 1_000_000 }, /a pack that comes to more than 1000000/],
  ] as const)('is refused where %s', async (_, bounds, message) => {
    const text = randomBytes(40_000).toString('hex');
    for (let n = 0; n < 20; n += 1) await repository.commit({ a: `${n}${text}` });
    const tight = { ...WIDE, ...bounds };
    await expect(assertPackBounds(packed(), tight)).rejects.toMatchObject({ code: 'corrupt', message });
  });

  it('is refused where an object is made that is too large, be it of a few bytes', async () => {
    const half = randomBytes(300_000);
    await repository.commit({ a: half });
    await repository.commit({ a: Buffer.concat([half, half, half]) });
    const tight = { ...WIDE, object: 700_000, unpacked: 8 * MIB };
    await expect(assertPackBounds(packed('--window=10', '--depth=10'), tight)).rejects.toThrow(/an object/);
  });

  it('is refused where it is cut off or scrambled', async () => {
    await repository.commit({ a: randomBytes(1_000) });
    const pack = packed();
    const scrambled = Buffer.from(pack).fill(0xff, 20, 60);
    for (const bytes of [pack.subarray(0, pack.length / 2), scrambled]) {
      await expect(assertPackBounds(bytes, WIDE)).rejects.toMatchObject({ code: 'corrupt' });
    }
  });
});

describe('a remote repository', () => {
  it('into which somebody pushes a bomb stays as it was, and goes on when it is gone', async () => {
    const first = await repository.commit({ a: '1' });
    const server = await startGitServer({ root: path.join(directory, 'served') });
    try {
      const port = open(`${server.url}/r.git`);
      expect((await port.fetch(never)).revision).toBe(first);
      await repository.commit({ bomb: Buffer.alloc(101 * MIB) });
      const message = /gives an object that comes to more than 100 MiB/;
      await expect(port.fetch(never)).rejects.toMatchObject({ code: 'corrupt', message });
      expect([...(await port.readTree(first)).keys()]).toEqual(['a']);
      const mended = await repository.commit({ bomb: null, a: '2' });
      expect((await port.fetch(never)).revision).toBe(mended);
      expect([...(await port.readTree(mended)).keys()]).toEqual(['a']);
    } finally {
      await server.stop();
    }
  }, 60_000);

  it.each(['GET', 'POST'])('whose server never ends its answer to a %s is refused', async (endless) => {
    const server = await startEndless(endless);
    try {
      const { port } = server.address() as AddressInfo;
      const fetching = open(`http://127.0.0.1:${port}/r.git`).fetch(never);
      await expect(fetching).rejects.toMatchObject({ code: 'corrupt', message: /sends more than 64 MiB/ });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

/** A server that offers protocol 2, and then lists refs for ever. */
async function startEndless(method: string): Promise<Server> {
  const line = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
  const offer = `${line('# service=git-upload-pack\n')}0000${line('version 2\n')}${line('ls-refs\n')}`;
  const refs = line(`${'a'.repeat(40)} refs/heads/main${'x'.repeat(900)}\n`).repeat(1000);
  const server = createServer((request, response) => {
    const kind = request.method === 'GET' ? 'advertisement' : 'result';
    response.writeHead(200, { 'content-type': `application/x-git-upload-pack-${kind}` });
    if (request.method === 'GET') response.write(offer);
    if (request.method !== method) return void response.end('0000');
    const more = () => {
      while (!response.destroyed && response.write(refs));
    };
    response.on('drain', more);
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
