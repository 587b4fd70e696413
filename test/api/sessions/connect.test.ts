import { createHash, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { DockerError, type DialTarget } from '../../../src/docker/port.ts';
import { eventually } from '../../eventually.ts';
import { BASE, MAIN, messageOf, ON_ENGINE, reach, type Reached } from './reached.ts';

const TCP = `${BASE}/connect?protocol=tcp&port=8080`;
const UDP = `${BASE}/connect?protocol=udp&port=53`;

/** Where everybody who is called answers like this. */
function answer({ docker }: Reached, as: (connection: Duplex) => void) {
  const targets: DialTarget[] = [];
  const connections: Duplex[] = [];
  docker.onDial = (target, sandbox) => {
    expect(sandbox.name).toBe(ON_ENGINE.sandbox);
    targets.push(target);
    return (connection) => {
      connection.on('error', () => undefined);
      connections.push(connection);
      as(connection);
    };
  };
  return { targets, connections };
}

const echo = (connection: Duplex) => void connection.pipe(connection);
const mute = (connection: Duplex) => void connection.resume();

describe('GET …/connect', () => {
  it('joins a client with what listens in the instance', async () => {
    const reached = await reach();
    const { targets } = answer(reached, echo);
    const { send, heard, protocol } = await reached.open(TCP);
    expect(protocol).toBe('v1.connect.supd');
    send('hello');
    await eventually(() => expect(String(heard())).toBe('hello'));
    expect(targets).toEqual([{ owner: 'test', protocol: 'tcp', address: '127.0.0.1', port: 8080 }]);
  });

  it.each([
    ['10.1.2.3', 'tcp 10.1.2.3:8080'],
    ['fd00::1', 'tcp [fd00::1]:8080'],
  ])('reaches %s as well, and says so in the record', async (address, target) => {
    const reached = await reach();
    const { targets } = answer(reached, echo);
    const { send, heard } = await reached.open(`${TCP}&ip-address=${encodeURIComponent(address)}`);
    send('x');
    await eventually(() => expect(heard()).toHaveLength(1));
    expect(targets).toMatchObject([{ address }]);
    expect(reached.audit.list()).toMatchObject([{ action: 'connect', target }]);
    expect(reached.audit.list()[0]).not.toHaveProperty('container');
    expect(reached.runs.list()).toEqual([]);
  });

  it('carries any bytes both ways, and ends what the client sends by an empty message', async () => {
    const reached = await reach();
    answer(reached, echo);
    const { send, heard, closed } = await reached.open(TCP);
    const sent = randomBytes(16 * 1024 * 1024);
    for (let at = 0; at < sent.length; at += 100_003) send(sent.subarray(at, at + 100_003));
    send();
    expect(await closed).toEqual({ code: 1000, reason: 'the other side has ended' });
    expect(digest(heard())).toBe(digest(sent));
  });

  it('sends all the other side has sent before it closes', async () => {
    const reached = await reach();
    const sent = randomBytes(4 * 1024 * 1024);
    answer(reached, (connection) => void connection.end(sent));
    const { heard, closed } = await reached.open(TCP);
    expect(await closed).toEqual({ code: 1000, reason: 'the other side has ended' });
    expect(digest(heard())).toBe(digest(sent));
    await eventually(() => expect(reached.audit.list()).toMatchObject([{ reason: 'the other side has ended' }]));
  });

  it('gives the other side what the client sent before it closed', async () => {
    const reached = await reach();
    const { connections } = answer(reached, () => undefined);
    const { send, socket } = await reached.open(TCP);
    const sent = randomBytes(1024 * 1024);
    send(sent);
    socket.close();
    const got: Buffer[] = [];
    const [connection] = connections;
    connection!.on('data', (bytes: Buffer) => void got.push(bytes));
    await eventually(() => expect(Buffer.concat(got)).toHaveLength(sent.length));
    await eventually(() => expect(reached.audit.list()).toMatchObject([{ reason: 'the client closed the session' }]));
  });

  it('closes with the reason when the connection breaks', async () => {
    const reached = await reach();
    answer(reached, mute);
    const { closed } = await reached.open(TCP);
    reached.docker.engine.endProcess(ON_ENGINE.sandbox, 137);
    expect(await closed).toEqual({ code: 1011, reason: expect.stringMatching(/./) as unknown });
    await eventually(() => expect(reached.audit.list()[0]).toHaveProperty('ended-at'));
  });

  it('of UDP a message is a datagram', async () => {
    const reached = await reach();
    answer(reached, echo);
    const { send, messages, closed } = await reached.open(UDP);
    const datagrams = ['one', 'two', 'three'];
    for (const datagram of datagrams) send(datagram);
    await eventually(() => expect(messages.map(String)).toEqual(datagrams));
    send(Buffer.alloc(65_508));
    expect(await closed).toEqual({ code: 1009, reason: 'a datagram holds at most 65507 bytes' });
  });

  it('closes for a text', async () => {
    const reached = await reach();
    answer(reached, echo);
    const { socket, closed } = await reached.open(TCP);
    socket.send('hello');
    expect(await closed).toEqual({ code: 1003, reason: 'expected a binary message' });
  });

  it('closes with 1001 when the daemon ends', async () => {
    const reached = await reach();
    const { connections } = answer(reached, mute);
    const { closed } = await reached.open(TCP);
    await reached.close();
    expect(await closed).toMatchObject({ code: 1001 });
    await eventually(() => expect(connections[0]!.destroyed).toBe(true));
  });

  it('is 409 with the words of the other side when nobody answers', async () => {
    const reached = await reach();
    const refused = await reached.upgrade(TCP);
    expect([refused.status, messageOf(refused)]).toEqual([409, 'tcp 127.0.0.1:8080: connection refused']);
    reached.docker.failNext('dialFrom', new DockerError('conflict', 'the sandbox does not run'));
    expect(messageOf(await reached.upgrade(TCP))).toBe('tcp 127.0.0.1:8080: the sandbox does not run');
    expect(reached.audit.list()).toHaveLength(2);
    expect(reached.errors).toEqual([]);
  });

  it.each([
    ['port=8080', 'protocol: expected tcp or udp'],
    ['protocol=sctp&port=8080', 'protocol: expected tcp or udp'],
    ['protocol=TCP&port=8080', 'protocol: expected tcp or udp'],
    ['protocol=tcp&protocol=udp&port=80', 'protocol: given more than once'],
    ['protocol=tcp', 'port: expected a whole number'],
    ['protocol=tcp&port=0', 'port: expected a whole number'],
    ['protocol=tcp&port=65536', 'port: expected a whole number'],
    ['protocol=tcp&port=0x50', 'port: expected a whole number'],
    ['protocol=tcp&port=80.5', 'port: expected a whole number'],
    ['protocol=tcp&port=80&ip-address=localhost', 'ip-address: expected an address'],
    ['protocol=tcp&port=80&ip-address=', 'ip-address: expected an address'],
    ['protocol=tcp&port=80&ip-address=fe80::1%25eth0', 'ip-address: an address with a zone'],
    ['protocol=tcp&port=80&ip-address=%ff', 'the query is not UTF-8'],
    ['protocol=tcp&port=80&ip-address=127.1', 'ip-address: expected an address'],
  ])('refuses %s', async (query, message) => {
    const reached = await reach();
    const { targets } = answer(reached, echo);
    const refused = await reached.upgrade(`${BASE}/connect?${query}`);
    expect([refused.status, messageOf(refused)]).toEqual([400, expect.stringContaining(message)]);
    expect(targets).toEqual([]);
  });

  it('is refused in THE order of checks', async () => {
    const reached = await reach();
    const wrong = `${BASE}/connect`;
    const plain = { connection: undefined, upgrade: undefined };
    const statuses = [
      await reached.upgrade(wrong.replace('web-1', 'web-9'), { as: 'nobody', headers: plain }),
      await reached.upgrade(wrong.replace('web-1', 'web-9'), { as: 'operate', headers: plain }),
      await reached.upgrade(wrong.replace('web-1', 'web-9'), { headers: plain }),
      await reached.upgrade(wrong, { headers: plain }),
      await reached.upgrade(wrong),
    ].map(({ status }) => status);
    expect(statuses).toEqual([401, 403, 404, 426, 400]);
    reached.docker.engine.get(ON_ENGINE.sandbox, 'stop it').status = 'exited';
    await reached.look();
    const down = await reached.upgrade(wrong, { headers: plain });
    expect([down.status, messageOf(down)]).toEqual([409, 'web-1 does not run, so it has no network']);
  });
});

describe('GET …/tcp-connect', () => {
  it('goes to the address of the instance in its application network', async () => {
    const reached = await reach();
    const { targets } = answer(reached, echo);
    const { send, heard, protocol } = await reached.open(`${MAIN}/tcp-connect?port=8080`);
    send('hello');
    await eventually(() => expect(String(heard())).toBe('hello'));
    expect(protocol).toBe('v1.tcp-connect.supd');
    const body = (await reached.ask(BASE, { as: 'acme' })).body as { 'application-network': { ips: string[] } };
    const [address] = body['application-network'].ips.map((ip) => ip.replace('/26', ''));
    expect(targets).toEqual([{ owner: 'test', protocol: 'tcp', address, port: 8080 }]);
    expect(reached.audit.list()).toMatchObject([{ action: 'tcp-connect', container: 'main' }]);
  });

  it.each([
    [`${BASE}/containers/none/tcp-connect?port=80`, 404, 'no container none'],
    [`${MAIN}/tcp-connect`, 400, 'port: expected'],
    [`${BASE}/vm-container/tcp-connect?port=80`, 409, 'not supported yet: vm'],
  ])('of %s is %i', async (path, status, message) => {
    const reached = await reach();
    const answered = await reached.upgrade(path);
    expect([answered.status, messageOf(answered)]).toEqual([status, expect.stringContaining(message)]);
  });
});

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
