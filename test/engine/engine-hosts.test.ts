import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, until } from '../../scripts/setup/run.mjs';
import { busyboxImage, importBusybox } from '../engine-hosts/busybox-image.ts';
import { askEngine, runContainer } from '../engine-hosts/engine-client.ts';
import { startHosts, type Host, type Hosts } from '../engine-hosts/engine-hosts.ts';

interface ContainerState {
  readonly State: { readonly Running: boolean; readonly Pid: number };
}

async function startSleeper(host: Host): Promise<string> {
  const created = await askEngine(host.endpoint, '/containers/create', {
    method: 'POST',
    json: {
      Image: busyboxImage,
      Cmd: ['sleep', '100000'],
      StopSignal: 'SIGKILL',
      HostConfig: { RestartPolicy: { Name: 'always' } },
    },
  });
  const { Id: id } = JSON.parse(created) as { Id: string };
  await askEngine(host.endpoint, `/containers/${id}/start`, { method: 'POST' });
  return id;
}

async function inspect(host: Host, id: string): Promise<ContainerState['State']> {
  return (JSON.parse(await askEngine(host.endpoint, `/containers/${id}/json`)) as ContainerState).State;
}

/** A process that has ended but was not waited for yet has no command line. */
async function runs(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '';
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

describe('hosts for tests', () => {
  let ground: Hosts;
  let first: Host;
  let second: Host;

  beforeAll(async () => {
    ground = await startHosts(2);
    [first, second] = ground.hosts as [Host, Host];
    await Promise.all(ground.hosts.map((host) => importBusybox(host.endpoint)));
  });
  afterAll(() => ground.stop());

  it('each host is an engine of its own, with an id and a label of its own', async () => {
    const infos = await Promise.all(ground.hosts.map((host) => askEngine(host.endpoint, '/info')));
    const seen = infos.map((info) => JSON.parse(info) as { ID: string; Labels: string[] });
    expect(new Set(seen.map((info) => info.ID)).size).toBe(2);
    expect(seen.map((info) => info.Labels)).toEqual([[`host=${first.name}`], [`host=${second.name}`]]);
  });

  it('the hosts reach each other', async () => {
    await expect(
      run('nsenter', [`--net=/run/netns/${first.netns}`, 'busybox', 'ping', '-c1', '-W5', second.address]),
    ).resolves.toContain('1 packets received');
  });

  it('a killed engine leaves its containers running and finds them again', async () => {
    const id = await startSleeper(first);
    const { Pid: pid } = await inspect(first, id);
    await first.kill();
    await expect(askEngine(first.endpoint, '/_ping')).rejects.toThrow();
    expect(await runs(pid)).toBe(true);
    await first.start();
    await until(async () => (await inspect(first, id)).Running, {
      timeoutMs: 30_000,
      sentence: 'the container is not back',
    });
  });

  it('a stopped engine takes its containers with it', async () => {
    const id = await startSleeper(second);
    const { Pid: pid } = await inspect(second, id);
    await second.stop();
    expect(await runs(pid)).toBe(false);
    await second.start();
    expect((await inspect(second, id)).Running).toBe(true);
  });

  it('the engine sets the limits of a container', async () => {
    const { output } = await runContainer(first.endpoint, {
      image: busyboxImage,
      cmd: ['sh', '-c', 'cd /sys/fs/cgroup; cat memory.max memory/memory.limit_in_bytes 2>/dev/null'],
      host: { Memory: 64 * 1024 * 1024 },
    });
    expect(output).toBe('67108864\n');
  });
});

describe('the end of a run', () => {
  it('leaves no process, namespace, mount, link, cgroup or folder behind', async () => {
    const ground = await startHosts(1);
    const [host] = ground.hosts as [Host];
    await importBusybox(host.endpoint);
    const { Pid: pid } = await inspect(host, await startSleeper(host));
    const id = host.name.slice(-6);
    const directory = path.resolve(host.endpoint.slice('unix://'.length), '../..');

    await ground.stop();

    expect(await runs(pid)).toBe(false);
    expect(await exists(directory)).toBe(false);
    expect((await readdir('/run/netns')).filter((name) => name.includes(id))).toEqual([]);
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(directory);
    expect(await run('ip', ['-brief', 'link'])).not.toContain(id);
    expect(await readFile('/proc/net/unix', 'utf8')).not.toContain(directory);
    expect(await run('find', ['/sys/fs/cgroup', '-maxdepth', '2', '-name', `*${id}*`])).toBe('');
  });
});
