import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerSpec, ServiceSpec } from '../../../src/model/application-spec.ts';
import type { ApplicationState } from '../../../src/status/documents.ts';
import { container, service } from '../../builders.ts';
import { importNode, nodeImage } from '../../engine-hosts/node-image.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE, startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { execIn, logOf, networksOf, runningOf, sweep, volumesOf } from '../daemon/engine-view.ts';
import { proves } from '../daemon/proves.ts';
import { runs } from '../daemon/upgrading.ts';

// Old instances that live on beside what succeeds them: asked to end, ended in time, counted and listed.

const OWNER = 'delayed-shutdown';
let deployed: Deployed;
let daemon: DaemonProcess;

/** Leaves when somebody has touched the file, at the latest when it is told to stop. */
const LEAVES = runs('trap "exit 0" TERM; until [ -e /tmp/leave ]; do sleep 0.1; done', {
  'delayed-shutdown-cmd': ['touch', '/tmp/leave'],
});
/** Notes what it is asked, and stays. */
const STAYS = runs('trap "exit 0" TERM; while true; do sleep 0.1; done', {
  'delayed-shutdown-cmd': ['sh', '-c', 'echo asked >> /tmp/asked'],
});

interface Version {
  readonly version?: string;
  readonly main?: ContainerSpec;
  readonly timeout?: string;
  readonly most?: number;
  readonly fields?: Partial<ServiceSpec>;
}

/** Long enough to look at what lives on, on a machine that has much else to do. */
const A_WHILE = '10s';

/** An application of one service whose old instances may live on. */
function app(name: string, { version = '1.0', main = STAYS, timeout = '60s', most, fields }: Version = {}) {
  const delayed = { timeout, ...(most === undefined ? {} : { 'max-number-of-instances': most }) };
  const web = service('web', { containers: [main], 'delayed-shutdown': delayed, ...fields });
  return applicationFiles('acme', name, { version, services: [web] });
}

/** Answers each line with its version; with /tmp/leave it takes no new connection and ends with the last one. */
const SERVER = `
const net = require('node:net'), fs = require('node:fs');
const server = net.createServer((socket) => {
  socket.on('data', () => socket.write(process.env.V + '\\n')).on('error', () => {});
}).listen(7000);
server.on('close', () => process.exit(0));
const timer = setInterval(() => { if (fs.existsSync('/tmp/leave')) { clearInterval(timer); server.close(); } }, 50);
process.on('SIGTERM', () => process.exit(0));
`;
/** Keeps one connection, and says what it hears on it; with /tmp/hang-up it closes it. */
const CLIENT = `
const net = require('node:net'), fs = require('node:fs');
const connect = () => {
  const socket = net.connect(7000, 'web-1').on('data', (data) => process.stdout.write(data)).on('error', () => setTimeout(connect, 100));
  socket.on('connect', () => {
    const timer = setInterval(() => socket.write('?'), 50);
    socket.on('close', () => { clearInterval(timer); console.log('closed'); });
    setInterval(() => { if (fs.existsSync('/tmp/hang-up')) socket.end(); }, 50);
  });
};
connect();
`;

function served(V: string) {
  const of = (name: string, program: string, fields: Partial<ContainerSpec> = {}) =>
    container(name, { image: nodeImage, cmd: ['node', '-e', program], 'shutdown-timeout': '1s', ...fields });
  const touch = (file: string) => ['node', '-e', `fs.writeFileSync('${file}', '')`];
  const web = service('web', {
    containers: [of('main', SERVER, { env: { V }, 'delayed-shutdown-cmd': touch('/tmp/leave') })],
    'delayed-shutdown': { timeout: '60s' },
  });
  return applicationFiles('acme', 'served', {
    services: [web, service('client', { containers: [of('main', CLIENT)] })],
  });
}

beforeAll(async () => {
  await importNode(ENGINE);
  deployed = await deploy(OWNER, {
    ...app('leaving', { main: LEAVES }),
    ...app('staying', { timeout: A_WHILE }),
    ...app('crowd', { most: 1 }),
    ...app('shrinking', { timeout: A_WHILE, fields: { replicas: 2 } }),
    ...app('removed', { timeout: A_WHILE }),
    ...served('old'),
  });
  daemon = deployed.daemon;
  await daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  await daemon.stop();
  await deployed.stop();
  await sweep(OWNER);
});

/** Name → id of the main containers of an application that run. */
async function mainsOf(application: string): Promise<Readonly<Record<string, string>>> {
  const start = `acme.${application}.web-`;
  const running = Object.entries(await runningOf(OWNER));
  return Object.fromEntries(
    running.flatMap(([name, id]) =>
      name.startsWith(start) && name.endsWith('.main') ? [[name.slice(start.length - 4, -5), id]] : [],
    ),
  );
}

const markersOf = async (application: string) =>
  (await volumesOf(OWNER)).filter((name) => name.startsWith(`acme.${application}_`));

/** When the daemon had done a step, ms since the epoch, by its log. */
async function doneAt(step: string): Promise<number> {
  return new Date((await daemon.said('step done', { step }))['time'] as string | number).getTime();
}

const beginOf = (name: string) => `begin delayed shutdown of acme.${name}`;
const askedIn = (name: string) => execIn(ENGINE, `acme.${name}`, ['cat', '/tmp/asked']);

describe('an old instance that lives on', () => {
  proves('services[].delayed-shutdown.timeout', 'services[].containers[].delayed-shutdown-cmd');

  it('is asked to end when its successor is ready, and goes when it does', async () => {
    const [old] = Object.values(await mainsOf('leaving'));
    await deployed.repository.commit(app('leaving', { main: LEAVES, version: '2.0' }));
    await daemon.said('step done', { step: beginOf('leaving.web-2') });
    await eventually(async () => {
      const now = await mainsOf('leaving');
      expect(Object.keys(now)).toEqual(['web-1']);
      expect(now['web-1']).not.toBe(old);
      expect(await markersOf('leaving')).toEqual([]);
    });
    const steps = daemon.log.filter(({ target, msg }) => msg === 'step done' && target === 'acme.leaving.web-2');
    expect(steps.at(-1)?.['reason']).toBe('delayed shutdown: it has ended');
  });

  it('is ended when its time is over, if it does not end by itself', async () => {
    const [old] = Object.values(await mainsOf('staying'));
    await deployed.repository.commit(app('staying', { timeout: A_WHILE, version: '2.0' }));
    const began = await doneAt(beginOf('staying.web-2'));
    expect(await mainsOf('staying')).toMatchObject({ 'web-2': old });
    expect(await askedIn('staying.web-2.main')).toBe('asked\n');
    const ended = await doneAt('stop container acme.staying.web-2.main');
    expect(ended - began).toBeGreaterThan(9_000);
    await eventually(async () => expect(Object.keys(await mainsOf('staying'))).toEqual(['web-1']));
  });

  it('serves the connections it has while its successor takes the new ones', async () => {
    const heard = async () => (await logOf(ENGINE, 'acme.served.client-1.main')).trim().split('\n');
    await eventually(async () => expect((await heard()).at(-1)).toBe('old'));
    const [old] = Object.values(await mainsOf('served'));
    await deployed.repository.commit(served('new'));
    await daemon.said('step done', { step: beginOf('served.web-2') });
    const sofar = (await heard()).length;
    await eventually(async () => expect((await heard()).length).toBeGreaterThan(sofar + 5));
    expect(new Set(await heard())).toEqual(new Set(['old']));
    expect(await mainsOf('served')).toMatchObject({ 'web-2': old });
    const ask = `net.connect(7000, 'web-1').on('data', (d) => { process.stdout.write(d); process.exit() }).write('?')`;
    const asked = ['node', '-e', ask];
    await eventually(async () => expect(await execIn(ENGINE, 'acme.served.client-1.main', asked)).toBe('new\n'));
    await execIn(ENGINE, 'acme.served.client-1.main', ['node', '-e', `fs.writeFileSync('/tmp/hang-up', '')`]);
    await eventually(async () => expect(Object.keys(await mainsOf('served'))).toEqual(['web-1']));
    expect((await heard()).at(-1)).toBe('closed');
  });

  it('is listed under its new number, with what becomes of it', async () => {
    await deployed.repository.commit(app('crowd', { most: 1, version: '2.0' }));
    await daemon.said('step done', { step: beginOf('crowd.web-2') });
    const listed = await eventually(async () => {
      const state = await daemon.get<ApplicationState>('/v1/state/applications/crowd');
      expect(state['service-instances']).toHaveLength(2);
      return state['service-instances'];
    });
    expect(listed).toMatchObject([
      { name: 'web-1', 'application-version': '2.0', ready: true },
      { name: 'web-2', 'application-version': '1.0', 'oper-status': 'running', ready: true, lingering: true },
    ]);
    expect(listed[1]?.progress).toMatch(/^delayed shutdown: ends by itself, at the latest at 20\d\d-/);
    expect(listed[1]?.['application-network']['dns-records'][0]).toMatch(/^web-1\.crowd\.internal\. /);
  });
});

describe('old instances', () => {
  proves('services[].delayed-shutdown.max-number-of-instances');

  it('are as many as may live on: the oldest goes first', async () => {
    const [second] = Object.entries(await mainsOf('crowd')).flatMap(([name, id]) => (name === 'web-1' ? [id] : []));
    await deployed.repository.commit(app('crowd', { most: 1, version: '3.0' }));
    await eventually(async () => {
      const now = await mainsOf('crowd');
      expect(Object.keys(now)).toHaveLength(2);
      expect(Object.values(now)).toContain(second);
      expect(now['web-1']).not.toBe(second);
      expect(await markersOf('crowd')).toHaveLength(2);
    });
  });

  it('live on that are too many, without a successor and under their number', async () => {
    const { 'web-2': old } = await mainsOf('shrinking');
    await deployed.repository.commit(app('shrinking', { timeout: A_WHILE }));
    await daemon.said('step done', { step: beginOf('shrinking.web-2') });
    expect(await mainsOf('shrinking')).toMatchObject({ 'web-2': old });
    await eventually(async () => expect(Object.keys(await mainsOf('shrinking'))).toEqual(['web-1']));
  });

  it('live on when their application goes, and its network with them', async () => {
    const { 'web-1': old } = await mainsOf('removed');
    const files = Object.keys(app('removed')).map((file) => [file, null]);
    await deployed.repository.commit(Object.fromEntries(files) as Record<string, null>);
    await daemon.said('step done', { step: beginOf('removed.web-1') });
    expect(await mainsOf('removed')).toEqual({ 'web-1': old });
    expect(await networksOf(OWNER)).toContain('acme.removed');
    await eventually(async () => {
      expect(await networksOf(OWNER)).not.toContain('acme.removed');
      expect(await volumesOf(OWNER)).not.toContainEqual(expect.stringMatching(/^acme\.removed/));
    });
  });

  it('are asked again when the daemon was killed while they were, and end all the same', async () => {
    const slow = { ...STAYS, 'delayed-shutdown-cmd': ['sh', '-c', 'echo asked >> /tmp/asked; sleep 4'] };
    await deployed.repository.commit(app('staying', { timeout: '15s', main: slow, version: '3.0' }));
    await eventually(async () => expect(await askedIn('staying.web-2.main')).toBe('asked\n'));
    daemon.signal('SIGKILL');
    await daemon.exited;
    expect(await markersOf('staying')).toEqual([expect.stringMatching(/^acme\.staying_lingering_/)]);
    daemon = await startDaemon({ repository: deployed.repository.path, owner: OWNER });
    await eventually(async () => expect(await askedIn('staying.web-2.main')).toBe('asked\nasked\n'));
    await daemon.said('step done', { step: beginOf('staying.web-2') });
    await eventually(async () => {
      expect(Object.keys(await mainsOf('staying'))).toEqual(['web-1']);
      expect(await markersOf('staying')).toEqual([]);
    });
  });
});
