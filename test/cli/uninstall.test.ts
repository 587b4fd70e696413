import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { registerUninstall } from '../../src/cli/uninstall.ts';
import { DockerError } from '../../src/docker/port.ts';
import { application, container, desire, service } from '../builders.ts';
import type { FakeDocker } from '../fakes/fake-docker.ts';
import { converged, engine, names, startDaemon } from '../reconcile/loop-daemon.ts';
import { createTerminal, type Terminal } from './terminal.ts';

const SPECS = ['shop', 'blog', 'wiki', 'mail', 'maps'].map((name) =>
  application(name, {
    services: [
      service('web', {
        volumes: [{ name: 'data', 'persistent-volume': { size: '10MB' } }],
        containers: [container('main')],
      }),
    ],
  }),
);

async function deployed() {
  const docker = engine();
  const daemon = startDaemon(docker);
  const desired = desire(SPECS);
  daemon.desire(desired);
  await converged(daemon, desired.revision);
  return { docker, daemon };
}

async function uninstall(docker: FakeDocker, ...args: readonly string[]): Promise<Terminal> {
  const terminal = createTerminal();
  const { io } = terminal;
  const program = new Command('fairlead').exitOverride().configureOutput({ writeErr: (text) => io.stderr.write(text) });
  registerUninstall(program, io, { open: () => Promise.resolve(docker) });
  await program.parseAsync(['uninstall', '--owner', 'test', ...args], { from: 'user' });
  return terminal;
}

describe('fairlead uninstall', () => {
  it('shows what would go without --yes, ends with 3 and touches nothing', async () => {
    const { docker, daemon } = await deployed();
    await daemon.stop();
    const before = names(docker);
    const terminal = await uninstall(docker);
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([3, '']);
    expect(terminal.stdout()).toContain('  container acme.shop.web-1.main\n');
    expect(names(docker)).toEqual(before);
  });

  it('removes with --yes all but the volumes, however many applications that are, and finds nothing then', async () => {
    const { docker, daemon } = await deployed();
    await daemon.stop();
    const terminal = await uninstall(docker, '--yes');
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([0, '']);
    expect(terminal.stdout()).toContain('remove container acme.shop.web-1.main\n');
    expect(terminal.stdout()).toContain('docker volume rm acme.blog.web-1.data ');
    expect(names(docker)).toEqual([]);
    const again = await uninstall(docker, '--yes');
    expect([again.exitCode(), again.stdout()]).toEqual([
      0,
      expect.stringMatching(/^Nothing to remove of owner "test"/),
    ]);
    expect((await uninstall(docker)).exitCode()).toBe(0);
  });

  it('refuses with the name of the daemon that acts for the owner, and touches nothing', async () => {
    const { docker } = await deployed();
    const before = names(docker);
    const terminal = await uninstall(docker, '--yes');
    expect([terminal.exitCode(), terminal.stdout()]).toEqual([1, '']);
    expect(terminal.stderr()).toContain('acts for owner "test"');
    expect(terminal.stderr()).toContain('this test');
    expect(names(docker)).toEqual(before);
  });

  it('says what is left when a step fails again and again', async () => {
    const { docker, daemon } = await deployed();
    await daemon.stop();
    const removeNetwork = docker.removeNetwork.bind(docker);
    docker.removeNetwork = async (id, signal) => {
      const network = await docker.inspectNetwork(id, signal);
      if (network?.name === 'acme.shop') throw new DockerError('refused', 'network acme.shop has active endpoints');
      await removeNetwork(id, signal);
    };
    const terminal = await uninstall(docker, '--yes');
    expect(terminal.exitCode()).toBe(1);
    expect(terminal.stderr()).toContain('remove network acme.shop: network acme.shop has active endpoints');
    expect(terminal.stderr()).toContain('left: network acme.shop\n');
    expect(names(docker)).toEqual([]);
  }, 30_000);

  it('ends with 2 for an owner or an engine that cannot be', async () => {
    const terminal = await uninstall(engine(), '--owner', 'No Name', '--docker', 'ssh://host');
    expect(terminal.exitCode()).toBe(2);
    expect(terminal.stderr()).toMatch(/--docker: .*\n.*--owner: "No Name" is not a name/);
  });

  it('ends with 1 where no engine answers', async () => {
    const docker = engine();
    docker.listContainers = () => Promise.reject(new DockerError('unreachable', 'no engine answers at unix:///s'));
    const terminal = await uninstall(docker, '--yes');
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([1, 'fairlead: no engine answers at unix:///s\n']);
  });
});
