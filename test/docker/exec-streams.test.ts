import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { toInput, toOutput } from '../../src/docker/exec-streams.ts';
import { eventually } from '../eventually.ts';

const open: { readonly server: Server; readonly sockets: readonly Socket[] }[] = [];
const AT_ONCE = Promise.resolve();

/** The two ends of a connection. */
async function connectPair(): Promise<{ readonly near: Socket; readonly far: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [far] = (await once(server, 'connection')) as [Socket];
  far.on('error', () => undefined);
  open.push({ server, sockets: [near, far] });
  return { near, far };
}

afterEach(() => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

describe('the output of a session', () => {
  it('holds less than 256 KiB that nobody reads, and the other end has to wait', async () => {
    const { near, far } = await connectPair();
    const output = toOutput({ connection: near, tty: true });
    far.write(Buffer.alloc(64 << 20));
    await once(output, 'readable');
    await eventually(() => expect(near.isPaused()).toBe(true));
    const held = () => output.readableLength + near.readableLength;
    const seen = [held()];
    for (let turn = 0; turn < 100; turn += 1) {
      await new Promise(setImmediate);
      seen.push(held());
    }
    expect(Math.max(...seen)).toBeLessThan(256 * 1024);
    expect(far.writableLength).toBeGreaterThan(0);
  });

  it('ends where the connection is reset', async () => {
    const { near, far } = await connectPair();
    const output = toOutput({ connection: near, tty: true });
    far.write('last words');
    const [said] = (await once(output, 'data')) as [Buffer];
    expect(said.toString()).toBe('last words');
    far.resetAndDestroy();
    expect(await text(output)).toBe('');
  });

  it('that is destroyed takes the connection with it', async () => {
    const { near, far } = await connectPair();
    const output = toOutput({ connection: near, tty: true });
    far.resume();
    output.destroy();
    await once(far, 'end');
    expect(near.destroyed).toBe(true);
  });
});

describe('the input of a session', () => {
  it('ends the one way only', async () => {
    const { near, far } = await connectPair();
    const output = toOutput({ connection: near, tty: false });
    const heard = text(far);
    toInput({ connection: near, tty: false }, AT_ONCE).end('hello');
    expect(await heard).toBe('hello');
    expect(output.readableEnded).toBe(false);
  });

  it.each([
    ['', '\x04'],
    ['a line\r', 'a line\r\x04'],
    ['a line\n', 'a line\n\x04'],
    ['a line', 'a line\x04\x04'],
  ])('at a terminal types its end: %j is %j', async (typed, sent) => {
    const { near, far } = await connectPair();
    const input = toInput({ connection: near, tty: true }, AT_ONCE);
    if (typed !== '') input.write(typed);
    let heard = '';
    far.on('data', (bytes: Buffer) => (heard += bytes.toString()));
    await new Promise<void>((resolve) => input.end(resolve));
    await eventually(() => expect(heard).toBe(sent));
    expect(far.readableEnded).toBe(false);
  });

  it('waits until the command may be written to', async () => {
    const { near, far } = await connectPair();
    let setReady: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => (setReady = resolve));
    const input = toInput({ connection: near, tty: true }, ready);
    input.write('second');
    near.write('first ');
    let heard = '';
    far.on('data', (bytes: Buffer) => (heard += bytes.toString()));
    await eventually(() => expect(heard).toBe('first '));
    setReady();
    await eventually(() => expect(heard).toBe('first second'));
  });

  it('after the end goes nowhere, and harms nobody', async () => {
    const { near, far } = await connectPair();
    const input = toInput({ connection: near, tty: false }, AT_ONCE);
    toOutput({ connection: near, tty: false }).resume();
    far.end();
    await once(near, 'end');
    input.write('too late');
    await once(input, 'close');
  });

  it('lets a writer wait for a command that does not read', async () => {
    const { near, far } = await connectPair();
    far.pause();
    const input = toInput({ connection: near, tty: false }, AT_ONCE);
    let isThrough = false;
    input.write(Buffer.alloc(64 << 20), () => (isThrough = true));
    await eventually(() => expect(near.writableLength).toBeGreaterThan(0));
    expect(isThrough).toBe(false);
    expect(input.write('x')).toBe(false);
  });
});
