import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_IMAGE } from '../../../src/docker/sandbox-image.ts';
import { container, service } from '../../builders.ts';
import { askEngine } from '../../engine-hosts/engine-client.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE, startFairlead } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, execIn, networksOf, runningOf, sweep, volumesOf } from '../daemon/engine-view.ts';

// `fairlead uninstall` on an engine that two owners share: what it shows, refuses, removes and leaves.

const OWNER = 'uninstall';
const OTHER = 'uninstall-other';
const MAIN = 'gone.store.web-1.main';

/** Stops when it is told to, slowly enough to be caught at it. */
const SLOW = `trap 'sleep 1; exit 0' TERM; while true; do sleep 0.1; done`;

function files(tenant: string) {
  const main = container('main', {
    image: busyboxImage,
    cmd: ['sh', '-c', SLOW],
    mounts: [
      { 'volume-name': 'data', 'mount-path': '/data' },
      { 'volume-name': 'scratch', 'mount-path': '/scratch' },
      { 'volume-name': 'settings', 'mount-path': '/settings' },
    ],
  });
  const web = service('web', {
    volumes: [
      { name: 'data', 'persistent-volume': { size: '4MiB' } },
      { name: 'scratch', 'ephemeral-volume': { size: '4MiB' } },
      { name: 'settings', 'config-map': { items: [{ name: 'a.conf', data: 'a' }] } },
    ],
    containers: [main],
  });
  const others = ['a', 'b', 'c', 'd'].map((name) => applicationFiles(tenant, name));
  return Object.assign({}, applicationFiles(tenant, 'store', { services: [web] }), ...others) as Record<string, string>;
}

let mine: Deployed;
let other: Deployed;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(...args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = startFairlead(['uninstall', '--docker', ENGINE, '--owner', OWNER, ...args]);
  const written = { out: '', err: '' };
  child.stdout!.on('data', (chunk: Buffer) => (written.out += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (written.err += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, ...written })));
  return { child, ended };
}

const uninstall = (...args: readonly string[]) => start(...args).ended;
const all = async (owner: string) => [await runningOf(owner), await networksOf(owner), await volumesOf(owner)];
const helpersOf = async (owner: string) => {
  const filters = JSON.stringify({ label: [`io.fairlead.owner=${owner}`] });
  return JSON.parse(await askEngine(ENGINE, '/containers/json', { query: { all: '1', filters } })) as unknown[];
};

beforeAll(async () => {
  [mine, other] = await Promise.all([deploy(OWNER, files('gone')), deploy(OTHER, files('stays'))]);
  await mine.daemon.said('converged', { revision: mine.revision });
  await other.daemon.said('converged', { revision: other.revision });
  await execIn(ENGINE, MAIN, ['sh', '-c', 'echo precious > /data/file; echo draft > /scratch/file']);
}, 180_000);

afterAll(async () => {
  await mine.stop();
  await other.stop();
  await sweep(OWNER);
  await sweep(OTHER);
});

describe('fairlead uninstall', () => {
  let untouched: unknown;

  it('shows what would go, beside a running daemon, and touches nothing', async () => {
    untouched = await all(OTHER);
    const before = await all(OWNER);
    const { code, out } = await uninstall();
    expect(code).toBe(3);
    expect(out).toContain(`  container ${MAIN}\n`);
    expect(out).toContain('  config map gone.store.web-1.settings\n');
    expect(out).toContain('  docker volume rm gone.store.web-1.data gone.store.web-1.scratch\n');
    expect(out).not.toContain('stays.');
    expect(await all(OWNER)).toEqual(before);
  });

  it('refuses while a daemon acts for the owner, with its name', async () => {
    const before = await all(OWNER);
    const { code, out, err } = await uninstall('--yes');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`pid ${mine.daemon.pid}`);
    expect(await all(OWNER)).toEqual(before);
  });

  it('goes on where it was killed, and leaves volumes with data and what is of others', async () => {
    await mine.daemon.stop();
    const killed = start('--yes');
    // The main container of the store takes a second to stop: by then others are gone.
    await eventually(async () => expect((await containersOf(OWNER)).length).toBeLessThan(10), 30_000);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(await networksOf(OWNER)).not.toEqual([]);
    const { code, out, err } = await uninstall('--yes');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Volumes with data stay:\n  gone.store.web-1.data (persistent)\n');
    const kept = ['gone.store.web-1.data', 'gone.store.web-1.scratch'];
    expect([await containersOf(OWNER), await networksOf(OWNER), await volumesOf(OWNER)]).toEqual([[], [], kept]);
    expect(await helpersOf(OWNER)).toEqual([]);
    expect(await all(OTHER)).toEqual(untouched);
  }, 90_000);

  it('finds nothing to do then', async () => {
    expect(await uninstall()).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to remove/) as string });
    expect(await uninstall('--yes')).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to/) as string });
    expect(await helpersOf(OWNER)).toEqual([]);
  }, 30_000);

  it('leaves the data where a daemon that comes back finds it', async () => {
    const back = await deploy(OWNER, files('gone'));
    try {
      await back.daemon.said('converged', { revision: back.revision });
      expect(await execIn(ENGINE, MAIN, ['cat', '/data/file', '/scratch/file'])).toBe('precious\ndraft\n');
    } finally {
      await back.stop();
    }
  }, 120_000);

  it('takes the sandbox image with the last container that uses it', async () => {
    await other.daemon.stop();
    expect(await uninstall('--yes')).toMatchObject({ code: 0 });
    const images = async () => await askEngine(ENGINE, '/images/json');
    expect(await images()).toContain(SANDBOX_IMAGE);
    expect(await uninstall('--yes', '--owner', OTHER)).toMatchObject({ code: 0, err: '' });
    const filters = JSON.stringify({ ancestor: [SANDBOX_IMAGE] });
    const users = await askEngine(ENGINE, '/containers/json', { query: { all: '1', filters } }).catch(() => '[]');
    expect((await images()).includes(SANDBOX_IMAGE)).toBe((JSON.parse(users) as unknown[]).length > 0);
  }, 120_000);
});
