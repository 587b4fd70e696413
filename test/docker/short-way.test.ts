import { once } from 'node:events';
import { access, stat } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { holdRelay } from '../../src/docker/held-relay.ts';
import { openShortWay, type ShortWay } from '../../src/docker/short-way.ts';
import { eventually } from '../eventually.ts';
import { unpackSandboxProgram, type SandboxProgram } from './sandbox-program.ts';

let program: SandboxProgram;
let way: ShortWay;
/** As the helper sees it, of whom it is laid into. */
let socket: string;
const { signal } = new AbortController();

beforeAll(async () => {
  program = await unpackSandboxProgram();
});
beforeEach(async () => {
  way = await openShortWay();
  socket = path.join(way.folder, path.basename(way.socket));
});
afterEach(() => way.close());
afterAll(() => program.dispose());

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

describe('the short way to a helper', () => {
  it('is open to the helper and closed to others of the host', async () => {
    expect((await stat(path.dirname(way.folder))).mode & 0o777).toBe(0o700);
    expect((await stat(socket)).mode & 0o777).toBe(0o777);
  });

  it('carries the connections of a relay, and nothing of it is left when that has come', async () => {
    const server = createServer((peer) => void peer.pipe(peer)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const relay = holdRelay(way.over(program.attach('relay', socket)));
    await relay.ready;
    const connection = await relay.connect('127.0.0.1', (server.address() as AddressInfo).port, signal);
    connection.end('hello');
    expect(String((await once(connection, 'data'))[0])).toBe('hello');
    await eventually(async () => expect(await isThere(path.dirname(way.folder))).toBe(false));
    await relay.close();
    server.close();
  });

  it('takes nobody after the first', async () => {
    const first = connect(socket);
    await once(first, 'connect');
    const second = connect(socket);
    second.on('error', () => undefined);
    await new Promise((resolve) => second.once('close', resolve));
    first.destroy();
  });

  it('ends with the stdin of the helper', async () => {
    const helper = program.attach('relay', socket);
    const relay = holdRelay(way.over(helper));
    await relay.ready;
    await helper.close();
    expect(await relay.lost).not.toBe('');
  });

  it('that leads nowhere ends the helper', async () => {
    const relay = holdRelay(way.over(program.attach('relay', '/nowhere/socket')));
    expect(await relay.lost).toBe('the helper ended with 3');
    await expect(relay.ready).rejects.toThrow('the relay is gone');
    expect(await program.run('relay', '/x'.repeat(60))).toMatchObject({ exitCode: 3 });
  });
});
