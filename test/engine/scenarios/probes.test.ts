import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerSpec, ProbeSpec, ServiceSpec } from '../../../src/model/application-spec.ts';
import type { ProbeKind } from '../../../src/model/probes.ts';
import type { ApplicationState, ContainerState, InstanceState } from '../../../src/status/documents.ts';
import { service } from '../../builders.ts';
import { askEngine } from '../../engine-hosts/engine-client.ts';
import { importNode, nodeImage } from '../../engine-hosts/node-image.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE, startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { execIn, inspect, sweep } from '../daemon/engine-view.ts';
import { act, lifeOf, livesOf } from '../daemon/life.ts';
import { atDesk, deskVolumes, probedServer, type ServedPort, type ServedRequest } from '../daemon/probed-server.ts';
import { proves } from '../daemon/proves.ts';

// Probes: every question of every kind, put to what really answers, and what follows from the answers. A server in the
// instance answers for all of its containers; each has one probe that hangs on one file at the desk.

const OWNER = 'probing';
const KINDS = ['startup', 'readiness', 'liveness'] as const satisfies readonly ProbeKind[];
const QUESTIONS = ['exec', 'tcp', 'http', 'https'] as const;
type Question = (typeof QUESTIONS)[number];
const PAIRS = KINDS.flatMap((kind) => QUESTIONS.map((question) => ({ kind, question, name: `${kind}-${question}` })));
const SANDBOX = 'acme.probed.web-1';
const at = (name: string) => `${SANDBOX}.${name}`;
let deployed: Deployed;
let daemon: DaemonProcess;

const portOf = (name: string) => 7_000 + PAIRS.findIndex((pair) => pair.name === name);
const served: readonly ServedPort[] = [
  ...PAIRS.flatMap(({ name, question }) => (question === 'exec' ? [] : [{ name, kind: question, port: portOf(name) }])),
  { name: 'elsewhere', kind: 'http', port: 8_000 },
];

/** Patient with a machine that is busy: what it waits for is the file, not the clock. */
const OFTEN = { period: '300ms', timeout: '5s', 'failure-threshold': 2 } satisfies Partial<ProbeSpec>;

function ask(question: Question, name: string): Partial<ProbeSpec> {
  switch (question) {
    case 'exec':
      return { exec: { cmd: ['test', '-e', `/desk/ok-${name}`] } };
    case 'tcp':
      return { tcp: { port: portOf(name) } };
    case 'http':
    case 'https': {
      const headers = { 'X-Asked-By': name, Host: `${name}.example.org` };
      return {
        http: { scheme: question, port: portOf(name), path: `/well/${name}?all=1`, 'request-headers': headers },
      };
    }
    default:
      return question satisfies never;
  }
}

/** One that starts may take as long as it likes, and is not asked anything else before. */
function probed({ kind, question, name }: (typeof PAIRS)[number], fields: Partial<ProbeSpec> = {}): ContainerSpec {
  const own = { ...OFTEN, ...ask(question, name), ...fields };
  if (kind !== 'startup') return atDesk(name, `touch /desk/ok-${name}`, { [kind]: own });
  const readiness = { ...OFTEN, exec: { cmd: ['touch', `/desk/asked-${name}`] } };
  return atDesk(name, 'true', { startup: { ...own, 'failure-threshold': 1_000 }, readiness });
}

function web(members: readonly ContainerSpec[]): ServiceSpec {
  const hand = atDesk('hand', 'true', undefined);
  return service('web', { volumes: [...deskVolumes], containers: [probedServer(served), hand, ...members] });
}

const probedFiles = (members: readonly ContainerSpec[] = PAIRS.map((pair) => probed(pair))) =>
  applicationFiles('acme', 'probed', { services: [web(members)] });

beforeAll(async () => {
  await importNode(ENGINE);
  deployed = await deploy(OWNER, probedFiles());
  daemon = deployed.daemon;
  await eventually(async () => expect(await desk('ls /desk/serving')).toBe('/desk/serving'), 100_000);
});

afterAll(async () => {
  await daemon.stop();
  await deployed.stop();
  await sweep(OWNER);
  await askEngine(ENGINE, `/images/${nodeImage}`, { method: 'DELETE' });
});

const desk = async (script: string, name = at('hand')) =>
  (await execIn(ENGINE, name, ['sh', '-c', script])).replaceAll('\r', '').trim();
const makeWell = (name: string) => desk(`touch /desk/ok-${name}`);
const makeSick = (name: string) => desk(`rm /desk/ok-${name}`);

async function instanceState(application = 'probed'): Promise<InstanceState> {
  const state = await daemon.get<ApplicationState>(`/v1/state/applications/${application}`);
  return state['service-instances'][0]!;
}

async function stateOf(name: string): Promise<ContainerState> {
  return (await instanceState()).containers.find((one) => one.name === name)!;
}

const shows = (name: string, expected: object) =>
  eventually(async () => expect(await stateOf(name)).toMatchObject(expected), 30_000);

async function requestsOf(name: string): Promise<readonly ServedRequest[]> {
  const lines = (await desk(`grep '"name":"${name}"' /desk/requests`)).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as ServedRequest);
}

const named = (kind: ProbeKind) => PAIRS.filter((pair) => pair.kind === kind);
const names = () => ['server', 'hand', ...PAIRS.map(({ name }) => name)].map(at);

describe.each(named('startup'))('a startup probe by $question', ({ name, question }) => {
  it('holds the readiness probe and the state until it succeeds, and restarts nothing', async () => {
    proves('services[].containers[].probes.startup.exec.cmd', 'services[].containers[].probes.startup.tcp.port');
    proves('services[].containers[].probes.startup.http.port', 'services[].containers[].probes.startup.http.scheme');
    const before = await lifeOf(at(name));
    await shows(name, { 'oper-status': 'starting', ready: false, probes: { startup: { status: 'unknown' } } });
    if (question === 'http' || question === 'https') {
      await eventually(async () => expect((await requestsOf(name)).length).toBeGreaterThan(2), 30_000);
    }
    expect(await desk(`ls /desk/asked-${name}`)).toContain('No such file');
    await makeWell(name);
    await shows(name, { 'oper-status': 'running', ready: true, probes: { startup: { status: 'success' } } });
    expect(await desk(`ls /desk/asked-${name}`)).toBe(`/desk/asked-${name}`);
    expect(await lifeOf(at(name))).toEqual(before);
  });
});

describe.each(named('readiness'))('a readiness probe by $question', ({ name }) => {
  it('makes the container and its instance ready and not ready, and restarts nothing', async () => {
    proves('services[].containers[].probes.readiness.exec.cmd', 'services[].containers[].probes.readiness.tcp.port');
    proves('services[].containers[].probes.readiness.http.port');
    proves('services[].containers[].probes.readiness.http.scheme');
    const before = await livesOf(names());
    await shows(name, { 'oper-status': 'running', ready: true });
    await makeSick(name);
    await shows(name, { 'oper-status': 'running', ready: false, probes: { readiness: { status: 'failure' } } });
    expect(await instanceState()).toMatchObject({ ready: false });
    await makeWell(name);
    await shows(name, { ready: true, probes: { readiness: { status: 'success' } } });
    expect(await livesOf(names())).toEqual(before);
  });
});

describe.each(named('liveness'))('a liveness probe by $question', ({ name }) => {
  it('that fails restarts its container, and that alone', async () => {
    proves('services[].containers[].probes.liveness.exec.cmd', 'services[].containers[].probes.liveness.tcp.port');
    proves('services[].containers[].probes.liveness.http.port', 'services[].containers[].probes.liveness.http.scheme');
    const siblings = [SANDBOX, ...names().filter((one) => one !== at(name))];
    await shows(name, { probes: { liveness: { status: 'success' } } });
    const before = await livesOf(siblings);
    const { startedAt } = await lifeOf(at(name));
    await makeSick(name);
    await eventually(async () => expect((await lifeOf(at(name))).startedAt > startedAt).toBe(true), 30_000);
    await shows(name, { 'oper-status': 'running', probes: { liveness: { status: 'success' } }, 'total-restarts': 1 });
    expect(await livesOf(siblings)).toEqual(before);
    const [step] = daemon.log
      .filter(({ msg, step }) => msg === 'step done' && step === `start container ${at(name)}`)
      .slice(-1);
    expect(step?.['reason']).toMatch(new RegExp(`^${name}: its liveness probe failed: `));
  });
});

describe.each(PAIRS.filter(({ question }) => question.startsWith('http')))(
  'the $question request of a $kind probe',
  ({ name, question, kind }) => {
    it('has its path and its headers, that of the host among them', async () => {
      proves('services[].containers[].probes.startup.http.path', 'services[].containers[].probes.readiness.http.path');
      proves('services[].containers[].probes.liveness.http.path');
      proves('services[].containers[].probes.startup.http.request-headers');
      proves('services[].containers[].probes.readiness.http.request-headers');
      proves('services[].containers[].probes.liveness.http.request-headers');
      const request = (await requestsOf(name)).at(-1);
      expect(request, kind).toMatchObject({
        scheme: question,
        url: `/well/${name}?all=1`,
        headers: { 'x-asked-by': name, host: `${name}.example.org` },
      });
    });
  },
);

describe('a daemon that is killed and starts anew', () => {
  it('restarts no container, and finds all of them ready', async () => {
    await eventually(
      async () => expect(await instanceState()).toMatchObject({ 'oper-status': 'running', ready: true }),
      30_000,
    );
    const before = await livesOf([SANDBOX, ...names()]);
    daemon.signal('SIGKILL');
    await daemon.exited;
    daemon = await startDaemon({ repository: deployed.repository.path, owner: OWNER });
    await eventually(async () => expect(await instanceState()).toMatchObject({ ready: true }), 60_000);
    expect(await livesOf(Object.keys(before))).toEqual(before);
    expect(daemon.log.filter(({ msg }) => msg === 'step done')).toEqual([]);
  });
});

describe('probes that a commit changes', () => {
  it('are asked as they are now, at the host they name, and restart nothing', async () => {
    proves('services[].containers[].probes.startup.http.host', 'services[].containers[].probes.readiness.http.host');
    proves('services[].containers[].probes.liveness.http.host');
    const { NetworkSettings } = await inspect<{ NetworkSettings: { Networks: Record<string, { IPAddress: string }> } }>(
      SANDBOX,
    );
    const host = NetworkSettings.Networks['acme.probed']!.IPAddress;
    await makeWell('elsewhere');
    const members = PAIRS.map((pair) =>
      pair.question === 'http' ? probed(pair, { http: { host, port: 8_000, path: `/of/${pair.name}` } }) : probed(pair),
    );
    const former = await livesOf([SANDBOX, ...names()]);
    const revision = await deployed.repository.commit(probedFiles(members));
    await daemon.said('converged', { revision });
    const asked = async () =>
      (await requestsOf('elsewhere')).map(({ url, headers }) => `${url} ${headers['host'] ?? ''}`);
    for (const name of ['readiness-http', 'liveness-http']) {
      await eventually(async () => expect(await asked()).toContain(`/of/${name} ${host}:8000`), 30_000);
    }
    await shows('readiness-http', { ready: true });
    expect(await livesOf(Object.keys(former))).toEqual(former);
    // Who has started is not asked whether it has, until it starts again.
    expect(await asked()).not.toContain(`/of/startup-http ${host}:8000`);
    await act(at('startup-http'), 'restart', { t: '0' });
    await eventually(async () => expect(await asked()).toContain(`/of/startup-http ${host}:8000`), 30_000);
  });
});
