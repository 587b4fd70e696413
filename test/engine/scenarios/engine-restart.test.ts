import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseEndpoint } from '../../../src/docker/endpoint.ts';
import { openDocker } from '../../../src/docker/engine.ts';
import type { ObservedContainer } from '../../../src/model/observed.ts';
import { importBusybox } from '../../engine-hosts/busybox-image.ts';
import { startHosts, type Host, type Hosts } from '../../engine-hosts/engine-hosts.ts';
import { eventually } from '../../eventually.ts';
import { createRepository, type TestRepository } from '../../git/git-repo.ts';
import { startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { manyFiles } from '../daemon/documents.ts';

// An engine of its own, because it is killed.

let folder: string;
let hosts: Hosts;
let host: Host;
let repository: TestRepository;
let daemon: DaemonProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-scenario-'));
  hosts = await startHosts(1);
  host = hosts.hosts[0]!;
  await importBusybox(host.endpoint);
  repository = await createRepository(join(folder, 'repo'));
  const revision = await repository.commit(manyFiles('acme', 2, 2));
  const flags = ['--docker', host.endpoint, '--network-pool', hosts.networkPool];
  daemon = await startDaemon({ repository: repository.path, owner: 'restarts', flags });
  await daemon.said('converged', { revision });
});

afterEach(async () => {
  await daemon.stop();
  await hosts.stop();
  await rm(folder, { recursive: true });
});

async function containers(): Promise<readonly ObservedContainer[]> {
  const docker = openDocker(parseEndpoint(host.endpoint));
  const found = await docker.listContainers('restarts', AbortSignal.timeout(10_000));
  return found.filter(({ identity }) => identity !== undefined);
}

const idsOfRunning = async () =>
  (await containers())
    .filter(({ status }) => status === 'running')
    .map(({ id }) => id)
    .sort();

describe('an engine that is killed and started again', () => {
  it('gets every instance back, the same containers, in the network namespaces of their sandboxes', async () => {
    const before = await idsOfRunning();
    expect(before).toHaveLength(8);
    await host.kill();
    await daemon.said('host down');
    await host.start();
    await eventually(async () => expect(await idsOfRunning()).toEqual(before), 60_000);
    const all = await containers();
    for (const member of all.filter(({ sandboxId }) => sandboxId !== undefined)) {
      const sandbox = all.find(({ id }) => id === member.sandboxId);
      expect(member.startedAt).toBeGreaterThan(sandbox!.startedAt);
    }
  });

  it('is told as down meanwhile, and the state API goes on answering', async () => {
    await host.kill();
    await eventually(async () => {
      const [state] = await daemon.get<{ 'oper-status': string; 'error-message': string }[]>(
        '/v1/state/system/cluster/hosts',
      );
      expect(state).toMatchObject({ 'oper-status': 'down' });
      expect(state!['error-message']).toContain(host.endpoint);
    });
    await host.start();
    await eventually(async () => {
      const [state] = await daemon.get<{ 'oper-status': string }[]>('/v1/state/system/cluster/hosts');
      expect(state).toMatchObject({ 'oper-status': 'up' });
    }, 60_000);
  });
});
