import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApplicationState, ContainerState } from '../../../src/status/documents.ts';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE, startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { execIn, sweep } from '../daemon/engine-view.ts';
import { act, lifeOf, livesOf, type Life } from '../daemon/life.ts';

// Containers that end: who starts them again and when, what is counted, and what the state says of it.

const OWNER = 'restarts-of-containers';
const at = (name: string) => `acme.till.web-1.${name}`;
let deployed: Deployed;
let daemon: DaemonProcess;

/** Ends until a file says that all is well; says why. */
const ending = (name: string, script: string) =>
  container(name, {
    image: busyboxImage,
    cmd: ['sh', '-c', script],
    mounts: [{ 'volume-name': 'desk', 'mount-path': '/desk' }],
  });

const web = service('web', {
  volumes: [{ name: 'desk', 'ephemeral-volume': { size: '1MiB' } }],
  containers: [
    ending('loop', 'echo opening; echo no such table; [ -e /desk/well ] || exit 3; exec sleep 100000'),
    ending('brief', 'echo x >> /desk/starts; [ $(wc -l < /desk/starts) -ge 3 ] || exit 4; exec sleep 100000'),
    ending('killed', 'exec sleep 100000'),
    ending('steady', 'exec sleep 100000'),
  ],
});

beforeAll(async () => {
  deployed = await deploy(OWNER, applicationFiles('acme', 'till', { services: [web] }));
  daemon = deployed.daemon;
});

afterAll(async () => {
  await daemon.stop();
  await deployed.stop();
  await sweep(OWNER);
});

async function stateOf(name: string): Promise<ContainerState> {
  const state = await daemon.get<ApplicationState>('/v1/state/applications/till');
  return state['service-instances'][0]!.containers.find((one) => one.name === name)!;
}

const seconds = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1_000;

describe('a container that keeps ending by itself', () => {
  it('is an error that tells the exit code and the last lines, and counts what the engine counts', async () => {
    await eventually(async () => expect((await lifeOf(at('loop'))).restartCount).toBeGreaterThanOrEqual(5), 60_000);
    const shown = await eventually(async () => {
      const found = await stateOf('loop');
      expect(found).toMatchObject({ 'oper-status': 'error', ready: false });
      return found;
    }, 30_000);
    expect(shown['error-message']).toMatch(
      /^it keeps ending: restarted \d+ times, last with exit code 3; last it logged: ".*opening \/ no such table"$/,
    );
    const { 'oper-status': status } = await daemon.get<ApplicationState>('/v1/state/applications/till');
    expect(status).toBe('error');
  });

  it('leaves its neighbours alone', async () => {
    expect(await lifeOf(at('steady'))).toMatchObject({ status: 'running', restartCount: 0 });
    expect(await stateOf('steady')).toMatchObject({ 'oper-status': 'running', ready: true, 'total-restarts': 0 });
  });

  it('counts no further once it runs again', async () => {
    await execIn(ENGINE, at('steady'), ['touch', '/desk/well']);
    const life = await eventually(async () => {
      const found = await lifeOf(at('loop'));
      expect(found.status).toBe('running');
      return found;
    }, 90_000);
    await eventually(async () =>
      expect(await stateOf('loop')).toMatchObject({
        'total-restarts': life.restartCount,
        'current-restarts': life.restartCount,
      }),
    );
    expect(await lifeOf(at('loop'))).toEqual(life);
  });
});

describe('a container that ended a few times and then runs', () => {
  it('is running and ready, with its restarts told', async () => {
    await eventually(async () => {
      expect(await lifeOf(at('brief'))).toMatchObject({ status: 'running', restartCount: 2 });
      expect(await stateOf('brief')).toMatchObject({
        'oper-status': 'running',
        ready: true,
        'total-restarts': 2,
        'current-restarts': 2,
      });
    }, 60_000);
  });
});

describe('a container that somebody ends through the engine', () => {
  it('is started by the daemon, at once, then after ever longer waits, and every restart counts', async () => {
    const { startedAt } = await lifeOf(at('killed'));
    const lives: Life[] = [];
    for (let round = 0; round < 4; round += 1) {
      const last = lives.at(-1)?.startedAt ?? startedAt;
      await act(at('killed'), 'kill');
      const next = await eventually(async () => {
        const found = await lifeOf(at('killed'));
        expect(found.status).toBe('running');
        expect(found.startedAt > last).toBe(true);
        return found;
      }, 30_000);
      lives.push(next);
    }
    expect(seconds(lives[0]!.finishedAt, lives[0]!.startedAt)).toBeLessThan(5);
    // A wait is counted from the start before.
    const sinceStart = lives.slice(1).map((life, index) => seconds(lives[index]!.startedAt, life.startedAt));
    for (const [index, least] of [1, 2, 4].entries()) expect(sinceStart[index]).toBeGreaterThanOrEqual(least);
    await eventually(async () =>
      expect(await stateOf('killed')).toMatchObject({ 'total-restarts': 4, 'current-restarts': 4 }),
    );
    expect((await lifeOf(at('killed'))).restartCount).toBe(0);
  });
});

describe('a daemon that starts anew', () => {
  it('restarts nothing, and knows the restarts that the engine counted', async () => {
    const names = ['loop', 'brief', 'killed', 'steady'].map(at);
    const before = await livesOf(names);
    daemon.signal('SIGKILL');
    await daemon.exited;
    daemon = await startDaemon({ repository: deployed.repository.path, owner: OWNER });
    await daemon.said('converged', {});
    expect(await livesOf(names)).toEqual(before);
    await eventually(async () => {
      expect(await stateOf('loop')).toMatchObject({ 'total-restarts': before[at('loop')]!.restartCount });
      expect(await stateOf('brief')).toMatchObject({ 'total-restarts': 2 });
    });
  });
});
