import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerSpec, ProbeSpec } from '../../../src/model/application-spec.ts';
import type { ProbeKind } from '../../../src/model/probes.ts';
import type { ApplicationState, ContainerState } from '../../../src/status/documents.ts';
import { service } from '../../builders.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { execIn, sweep } from '../daemon/engine-view.ts';
import { livesOf } from '../daemon/life.ts';
import { atDesk, deskVolumes } from '../daemon/probed-server.ts';
import { proves } from '../daemon/proves.ts';

// When probes are asked and how many answers it takes: read from what the command of each probe writes down itself.

const OWNER = 'probe-timing';
const KINDS = ['startup', 'readiness', 'liveness'] as const satisfies readonly ProbeKind[];
const at = (name: string) => `acme.timed.web-1.${name}`;
let deployed: Deployed;

const TIMING: Partial<ProbeSpec> = {
  'initial-delay': '2s',
  period: '700ms',
  timeout: '10s',
  'success-threshold': 3,
  'failure-threshold': 5,
};

const noteTime = (word: string, kind: ProbeKind) =>
  `echo ${word} $(cut -d ' ' -f 1 /proc/uptime) >> /desk/notes-${kind}`;

/** Well while /desk/ok-KIND is there, which it is from the start but for `startup`. */
function timed(kind: ProbeKind): ContainerSpec {
  const cmd = ['sh', '-c', `${noteTime('asked', kind)}; [ -e /desk/ok-${kind} ]`];
  const begin = `${noteTime('began', kind)}; ${kind === 'startup' ? 'true' : `touch /desk/ok-${kind}`}`;
  return atDesk(`timed-${kind}`, begin, { [kind]: { ...TIMING, exec: { cmd } } });
}

/** Takes two seconds to answer. */
function slow(kind: ProbeKind, timeout: string): ContainerSpec {
  const patience = { 'failure-threshold': kind === 'readiness' ? 1 : 1_000, period: '1s' };
  return atDesk(`slow-${kind}`, 'true', { [kind]: { ...patience, timeout, exec: { cmd: ['sleep', '2'] } } });
}

function files(timeout: string): Record<string, string> {
  const containers = [
    atDesk('hand', 'true', undefined),
    ...KINDS.map(timed),
    ...KINDS.map((kind) => slow(kind, timeout)),
  ];
  return applicationFiles('acme', 'timed', { services: [service('web', { volumes: [deskVolumes[0]!], containers })] });
}

beforeAll(async () => {
  deployed = await deploy(OWNER, files('500ms'));
});

afterAll(async () => {
  await deployed.stop();
  await sweep(OWNER);
});

const desk = async (script: string) => (await execIn(ENGINE, at('hand'), ['sh', '-c', script])).trim();

async function stateOf(name: string): Promise<ContainerState> {
  const state = await deployed.daemon.get<ApplicationState>('/v1/state/applications/timed');
  return state['service-instances'][0]!.containers.find((one) => one.name === name)!;
}

interface NotedLife {
  readonly began: number;
  /** In seconds, as `began`. */
  readonly asked: readonly number[];
}

/** What the container and its probe wrote down, life by life. */
async function notedLives(kind: ProbeKind): Promise<readonly NotedLife[]> {
  const notes = (await desk(`cat /desk/notes-${kind}`)).split('\n').map((line) => line.split(' '));
  const starts = notes.flatMap(([word], index) => (word === 'began' ? [index] : []));
  return starts.map((start, index) => {
    const [[, began] = [], ...asked] = notes.slice(start, starts[index + 1]);
    return { began: Number(began), asked: asked.map(([, time]) => Number(time)) };
  });
}

async function askedSoFar(kind: ProbeKind): Promise<number> {
  return (await notedLives(kind)).at(-1)!.asked.length;
}

/** How often the probe has been asked in this life when its status is first seen to be this. */
async function askedUntil(kind: ProbeKind, status: string): Promise<number> {
  await eventually(async () => expect((await stateOf(`timed-${kind}`)).probes[kind]?.status).toBe(status), 60_000);
  return askedSoFar(kind);
}

describe('a startup probe', () => {
  it('that fails as often as its threshold says restarts the container, again and again', async () => {
    proves('services[].containers[].probes.startup.failure-threshold');
    const lives = await eventually(async () => {
      const found = await notedLives('startup');
      expect(found.length).toBeGreaterThanOrEqual(3);
      return found;
    }, 90_000);
    for (const { asked } of lives.slice(0, 2)) expect(asked).toHaveLength(5);
    const steps = deployed.daemon.log.filter(({ step }) => step === `start container ${at('timed-startup')}`);
    expect(steps.at(-1)?.['reason']).toMatch(/^timed-startup: its startup probe failed: command: exit code 1/);
  });

  it('succeeds after as many successes as its threshold says, and is not asked again', async () => {
    proves('services[].containers[].probes.startup.success-threshold');
    await desk('touch /desk/ok-startup');
    const asked = await askedUntil('startup', 'success');
    expect(asked).toBeGreaterThanOrEqual(3);
    expect(await stateOf('timed-startup')).toMatchObject({ 'oper-status': 'running' });
    const before = await askedSoFar('readiness');
    await eventually(async () => expect(await askedSoFar('readiness')).toBeGreaterThan(before + 1), 30_000);
    expect(await askedSoFar('startup')).toBe(asked);
  });
});

describe('a readiness probe', () => {
  it('turns after as many answers as its thresholds say', async () => {
    proves('services[].containers[].probes.readiness.success-threshold');
    proves('services[].containers[].probes.readiness.failure-threshold');
    expect(await askedUntil('readiness', 'success')).toBeGreaterThanOrEqual(3);
    await desk('rm /desk/ok-readiness');
    const before = await askedSoFar('readiness');
    // One may have been under way.
    expect((await askedUntil('readiness', 'failure')) - before).toBeGreaterThanOrEqual(4);
    await desk('touch /desk/ok-readiness');
    const again = await askedSoFar('readiness');
    expect((await askedUntil('readiness', 'success')) - again).toBeGreaterThanOrEqual(2);
    expect(await notedLives('readiness')).toHaveLength(1);
  });
});

describe('a liveness probe', () => {
  it('turns after as many answers as its thresholds say, and then the container is restarted', async () => {
    proves('services[].containers[].probes.liveness.success-threshold');
    proves('services[].containers[].probes.liveness.failure-threshold');
    expect(await askedUntil('liveness', 'success')).toBeGreaterThanOrEqual(3);
    await desk('rm /desk/ok-liveness');
    const before = await askedSoFar('liveness');
    const [life] = await eventually(async () => {
      const found = await notedLives('liveness');
      expect(found.length).toBe(2);
      return found;
    }, 60_000);
    expect(life!.asked.length - before).toBeGreaterThanOrEqual(4);
    expect(life!.asked.length - before).toBeLessThanOrEqual(5);
  });
});

describe.each(KINDS)('a probe for %s', (kind) => {
  it('is first asked after its delay, then once in each period', async () => {
    proves('services[].containers[].probes.startup.initial-delay', 'services[].containers[].probes.startup.period');
    proves('services[].containers[].probes.readiness.initial-delay', 'services[].containers[].probes.readiness.period');
    proves('services[].containers[].probes.liveness.initial-delay', 'services[].containers[].probes.liveness.period');
    const { began, asked } = (await notedLives(kind))[0]!;
    // The engine knows of the start a moment before the container does.
    expect(asked[0]! - began).toBeGreaterThan(1.5);
    expect(asked[0]! - began).toBeLessThan(6);
    const [first = 0, last = 0] = [asked[0], asked[4]];
    expect((last - first) / 4).toBeGreaterThan(0.6);
    expect((last - first) / 4).toBeLessThan(2);
  });
});

describe('a probe whose answer takes long', () => {
  it('fails at its timeout, and succeeds once it may take that long', async () => {
    proves('services[].containers[].probes.startup.timeout', 'services[].containers[].probes.readiness.timeout');
    proves('services[].containers[].probes.liveness.timeout');
    const statuses = async () =>
      Promise.all(KINDS.map(async (kind) => (await stateOf(`slow-${kind}`)).probes[kind]?.status));
    const names = KINDS.map((kind) => at(`slow-${kind}`));
    const before = await livesOf(names);
    await eventually(async () => expect(await statuses()).toEqual(['unknown', 'failure', 'unknown']), 30_000);
    await deployed.repository.commit(files('30s'));
    await eventually(async () => expect(await statuses()).toEqual(['success', 'success', 'success']), 60_000);
    expect(await livesOf(names)).toEqual(before);
  });
});
