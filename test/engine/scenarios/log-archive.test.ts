import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { askEngine } from '../../engine-hosts/engine-client.ts';
import { eventually } from '../../eventually.ts';
import { createRepository, type TestRepository } from '../../git/git-repo.ts';
import { ENGINE, startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, networksOf, sweep } from '../daemon/engine-view.ts';
import { proves } from '../daemon/proves.ts';

// `container-log-archive`: what a container said is still there when it is gone, in a volume of its own.

const OWNER = 'log-archive';
const DAY = 86_400_000;
const FILES = applicationFiles('acme', 'talk');
let folder: string;
let repository: TestRepository;
let daemon: DaemonProcess;

/** `main` and the init container keep all they say, `chatty` the last megabyte; `mute` keeps nothing. */
function talk(version: string): Record<string, string> {
  const says = (name: string, script: string) =>
    container(name, {
      image: busyboxImage,
      cmd: ['sh', '-c', script],
      'shutdown-timeout': '0s',
      'container-log-archive': true,
    });
  const stay = 'exec sleep 100000';
  const web = service('web', {
    'init-containers': [{ ...says('setup', 'echo setting up'), 'container-log-max-days': 7 }],
    containers: [
      { ...says('main', `seq 1 60000; echo "hello ${version}" >&2; ${stay}`), 'container-log-max-days': 14 },
      { ...says('chatty', `seq 1 40000; ${stay}`), 'container-log-size': '1 MB' },
      { ...says('mute', `echo nobody hears; ${stay}`), 'container-log-size': '0B' },
    ],
  });
  return applicationFiles('acme', 'talk', { version, services: [web] });
}

interface Volume {
  readonly Name: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** The kept logs on the engine of one container, oldest first. */
async function logsOf(name: string): Promise<readonly Volume[]> {
  const filters = JSON.stringify({ label: [`io.fairlead.owner=${OWNER}`, 'io.fairlead.volume-kind=log'] });
  const { Volumes } = JSON.parse(await askEngine(ENGINE, '/volumes', { query: { filters } })) as {
    Volumes: Volume[] | null;
  };
  const of = (Volumes ?? []).filter(({ Labels }) => Labels['io.fairlead.container'] === name);
  return of.sort((a, b) => (a.Name < b.Name ? -1 : 1));
}

/** As docs/operations.md says it is read by hand; its records. */
async function read({ Name }: Volume): Promise<readonly string[]> {
  const json = {
    Image: busyboxImage,
    Cmd: ['sh', '-c', 'cat /log/*'],
    Tty: true,
    HostConfig: { Binds: [`${Name}:/log:ro`], NetworkMode: 'none' },
  };
  const { Id } = JSON.parse(await askEngine(ENGINE, '/containers/create', { method: 'POST', json })) as { Id: string };
  try {
    await askEngine(ENGINE, `/containers/${Id}/start`, { method: 'POST' });
    await askEngine(ENGINE, `/containers/${Id}/wait`, { method: 'POST' });
    const output = await askEngine(ENGINE, `/containers/${Id}/logs`, { query: { stdout: '1' } });
    return output.replaceAll('\r', '').trimEnd().split('\n');
  } finally {
    await askEngine(ENGINE, `/containers/${Id}`, { method: 'DELETE', query: { force: '1' } });
  }
}

const withoutTime = (record = '') => record.slice(record.indexOf(' ') + 1);

/** Commits, and waits until all is as committed and everybody has said what there is to say. */
async function run(version: string): Promise<void> {
  await commit(talk(version));
  await eventually(async () => {
    for (const [name, lastLine] of Object.entries({ main: '60000', chatty: '40000' })) {
      // No tail: of a big log this engine has been seen to answer one with nothing.
      const query = { stdout: '1' };
      expect(await askEngine(ENGINE, `/containers/acme.talk.web-1.${name}/logs`, { query })).toContain(lastLine);
    }
  }, 30_000);
}

async function commit(files: Readonly<Record<string, string | null>>): Promise<void> {
  const revision = await repository.commit(files);
  await daemon.said('converged', { revision }, 120_000);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-scenario-'));
  repository = await createRepository(join(folder, 'repo'));
  await repository.commit(applicationFiles('acme', 'other'));
  daemon = await startDaemon({ repository: repository.path, owner: OWNER });
  await run('1.0');
});

afterAll(async () => {
  await daemon.stop();
  await sweep(OWNER);
  for (const name of ['main', 'setup', 'chatty', 'mute']) {
    for (const { Name } of await logsOf(name)) await askEngine(ENGINE, `/volumes/${Name}`, { method: 'DELETE' });
  }
  await rm(folder, { recursive: true });
});

describe('what a container said', () => {
  proves('services[].containers[].container-log-archive', 'services[].init-containers[].container-log-archive');
  proves('services[].containers[].container-log-max-days', 'services[].init-containers[].container-log-max-days');

  it('is kept whole and in order when a new version takes its place', async () => {
    await run('2.0');
    const [log, ...more] = await logsOf('main');
    expect(more).toEqual([]);
    const records = await read(log!);
    // The two streams reach the engine side by side.
    const of = (stream: string) => records.map(withoutTime).filter((record) => record.startsWith(stream));
    expect(of('stderr')).toEqual(['stderr F hello 1.0']);
    const numbers = of('stdout').map((record) => Number(record.replace('stdout F ', '')));
    expect(numbers).toHaveLength(60_000);
    expect(numbers.findIndex((number, index) => number !== index + 1)).toBe(-1);
    expect(log!.Labels['io.fairlead.application-version']).toBe('1.0');
    expect(log!.Name).toMatch(/^acme\.talk\.web-1\.main\.log-\d{8}T\d{9}Z$/);
  });

  it('is shown before what the next container says, as one log', async () => {
    const logOf = async (path: string) => {
      const answer = await daemon.ask(`/v1/state/applications/talk/service-instances/web-1/${path}`);
      return (await answer.text()).trimEnd().split('\n');
    };
    expect(await logOf('init-containers/setup/logs')).toEqual(['setting up', 'setting up']);
    expect(await logOf('init-containers/setup/logs?tail=1')).toEqual(['setting up']);
    const helpers = await askEngine(ENGINE, '/containers/json', { query: { all: '1' } });
    expect(helpers).not.toContain(`fairlead.${OWNER}.read-log`);
  });

  it('is kept of an init container, too', async () => {
    const [log] = await logsOf('setup');
    expect((await read(log!)).map(withoutTime)).toEqual(['stdout F setting up']);
  });

  it('is kept for as long as it may be shown', async () => {
    const days = async (name: string) => {
      const [{ Labels }] = (await logsOf(name)) as [Volume];
      return (Number(Labels['io.fairlead.log-until']) - Number(Labels['io.fairlead.log-end'])) / DAY;
    };
    expect([await days('main'), await days('setup')]).toEqual([14, 7]);
  });

  it('is kept to the size of its log, and of all its logs together, the newest first', async () => {
    const [first] = await logsOf('chatty');
    const bytes = (log: Volume) => Number(log.Labels['io.fairlead.log-bytes']);
    expect(bytes(first!)).toBeLessThanOrEqual(1_000_000);
    expect(withoutTime((await read(first!)).at(-1))).toBe('stdout F 40000');
    await run('3.0');
    await run('4.0');
    const logs = await logsOf('chatty');
    expect(logs.map(({ Name }) => Name)).not.toContain(first!.Name);
    expect(logs.at(-1)?.Labels['io.fairlead.application-version']).toBe('3.0');
    expect(logs.reduce((sum, log) => sum + bytes(log), 0)).toBeLessThanOrEqual(1_000_000);
  });

  it('outlives its application', async () => {
    await commit(Object.fromEntries(Object.keys(FILES).map((file) => [file, null])));
    expect((await containersOf(OWNER)).filter(({ labels }) => labels['io.fairlead.application'] === 'talk')).toEqual(
      [],
    );
    expect(await networksOf(OWNER)).toEqual(['acme.other']);
    const logs = await logsOf('main');
    expect(logs).toHaveLength(4);
    expect((await read(logs.at(-1)!)).map(withoutTime)).toContain('stderr F hello 4.0');
  });

  it('is gone with a container that keeps no log', async () => {
    expect(await logsOf('mute')).toEqual([]);
  });
});
