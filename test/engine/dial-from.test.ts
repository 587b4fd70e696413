import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCalls, type EngineCalls } from '../../src/docker/calls.ts';
import { openDialer } from '../../src/docker/dial-from.ts';
import { openTransport } from '../../src/docker/dockerode.ts';
import { parseEndpoint } from '../../src/docker/endpoint.ts';
import { openDocker } from '../../src/docker/engine.ts';
import type { DockerPort } from '../../src/docker/port.ts';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';
import { createSandbox, startOf } from '../contract/actions.ts';
import { expectRepeated, writeRepeated } from '../contract/many-bytes.ts';
import { waitFor } from '../contract/wait.ts';
import { ensureTestImage, testEndpoint } from './test-image.ts';

const PORT = 7000;
const MEBIBYTES = 64;

describe('a connection into a container', () => {
  const { signal } = new AbortController();
  const owner = `dial-${randomBytes(4).toString('hex')}`;
  let docker: DockerPort;
  let calls: EngineCalls;
  let id: string;

  beforeAll(async () => {
    await ensureTestImage(testEndpoint());
    docker = openDocker(parseEndpoint(testEndpoint()));
    calls = openCalls(openTransport(parseEndpoint(testEndpoint())));
    await docker.importSandboxImage(SANDBOX_IMAGE, signal);
    const cmd = ['nc', '-ll', '-p', `${PORT}`, '-e', 'cat'];
    const network = { kind: 'network', network: 'bridge', aliases: [] } as const;
    await docker.createContainer(createSandbox(owner, `${owner}.echo`, 'bridge', { cmd, network }), signal);
    await docker.startContainer(startOf(`${owner}.echo`), signal);
    id = (await docker.inspectContainer(`${owner}.echo`, signal))!.id;
  });
  afterAll(() => docker.removeContainer(id, signal));

  it.each([
    ['past the engine', true],
    ['through the engine, as one on another host', false],
  ])(`carries ${MEBIBYTES} MiB each way unchanged %s`, async (_, isOnThisHost) => {
    const dialFrom = openDialer(calls, isOnThisHost);
    const target = { owner, protocol: 'tcp', address: '127.0.0.1', port: PORT } as const;
    const connection = await waitFor('the echo', () => dialFrom(id, target, signal).catch(() => undefined));
    const megabyte = randomBytes(1 << 20);
    const written = writeRepeated(connection, megabyte, MEBIBYTES);
    expect(await expectRepeated(connection, megabyte)).toBe(MEBIBYTES << 20);
    await written;
    await waitFor('the end of the helper', async () => {
      const all = await docker.listContainers(owner, signal);
      return all.every(({ name }) => !name.includes('.connect.'));
    });
  });
});
