import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEndpoint } from '../../src/docker/endpoint.ts';
import { openDocker } from '../../src/docker/engine.ts';
import type { DockerPort, Relay } from '../../src/docker/port.ts';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';
import { createSandbox, startOf } from '../contract/actions.ts';
import { waitFor } from '../contract/wait.ts';
import { ensureTestImage, testEndpoint } from './test-image.ts';

const PORT = 7000;
/** Busybox takes two connections at once that it has not accepted yet, so each has a program of its own. */
const PROGRAMS = 100;
const MEBIBYTES = 64;

describe('the relay of a real engine', () => {
  const { signal } = new AbortController();
  const owner = `relay-${randomBytes(4).toString('hex')}`;
  let docker: DockerPort;
  let relay: Relay;
  let id: string;
  let address: string;

  const waitForEcho = (port: number) =>
    waitFor(`the echo on port ${port}`, async () => {
      const connection = await relay.connect(address, port, signal).catch(() => undefined);
      return connection?.destroy();
    });

  beforeAll(async () => {
    await ensureTestImage(testEndpoint());
    docker = openDocker(parseEndpoint(testEndpoint()));
    await docker.importSandboxImage(SANDBOX_IMAGE, signal);
    const listen = `for port in $(seq ${PORT} ${PORT + PROGRAMS - 1}); do nc -ll -p $port -e cat & done; wait`;
    const cmd = ['sh', '-c', listen];
    const network = { kind: 'network', network: 'bridge', aliases: [] } as const;
    await docker.createContainer(createSandbox(owner, `${owner}.echo`, 'bridge', { cmd, network }), signal);
    await docker.startContainer(startOf(`${owner}.echo`), signal);
    const echo = await docker.inspectContainer(`${owner}.echo`, signal);
    id = echo!.id;
    address = echo!.addresses['bridge']!.replace(/\/\d+$/, '');
    relay = await docker.openRelay(owner, signal);
    for (let at = 0; at < PROGRAMS; at += 1) await waitForEcho(PORT + at);
  });
  afterAll(async () => {
    await relay.close();
    await docker.removeContainer(id, signal);
  });

  it('carries 64 MiB each way unchanged', async () => {
    const megabyte = randomBytes(1 << 20);
    const connection = await relay.connect(address, PORT, signal);
    void sendMany(connection, megabyte);
    let length = 0;
    for await (const bytes of connection as AsyncIterable<Buffer>) {
      const place = length % megabyte.length;
      const head = megabyte.subarray(place, place + bytes.length);
      const tail = megabyte.subarray(0, bytes.length - head.length);
      if (!bytes.equals(Buffer.concat([head, tail]))) throw new Error(`other bytes at ${length}`);
      length += bytes.length;
    }
    expect(length).toBe(MEBIBYTES << 20);
  });

  it('serves 100 connections at once', async () => {
    const ports = Array.from({ length: PROGRAMS }, (_, at) => PORT + at);
    const connections = await Promise.all(ports.map((port) => relay.connect(address, port, signal)));
    const answers = await Promise.all(connections.map((connection, at) => ask(connection, `hello ${at}`)));
    expect(answers).toEqual(answers.map((_, at) => `hello ${at}`));
  });
});

async function sendMany(connection: Duplex, megabyte: Buffer): Promise<void> {
  for (let sent = 0; sent < MEBIBYTES; sent += 1) {
    await new Promise((resolve) => connection.write(megabyte, resolve));
  }
  connection.end();
}

async function ask(connection: Duplex, question: string): Promise<string> {
  connection.end(question);
  let answer = '';
  for await (const bytes of connection as AsyncIterable<Buffer>) answer += bytes.toString();
  return answer;
}
