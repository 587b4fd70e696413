import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerSpec, InitContainerSpec } from '../../../src/model/application-spec.ts';
import type { ApplicationState } from '../../../src/status/documents.ts';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE, startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, execIn, logOf, removeByHand, sweep } from '../daemon/engine-view.ts';
import { act, lifeOf, livesOf } from '../daemon/life.ts';

// Init containers: they run to their end, one after another, in every life of the instance, before its containers.

const OWNER = 'init-containers';
const SANDBOX = 'acme.steps.web-1';
const at = (name: string) => `${SANDBOX}.${name}`;
let deployed: Deployed;
let daemon: DaemonProcess;

const mounts = [{ 'volume-name': 'notes', 'mount-path': '/notes' }];
const volumes = [{ name: 'notes', 'ephemeral-volume': { size: '1MiB' } }];
const shell = (name: string, script: string) => ({ name, image: busyboxImage, cmd: ['sh', '-c', script], mounts });
const step = (name: string): InitContainerSpec =>
  shell(name, `echo ${name} begins >> /notes/order; sleep 1; echo ${name} ends >> /notes/order`);
const member = (name: string): ContainerSpec => ({
  ...container(name),
  ...shell(name, `echo ${name} >> /notes/order; exec sleep 100000`),
});

const steps = service('web', {
  volumes,
  'init-containers': [step('zebra'), step('apple')],
  containers: [member('main'), member('side')],
});

/** Fails until it has been tried five times; says why. */
const STUBBORN =
  'cut -d " " -f 1 /proc/uptime | tee -a /notes/tries; [ $(wc -l < /notes/tries) -ge 5 ] || { echo no such table; exit 3; }';
const sick = service('sick', {
  volumes,
  'init-containers': [shell('migrate', STUBBORN), shell('after', 'date')],
  containers: [container('main', { image: busyboxImage, cmd: ['sleep', '100000'], mounts })],
});

beforeAll(async () => {
  deployed = await deploy(OWNER, applicationFiles('acme', 'steps', { services: [steps] }));
  daemon = deployed.daemon;
  await daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  await daemon.stop();
  await deployed.stop();
  await sweep(OWNER);
});

const order = async () => (await execIn(ENGINE, at('side'), ['cat', '/notes/order'])).trim().split('\n');
const INITIAL = ['zebra begins', 'zebra ends', 'apple begins', 'apple ends'];

/** Since the notes were cleared, everything ran once, in its order. */
async function expectOneLife(): Promise<void> {
  const lines = await eventually(async () => {
    const found = await order();
    expect(found.length).toBeGreaterThanOrEqual(INITIAL.length + 2);
    return found;
  }, 30_000);
  expect(lines.slice(0, INITIAL.length)).toEqual(INITIAL);
  expect(lines.slice(INITIAL.length).sort()).toEqual(['main', 'side']);
  await expectOrder();
}

async function expectOrder(): Promise<void> {
  const [sandbox, zebra, apple, main, side] = await Promise.all(
    [SANDBOX, at('zebra'), at('apple'), at('main'), at('side')].map(lifeOf),
  );
  expect(zebra).toMatchObject({ status: 'exited', exitCode: 0 });
  expect(apple).toMatchObject({ status: 'exited', exitCode: 0 });
  const times = [sandbox!.startedAt, zebra!.startedAt, zebra!.finishedAt, apple!.startedAt, apple!.finishedAt];
  expect([...times].sort()).toEqual(times);
  expect(main!.startedAt > apple!.finishedAt).toBe(true);
  expect(side!.startedAt > apple!.finishedAt).toBe(true);
}

describe('init containers', () => {
  it('run in the order they are written, each to its end, before the containers start', async () => {
    await expectOneLife();
    const state = await daemon.get<ApplicationState>('/v1/state/applications/steps');
    const [instance] = state['service-instances'];
    expect(instance).toMatchObject({ 'oper-status': 'running', ready: true });
    const shown = instance?.['init-containers'].map((one) => [one.name, one['oper-status'], one['total-restarts']]);
    expect(shown).toEqual([
      ['zebra', 'completed', 0],
      ['apple', 'completed', 0],
    ]);
  });

  it('are not run again when a container crashes or is removed', async () => {
    const before = await livesOf([at('zebra'), at('apple'), at('side')]);
    const { pid, startedAt } = await lifeOf(at('main'));
    process.kill(pid, 'SIGKILL');
    await eventually(async () => expect((await lifeOf(at('main'))).startedAt > startedAt).toBe(true));
    await removeByHand(at('main'));
    await eventually(async () => expect((await lifeOf(at('main'))).status).toBe('running'));
    expect(await livesOf(Object.keys(before))).toEqual(before);
  });

  it('are not run again when the daemon was killed and starts anew', async () => {
    const before = await livesOf([SANDBOX, ...['zebra', 'apple', 'main', 'side'].map(at)]);
    daemon.signal('SIGKILL');
    await daemon.exited;
    daemon = await startDaemon({ repository: deployed.repository.path, owner: OWNER });
    await daemon.said('converged', {});
    expect(await livesOf(Object.keys(before))).toEqual(before);
    expect(daemon.log.filter(({ msg }) => msg === 'step done')).toEqual([]);
  });

  it('run again when the sandbox was restarted, and when it was lost: that is a new life of the instance', async () => {
    const clear = () => execIn(ENGINE, at('side'), ['sh', '-c', ': > /notes/order']);
    await clear();
    await act(SANDBOX, 'restart', { t: '0' });
    await expectOneLife();
    await clear();
    await removeByHand(SANDBOX);
    await expectOneLife();
  });
});

describe('an init container that fails', () => {
  it('is tried again ever later, tells why, holds up what comes after it, and is forgiven when it succeeds', async () => {
    const revision = await deployed.repository.commit(applicationFiles('acme', 'ills', { services: [sick] }));
    const migrate = 'acme.ills.sick-1.migrate';
    await eventually(async () => {
      const state = await daemon.get<ApplicationState>('/v1/state/applications/ills');
      const [instance] = state['service-instances'];
      expect(state).toMatchObject({ 'oper-status': 'error' });
      expect(instance).toMatchObject({ 'oper-status': 'error', ready: false });
      const [shown, next] = instance!['init-containers'];
      expect(shown).toMatchObject({ name: 'migrate', 'oper-status': 'error' });
      expect(shown!['error-message']).toMatch(/^it ended with exit code 3; last it logged: ".*no such table"$/);
      expect(next).toMatchObject({ name: 'after', 'oper-status': 'starting' });
    }, 60_000);
    const made = (await containersOf(OWNER)).map(({ name }) => name).filter((name) => name.startsWith('acme.ills.'));
    expect(made).toEqual(['acme.ills.sick-1', migrate]);

    await daemon.said('converged', { revision });
    const log = await logOf(ENGINE, migrate);
    const tries = [...log.matchAll(/^[\d.]+$/gm)].map(Number);
    expect(tries).toHaveLength(5);
    const gaps = tries.slice(1).map((time, index) => time - tries[index]!);
    for (const [index, least] of [0, 1, 2, 4].entries()) expect(gaps[index], log).toBeGreaterThanOrEqual(least);
    expect(gaps[3], log).toBeLessThan(12);
    expect((await lifeOf('acme.ills.sick-1.main')).status).toBe('running');
    await eventually(async () => {
      const state = await daemon.get<ApplicationState>('/v1/state/applications/ills');
      expect(state).toMatchObject({ 'oper-status': 'running' });
      const [shown] = state['service-instances'][0]!['init-containers'];
      expect(shown).toMatchObject({ 'oper-status': 'completed', 'total-restarts': 4 });
    });
  });
});
