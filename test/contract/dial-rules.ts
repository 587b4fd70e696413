import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DialTarget } from '../../src/docker/port.ts';
import { createSandbox, startOf } from './actions.ts';
import { refusal, type Ground } from './docker-contract.ts';
import { expectRepeated, writeRepeated } from './many-bytes.ts';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';
import { waitFor } from './wait.ts';

const PORT = 7100;
/** Busybox takes two connections at once that it has not accepted yet, so each has a program of its own. */
const CONNECTIONS = 50;
const LISTEN = `for port in $(seq ${PORT} ${PORT + CONNECTIONS - 1}); do nc -ll -p $port -e cat & done; wait`;
/** Of the engine, in every container that has a network of its own. */
const NAME_SERVER = { protocol: 'udp', address: '127.0.0.11', port: 53 } as const;
const MEBIBYTES = 64;

export function describeDialRules(use: () => Ground): void {
  let sandboxId = '';
  const dial = (overrides: Partial<DialTarget> = {}, from = sandboxId): Promise<Duplex> => {
    const target = { owner: use().owner, protocol: 'tcp', address: '127.0.0.1', port: PORT, ...overrides } as const;
    return use().docker.dialFrom(from, target, use().signal);
  };
  /** The program may still be about to listen, or about to take the connection before. */
  const dialSoon = (overrides: Partial<DialTarget> = {}, from = sandboxId) =>
    waitFor('the echo', () => dial(overrides, from).catch(() => undefined));
  const helpers = async () => {
    const { docker, owner, signal } = use();
    const all = await docker.listContainers(owner, signal);
    return all.map(({ name }) => name).filter((name) => name.startsWith(`fairlead.${owner}.connect.`));
  };
  const untilNoHelper = () =>
    waitFor('the end of the helper', async () => (await helpers().catch(() => undefined))?.length === 0);

  describe('a connection from a sandbox', () => {
    beforeAll(async () => {
      const { owner, sandbox, inspect, runMember } = use();
      sandboxId = (await inspect(sandbox)).id;
      await runMember(`${owner}.d-dialed`, { cmd: ['sh', '-c', LISTEN] });
    });

    it('reaches what listens only inside, and the end of each way passes', async () => {
      expect(await ask(await dialSoon(), 'hello')).toBe('hello');
      await untilNoHelper();
    });

    it('changes nothing of the instance', async () => {
      const { docker, owner, sandbox, inspect } = use();
      const names = [sandbox, `${owner}.d-dialed`];
      const before = await Promise.all(names.map(inspect));
      expect(await ask(await dialSoon(), 'hello')).toBe('hello');
      expect(await Promise.all(names.map(inspect))).toEqual(before);
      expect(docker).toBeDefined();
    });

    it(`carries ${MEBIBYTES} MiB each way unchanged`, async () => {
      const connection = await dialSoon();
      const megabyte = randomBytes(1 << 20);
      const written = writeRepeated(connection, megabyte, MEBIBYTES);
      expect(await expectRepeated(connection, megabyte)).toBe(MEBIBYTES << 20);
      await written;
    });

    it(`is one of ${CONNECTIONS} at once`, async () => {
      const ports = Array.from({ length: CONNECTIONS }, (_, at) => PORT + at);
      const connections = await Promise.all(ports.map((port) => dialSoon({ port })));
      const answers = await Promise.all(connections.map((connection, at) => ask(connection, `hello ${at}`)));
      expect(answers).toEqual(answers.map((_, at) => `hello ${at}`));
      await untilNoHelper();
    });

    it('carries datagrams', async () => {
      const connection = await dial(NAME_SERVER);
      for (const id of [0x1234, 0x5678]) {
        connection.write(toQuestion(id, 'web'));
        const [answer] = (await once(connection, 'data')) as [Buffer];
        expect(answer.readUInt16BE(0)).toBe(id);
        expect(answer.toString('latin1')).toContain('web');
      }
      connection.destroy();
      await untilNoHelper();
    });

    it('says that nobody listens', async () => {
      await expect(dial({ port: PORT + CONNECTIONS })).rejects.toThrow(/^connection refused$/);
      await untilNoHelper();
    });

    it('goes to addresses, not to names', async () => {
      await expect(dial({ address: 'localhost' })).rejects.toThrow('localhost is no IP address');
      await untilNoHelper();
    });

    it('ends with the sandbox', async () => {
      const { docker, owner, network, signal } = use();
      const name = `${owner}.d-ending`;
      const alone = { image: SANDBOX_IMAGE, cmd: undefined, init: false };
      await docker.createContainer(createSandbox(owner, name, network, alone), signal);
      await docker.startContainer(startOf(name), signal);
      const { id } = await use().inspect(name);
      await use().runMember(`${owner}.d-ending-echo`, {
        network: { kind: 'sandbox', sandbox: name },
        cmd: ['sh', '-c', LISTEN],
      });
      const connection = await dialSoon({}, id);
      const closed = once(connection, 'close').catch(() => undefined);
      connection.resume();
      await docker.stopContainer(id, 1_000, signal);
      await closed;
      await refusal(dial({}, id), 'conflict');
      await docker.removeContainer(id, signal);
      await refusal(dial({}, id), 'conflict');
      await untilNoHelper();
    });

    it('ends with the connection to the engine, and leaves no container behind', async () => {
      const { engine } = use();
      const connection = await dialSoon();
      const broken = once(connection, 'error');
      await engine.cutConnections();
      expect(String((await broken)[0])).toMatch(/ended|broke/);
      await untilNoHelper();
    });

    it('whose helper was made and never started goes with the next lease', async () => {
      const { docker, engine, owner, signal } = use();
      const other = `${owner}-e`;
      await engine.leaveHelperBehind(`fairlead.${other}.connect.0`, other);
      const lease = await docker.acquireLease(other, 'host-a pid 1', signal);
      expect(await docker.inspectContainer(`fairlead.${other}.connect.0`, signal)).toBeUndefined();
      if (lease.kind === 'lease') await lease.release();
    });

    it('stops being opened when the signal aborts, with its reason', async () => {
      const { docker, owner } = use();
      const caller = new AbortController();
      const target = { owner, protocol: 'tcp', address: '127.0.0.1', port: PORT } as const;
      const opening = docker.dialFrom(sandboxId, target, caller.signal);
      caller.abort(new Error('too slow'));
      await expect(opening).rejects.toThrow('too slow');
      await untilNoHelper();
    });
  });
}

async function ask(connection: Duplex, question: string): Promise<string> {
  connection.end(question);
  let answer = '';
  for await (const bytes of connection as AsyncIterable<Buffer>) answer += bytes.toString();
  return answer;
}

/** Of DNS: which IPv4 addresses a name has. */
function toQuestion(id: number, name: string): Buffer {
  const header = Buffer.from([id >> 8, id & 0xff, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, Buffer.from([name.length]), Buffer.from(name), Buffer.from([0, 0, 1, 0, 1])]);
}
