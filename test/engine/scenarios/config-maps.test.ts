import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerSpec, MountSpec, ServiceSpec } from '../../../src/model/application-spec.ts';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE, startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { execIn, sweep } from '../daemon/engine-view.ts';
import { lifeOf, livesOf } from '../daemon/life.ts';
import { proves } from '../daemon/proves.ts';

// Config maps: files as the containers see them, and what follows when a commit changes them.

const OWNER = 'config-maps';
const at = (name: string) => `acme.conf.web-1.${name}`;
let deployed: Deployed;
let daemon: DaemonProcess;

const whole: MountSpec = { 'volume-name': 'settings', 'mount-path': '/conf', mode: 'read-only' };
const single: MountSpec = {
  'volume-name': 'settings',
  mode: 'read-only',
  files: [
    { name: 'app.conf', 'mount-path': '/etc/shop/app.conf' },
    { name: 'key', 'mount-path': '/key' },
  ],
};
const notes: MountSpec = { 'volume-name': 'notes', 'mount-path': '/notes' };

/** Notes each of its starts, and each time it is told of a change. */
function listener(name: string, mounts: readonly MountSpec[], fields: Partial<ContainerSpec> = {}): ContainerSpec {
  const cmd = ['sh', '-c', `echo started >> /notes/${name}; exec sleep 100000`];
  return container(name, { image: busyboxImage, cmd, mounts: [...mounts, notes], ...fields });
}

/** Takes its time, so that there is one to be interrupted in. */
const tell = (name: string, file: string) => ({
  'on-mounted-file-change': { cmd: ['sh', '-c', `sleep 1; cut -d ' ' -f 1 ${file} >> /notes/${name}`] },
});

/** Long enough for a read of it to meet a change. `round` is the first word of `app.conf`. */
function web(round: string, more: readonly string[] = []): ServiceSpec {
  const data = `${round} \${COLOUR} $\${COLOUR} \${SYS_SERVICE_INSTANCE} ${'x'.repeat(20_000)} end\n`;
  const items = [
    { name: 'app.conf', data, 'file-mode': '0440', 'file-ownership': '1000:1001' },
    { name: 'key', data: 'secret?\n' },
    ...more.map((name) => ({ name, data: name })),
  ];
  const look =
    'for file in /conf/app.conf /etc/shop/app.conf /key; do stat -L -c "%a %u:%g %s" $file; done > /notes/early; touch /conf/no 2>> /notes/early; true';
  const early = { name: 'early', image: busyboxImage, cmd: ['sh', '-c', look], mounts: [whole, single, notes] };
  return service('web', {
    variables: [{ name: 'COLOUR', value: 'green' }],
    volumes: [
      { name: 'settings', 'config-map': { items } },
      { name: 'notes', 'ephemeral-volume': { size: '10MiB' } },
    ],
    'init-containers': [early],
    containers: [
      listener('whole', [whole], tell('whole', '/conf/app.conf')),
      listener('single', [single], tell('single', '/etc/shop/app.conf')),
      listener('restarting', [whole], { 'on-mounted-file-change': { restart: true } }),
      listener('plain', [single]),
      listener('writer', [{ 'volume-name': 'settings', 'mount-path': '/conf' }], tell('writer', '/conf/app.conf')),
      listener('bystander', []),
    ],
  });
}

const files = (round: string, more?: readonly string[]) =>
  applicationFiles('acme', 'conf', { services: [web(round, more)] });
const run = async (name: string, script: string) => (await execIn(ENGINE, at(name), ['sh', '-c', script])).trim();
const notesOf = async (name: string) => (await run('bystander', `cat /notes/${name}`)).split('\n');

beforeAll(async () => {
  deployed = await deploy(OWNER, files('first'));
  daemon = deployed.daemon;
  await daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  await daemon.stop();
  await deployed.stop();
  await sweep(OWNER);
});

async function converges(round: string, more?: readonly string[]): Promise<void> {
  const revision = await deployed.repository.commit(files(round, more));
  await daemon.said('converged', { revision });
}

describe('the files of a config map', () => {
  it('hold their text, variables filled in, with their modes and owners', async () => {
    proves('services[].volumes[].config-map.items[].name', 'services[].volumes[].config-map.items[].data');
    proves('services[].volumes[].config-map.items[].file-mode');
    proves('services[].volumes[].config-map.items[].file-ownership');
    expect(await run('whole', 'ls -1 /conf')).toBe('app.conf\nkey');
    expect(await run('whole', 'cut -d " " -f 1-4,6 /conf/app.conf')).toBe('first green ${COLOUR} web-1 end');
    expect(await run('whole', 'stat -L -c "%a %u:%g" /conf/app.conf /conf/key')).toBe('440 1000:1001\n644 0:0');
    expect(await run('whole', 'cat /conf/key')).toBe('secret?');
  });

  it('stand alone wherever the container wants them', async () => {
    proves('services[].containers[].mounts[].files[].name', 'services[].containers[].mounts[].files[].mount-path');
    expect(await run('single', 'cut -d " " -f 1,6 /etc/shop/app.conf; cat /key')).toBe('first end\nsecret?');
    expect(await run('single', 'stat -L -c "%a %u:%g" /etc/shop/app.conf')).toBe('440 1000:1001');
    expect(await run('single', 'ls -1 /etc/shop; ls -d /conf')).toMatch(/^app.conf\nls: \/conf: No such file/);
  });

  it('are there for init containers before anything else is', async () => {
    proves('services[].init-containers[].mounts[].files[].name');
    proves('services[].init-containers[].mounts[].files[].mount-path');
    const size = (await run('whole', 'wc -c < /conf/app.conf')).trim();
    expect(await notesOf('early')).toEqual([
      `440 1000:1001 ${size}`,
      `440 1000:1001 ${size}`,
      '644 0:0 8',
      'touch: /conf/no: Read-only file system',
    ]);
  });

  it('mounted read-only cannot be written to, and mounted read-write can', async () => {
    expect(await run('whole', 'echo x > /conf/key')).toContain('Read-only file system');
    expect(await run('single', 'echo x > /key')).toContain('Read-only file system');
    expect(await run('writer', 'echo own > /conf/key; cat /conf/key')).toBe('own');
    expect(await run('whole', 'cat /conf/key')).toBe('own');
  });
});

describe('a commit that changes a file', () => {
  it('arrives at once and whole, each container learns of it in its own way, and no other is touched', async () => {
    proves('services[].containers[].on-mounted-file-change.cmd');
    proves('services[].containers[].on-mounted-file-change.restart');
    const untouched = [at('whole'), at('single'), at('writer'), at('bystander'), 'acme.conf.web-1'];
    const before = await livesOf(untouched);
    const former = await livesOf([at('restarting'), at('plain')]);
    const race = (name: string, file: string) =>
      run(
        name,
        `n=0; bad=0; until [ -e /notes/stop ]; do
           read -r round text end < ${file} && [ "\${end##* }" = end ] || bad=$((bad + 1)); n=$((n + 1))
         done; echo "$bad of $n: $round"`,
      );
    const races = Promise.all([race('whole', '/conf/app.conf'), race('single', '/etc/shop/app.conf')]);
    await converges('second', ['added']);
    await converges('third');
    await run('bystander', 'touch /notes/stop');
    for (const outcome of await races) expect(outcome).toMatch(/^0 of \d{2,}: third$/);

    for (const name of ['whole', 'single', 'writer']) {
      expect(await notesOf(name)).toEqual(['started', 'second', 'third']);
    }
    for (const name of ['restarting', 'plain']) {
      expect(await notesOf(name)).toEqual(['started', 'started', 'started']);
      expect((await lifeOf(at(name))).startedAt > former[at(name)]!.startedAt).toBe(true);
    }
    expect(await notesOf('bystander')).toEqual(['started']);
    expect(await livesOf(untouched)).toEqual(before);
    expect(await run('whole', 'ls -1 /conf; cat /conf/key')).toBe('app.conf\nkey\nsecret?');
    expect(await run('plain', 'cut -d " " -f 1 /etc/shop/app.conf')).toBe('third');
  });
});

const WRITE = 'write files of acme.conf.web-1.settings';
const written = () => daemon.log.filter(({ msg, step }) => msg === 'step done' && step === WRITE).length;

describe('a daemon that is killed between the change of a file and the word about it', () => {
  it.each([0, 100, 300, 700, 1_100])(
    'gives it after all, and restarts nobody twice: killed %i ms after',
    async (ms) => {
      const before = await livesOf([at('whole'), at('single'), at('writer'), at('bystander'), 'acme.conf.web-1']);
      const starts = (await notesOf('restarting')).length;
      const round = `killed-${ms}`;
      const former = written();
      const revision = await deployed.repository.commit(files(round));
      await eventually(() => expect(written()).toBeGreaterThan(former), 60_000);
      const until = Date.now() + ms;
      await eventually(() => expect(Date.now()).toBeGreaterThanOrEqual(until));
      daemon.signal('SIGKILL');
      await daemon.exited;

      daemon = await startDaemon({ repository: deployed.repository.path, owner: OWNER });
      await daemon.said('converged', { revision });
      for (const name of ['whole', 'single', 'writer']) expect((await notesOf(name)).at(-1)).toBe(round);
      // The first is killed too early to have told anybody.
      if (ms === 0) await daemon.said('step done', { step: `announce files to ${at('whole')}` });
      expect(await notesOf('restarting')).toHaveLength(starts + 1);
      expect(await notesOf('plain')).toHaveLength(starts + 1);
      expect(await livesOf(Object.keys(before))).toEqual(before);
    },
  );
});
