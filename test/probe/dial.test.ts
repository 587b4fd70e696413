import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { PassThrough, type Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DockerError, type Relay } from '../../src/docker/port.ts';
import { chooseDialer, createRelayDialer, dialDirectly } from '../../src/probe/dial.ts';
import { createFakeClock } from './fake-clock.ts';

const { signal } = new AbortController();

/** An engine that opens relays which end where a test wants. */
function createRelays() {
  const opened: { owner: string; lose: (reason: string) => void; closed: boolean }[] = [];
  const engine = { opened, fail: undefined as DockerError | undefined, openRelay };
  async function openRelay(owner: string): Promise<Relay> {
    if (engine.fail !== undefined) throw engine.fail;
    let lose: (reason: string) => void = () => undefined;
    const lost = new Promise<string>((resolve) => (lose = resolve));
    const entry = { owner, lose, closed: false };
    opened.push(entry);
    const connect = async (address: string, port: number): Promise<Duplex> => {
      const stream = new PassThrough();
      stream.write(`${address}:${port}`);
      return stream;
    };
    return { lost, connect, close: async () => void (entry.closed = true) };
  }
  return engine;
}

describe('dialling directly', () => {
  let server: Server;
  let port: number;

  beforeEach(async () => {
    server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => void server.close());

  it('connects', async () => {
    const connection = await dialDirectly('127.0.0.1', port, signal);
    expect(String((await once(connection, 'data'))[0])).toBe('hello');
    connection.destroy();
  });

  it('rejects with the reason of the system', async () => {
    server.close();
    await once(server, 'close');
    await expect(dialDirectly('127.0.0.1', port, signal)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('rejects with the reason of its caller who gives up', async () => {
    const giveUp = new AbortController();
    giveUp.abort(new Error('enough'));
    await expect(dialDirectly('127.0.0.1', port, giveUp.signal)).rejects.toThrow('enough');
  });
});

describe('dialling through a relay', () => {
  const clock = createFakeClock();
  const dialerOf = (docker: ReturnType<typeof createRelays>) => createRelayDialer({ docker, owner: 'blue', clock });

  it('opens the relay with the first question, and keeps it', async () => {
    const engine = createRelays();
    const { dial } = dialerOf(engine);
    expect(engine.opened).toEqual([]);
    const [connection] = await Promise.all([dial('10.0.0.1', 80, signal), dial('10.0.0.2', 80, signal)]);
    expect(String(connection.read())).toBe('10.0.0.1:80');
    expect(engine.opened).toMatchObject([{ owner: 'blue' }]);
  });

  it('opens another when it was lost', async () => {
    const engine = createRelays();
    const { dial } = dialerOf(engine);
    await dial('10.0.0.1', 80, signal);
    engine.opened[0]!.lose('the helper ended');
    await Promise.resolve();
    await dial('10.0.0.1', 80, signal);
    expect(engine.opened).toHaveLength(2);
  });

  it('does not ask an engine that cannot open one with every question', async () => {
    const engine = createRelays();
    const { dial } = dialerOf(engine);
    engine.fail = new DockerError('timeout', 'no answer within 10 s');
    await expect(dial('10.0.0.1', 80, signal)).rejects.toMatchObject({ code: 'unreachable' });
    engine.fail = undefined;
    await expect(dial('10.0.0.1', 80, signal)).rejects.toThrow('no answer within 10 s');
    await clock.advance(5_000);
    await dial('10.0.0.1', 80, signal);
    expect(engine.opened).toHaveLength(1);
  });

  it('a question that cannot wait for it says that nobody was asked', async () => {
    const stuck = { openRelay: () => new Promise<never>(() => undefined) };
    const { dial } = createRelayDialer({ docker: stuck, owner: 'blue', clock });
    const deadline = AbortSignal.timeout(20);
    await expect(dial('10.0.0.1', 80, deadline)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('closes the relay, and opens none again', async () => {
    const engine = createRelays();
    const closed = dialerOf(engine);
    await closed.close();
    await expect(closed.dial('10.0.0.1', 80, signal)).rejects.toMatchObject({ code: 'unreachable' });
    const other = dialerOf(engine);
    await other.dial('10.0.0.1', 80, signal);
    await other.close();
    expect(engine.opened).toMatchObject([{ closed: true }]);
  });
});

describe('the way to the containers', () => {
  const choose = (docker: ReturnType<typeof createRelays>, isHere: boolean) =>
    chooseDialer(
      { docker, owner: 'blue', clock: createFakeClock(), lease: { sharesNetwork: async () => isHere } },
      signal,
    );

  it("is direct where this process lives on the engine's host", async () => {
    const { dial } = await choose(createRelays(), true);
    expect(dial).toBe(dialDirectly);
  });

  it('is a relay elsewhere', async () => {
    const engine = createRelays();
    const { dial } = await choose(engine, false);
    await dial('10.0.0.1', 80, signal);
    expect(engine.opened).toHaveLength(1);
  });
});
