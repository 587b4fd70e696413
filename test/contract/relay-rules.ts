import type { Duplex } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Relay } from '../../src/docker/port.ts';
import { LABEL } from '../../src/model/names.ts';
import { refusal, type Ground } from './docker-contract.ts';
import { waitFor } from './wait.ts';

const PORT = 7000;

export function describeRelayRules(use: () => Ground): void {
  const open = () => use().docker.openRelay(use().owner, use().signal);

  describe('the relay', () => {
    let address = '';
    beforeAll(async () => {
      const { network, sandbox, owner, inspect, runMember } = use();
      await runMember(`${owner}.echo`, { cmd: ['nc', '-ll', '-p', `${PORT}`, '-e', 'cat'] });
      address = (await inspect(sandbox)).addresses[network]!.replace(/\/\d+$/, '');
    });
    /** The program may still be about to listen. */
    const connect = (relay: Relay) =>
      waitFor('the echo', () => relay.connect(address, PORT, use().signal).catch(() => undefined));

    it('reaches what listens in an application network', async () => {
      const relay = await open();
      const connection = await connect(relay);
      expect(await ask(connection, 'hello')).toBe('hello');
      await relay.close();
      expect(await relay.lost).not.toBe('');
    });

    it('says that nobody listens', async () => {
      const relay = await open();
      await expect(relay.connect(address, PORT + 1, use().signal)).rejects.toThrow(/^connection refused$/);
      await relay.close();
    });

    it('gone, breaks its connections and refuses others', async () => {
      const { docker, owner, inspect, signal } = use();
      const relay = await open();
      const connection = await connect(relay);
      const broken = new Promise<Error>((resolve) => connection.once('error', resolve));
      await docker.removeContainer((await inspect(`fairlead.${owner}.relay`)).id, signal);
      expect(await relay.lost).not.toBe('');
      expect(await broken).toMatchObject({ code: 'unreachable' });
      await refusal(relay.connect(address, PORT, signal), 'unreachable');
      await relay.close();
    });

    it('left behind by another process gives way to the next', async () => {
      const former = await open();
      const relay = await open();
      expect(await former.lost).not.toBe('');
      expect(await ask(await connect(relay), 'hello')).toBe('hello');
      await relay.close();
    });

    it('ends with the connection to the engine, and leaves no container behind', async () => {
      const { docker, engine, owner, signal } = use();
      const relay = await open();
      await engine.cutConnections();
      expect(await relay.lost).not.toBe('');
      await waitFor('the end of its container', async () => {
        return (await docker.inspectContainer(`fairlead.${owner}.relay`, signal)) === undefined;
      });
    });

    it('is refused where another owner has its name', async () => {
      const { docker, engine, owner, signal } = use();
      await engine.makeForeign(`fairlead.${owner}-c.relay`, { [LABEL.owner]: 'somebody' });
      expect(await refusal(docker.openRelay(`${owner}-c`, signal), 'name-taken')).toContain('somebody');
    });
  });

  it('the lease tells whether this process lives on the engine’s host', async () => {
    const { docker, owner, signal } = use();
    const lease = await docker.acquireLease(`${owner}-d`, 'host-a pid 1', signal);
    if (lease.kind !== 'lease') throw new Error('the lease is taken');
    // Fake and private engine alike are hosts of their own.
    expect(await lease.sharesNetwork(signal)).toBe(false);
    await lease.release();
  });
}

async function ask(connection: Duplex, question: string): Promise<string> {
  connection.end(question);
  let answer = '';
  for await (const bytes of connection as AsyncIterable<Buffer>) answer += bytes.toString();
  return answer;
}
