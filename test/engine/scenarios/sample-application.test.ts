import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ensureBusybox } from '../../../scripts/setup.mjs';
import { run } from '../../../scripts/setup/run.mjs';
import { startHosts, type Host, type Hosts } from '../../engine-hosts/engine-hosts.ts';
import { tarOf } from '../../engine-hosts/engine-client.ts';
import { eventually } from '../../eventually.ts';
import { keyPaths } from '../../key-paths.ts';
import { createRepository } from '../../git/git-repo.ts';
import { SELF_SIGNED } from '../../probe/self-signed.ts';
import { startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { execIn } from '../daemon/engine-view.ts';
import { openSmallRegistry, type SmallRegistry } from '../small-registry.ts';

// The sample application of the API that Fairlead's is modelled on, from its text to a ready instance.

const HERE = new URL('./', import.meta.url);
const DEVICE = '/dev/full';

type Fields = Record<string, unknown>;

/** What of the sample cannot be as it stands, and what takes its place. THIS LIST MAY ONLY SHRINK. */
const CHANGES: readonly { readonly what: string; readonly change: (service: Service, image: string) => void }[] = [
  {
    what: 'image: nobody can pull the one of the sample',
    change: ({ containers }, image) => containers.forEach((one) => (one['image'] = image)),
  },
  {
    what: 'probe host: foo.com is somebody else',
    change: ({ main }) => delete main.probes.liveness.http['host'],
  },
  {
    what: 'gpu: needs one',
    change: ({ containers }) => containers.forEach((one) => delete one['gpu']),
  },
  {
    what: 'vaults: secrets and roles are not supported yet',
    change({ spec, main, containers }) {
      spec.volumes = spec.volumes.filter((volume) => volume['vault-secret'] === undefined);
      main.mounts = main.mounts.filter((mount) => mount['volume-name'] !== 'my-secrets');
      spec.variables = [{ name: 'MY_SECRET', value: 'forty-two' }];
      for (const one of containers) {
        delete one['approle'];
        delete one.env['APPROLE_SECRET_ID'];
      }
    },
  },
];

interface Container extends Fields {
  readonly env: Fields;
}
interface Service {
  readonly spec: { volumes: Fields[]; variables: Fields[] };
  readonly main: Container & { mounts: Fields[]; readonly probes: { readonly liveness: { readonly http: Fields } } };
  /** The init container too. */
  readonly containers: readonly Container[];
}

async function readSample(image: string): Promise<Fields> {
  const sample = parse(await readFile(new URL('fixtures/sample-application.yaml', HERE), 'utf8')) as {
    services: [Service['spec'] & { 'init-containers': Container[]; containers: [Service['main']] }];
  };
  const [spec] = sample.services;
  const [main] = spec.containers;
  for (const { change } of CHANGES) change({ spec, main, containers: [...spec['init-containers'], main] }, image);
  return sample;
}

/** The host the sample was written for: its labels, its device, its two volumes. */
const SITE = {
  name: 'stockholm-sergel',
  hosts: [
    {
      name: 'host-001',
      labels: { 'movie-theater-owner.com/host_size': 'medium' },
      devices: [{ path: DEVICE, 'device-labels': ['rtc'] }],
      'local-volumes': [
        { name: 'slow-host-storage' },
        { name: 'fast-host-storage', labels: { 'movie-theater-owner.com/speed': 'fast' } },
      ],
    },
  ],
};

/** Answers any TLS request with 200, as the user that the sample gives it, on the port the sample gives it. */
const START_MYDB = `#!/usr/local/bin/node
const { createServer } = require('node:https');
createServer(${JSON.stringify(SELF_SIGNED)}, (request, response) => response.end('well')).listen(443);
process.on('SIGTERM', () => process.exit(0));
`;

/** The image the sample asks for: `do-setup.sh`, `start-mydb`, `xctrl`, and an `nc` that exits 0. */
async function makeImageFiles(directory: string): Promise<void> {
  const libraries = [...(await run('ldd', [process.execPath])).matchAll(/(\/\S+) \(0x/g)].map(([, file = '']) => file);
  const copies = [...libraries.map((file) => [file, file]), [process.execPath, '/usr/local/bin/node']];
  for (const [from = '', to = ''] of [...copies, [await ensureBusybox(), '/bin/busybox']]) {
    await mkdir(dirname(join(directory, to)), { recursive: true });
    await copyFile(from, join(directory, to));
  }
  for (const applet of ['sh', 'cat', 'stat', 'touch', 'ls', 'id', 'sleep']) {
    await symlink('busybox', join(directory, 'bin', applet));
  }
  const scripts = {
    'bin/do-setup.sh': '#!/bin/sh\nsleep 0.2\n',
    'bin/nc': '#!/bin/sh\nexit 0\n',
    'bin/xctrl': '#!/bin/sh\nexit 0\n',
    'bin/start-mydb': START_MYDB,
  };
  for (const [file, text] of Object.entries(scripts)) await writeFile(join(directory, file), text, { mode: 0o755 });
  await mkdir(join(directory, 'tmp'));
  await run('chmod', ['1777', join(directory, 'tmp')]);
}

describe('the sample application', () => {
  let folder: string;
  let hosts: Hosts;
  let host: Host;
  let registry: SmallRegistry;
  let daemon: DaemonProcess;
  let state: Fields;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-sample-'));
    hosts = await startHosts(1, { flags: ['--insecure-registry', '0.0.0.0/0'] });
    host = hosts.hosts[0]!;
    await makeImageFiles(join(folder, 'image'));
    const files = tarOf(join(folder, 'image'));
    registry = await openSmallRegistry(host.address.replace(/\d+$/, '1'), { files });
    const repository = await createRepository(join(folder, 'repository'));
    await repository.commit({
      'sites/stockholm.yaml': stringify(SITE),
      'tenants/acme/applications/myapp.yaml': stringify(await readSample(`${registry.host}/web:1`)),
      'tenants/acme/application-deployments/myapp.yaml': stringify({
        name: 'myapp-deployment',
        application: 'myapp',
        placement: { 'match-site-labels': 'system/name = stockholm-sergel' },
      }),
    });
    const flags = ['--docker', host.endpoint, '--network-pool', hosts.networkPool];
    daemon = await startDaemon({ repository: repository.path, owner: 'sample', flags });
    await eventually(async () => {
      state = await daemon.get<Fields>('/v1/state/applications/myapp');
      const instances = state['service-instances'] as Fields[];
      expect(instances.map(({ ready }) => ready)).toEqual([true, true]);
      // Readiness does not wait for liveness.
      expect(JSON.stringify(instances)).not.toContain('"unknown"');
    }, 240_000);
  }, 300_000);

  afterAll(async () => {
    await daemon.stop();
    await registry.close();
    await hosts.stop();
    await rm(folder, { recursive: true });
  });

  const inside = (...cmd: string[]) => execIn(host.endpoint, 'acme.myapp.mysvc-1.mydb', cmd);

  it('differs from what was deployed in these points alone', () => {
    expect(CHANGES.map(({ what }) => what.split(':')[0])).toEqual(['image', 'probe host', 'gpu', 'vaults']);
  });

  it('becomes ready, and what it asks for is there inside the container', async () => {
    // Mode and owner are the sample's: its own user may not read it.
    expect(await inside('/bin/cat', '/etc/t.conf')).toContain('Permission denied');
    const text = await execIn(host.endpoint, 'acme.myapp.mysvc-1.mydb', ['/bin/cat', '/etc/t.conf'], '100');
    expect(text).toBe('foo: bar\nsecret: forty-two\n');
    expect(await inside('/bin/stat', '-L', '-c', '%a %u:%g', '/etc/t.conf')).toBe('400 100:0\n');
    expect(await inside('/bin/stat', '-L', '-c', '%a %u:%g', '/certs/api-cacert.pem')).toBe('444 0:0\n');
    expect(await inside('/bin/stat', '-c', '%a %u:%g', '/cache')).toBe('770 1000:1000\n');
    expect(await inside('/bin/sh', '-c', 'id -u; id -g; echo $FOO $BAZ')).toBe('1000\n1000\n42 forty-two\n');
  });

  it('has a state with every key of the sample, but for what is not supported yet', async () => {
    const sample: unknown = parse(await readFile(new URL('../../status/fixtures/sample-state.yaml', HERE), 'utf8'));
    const found = new Set(keyPaths(state));
    const missing = keyPaths(sample).filter((path) => !found.has(path));
    expect(missing).toEqual([
      'service-instances[].ingress',
      'service-instances[].ingress.interface',
      'service-instances[].ingress.ips',
      'service-instances[].ingress.dns-records',
      'service-instances[].init-containers[].gpus[].uuid',
      'service-instances[].init-containers[].nvidia-driver-capabilities',
      'service-instances[].containers[].gpus[].uuid',
      'service-instances[].containers[].nvidia-driver-capabilities',
    ]);
  });

  it('has a state with the right values', () => {
    expect(state).toMatchObject({
      name: 'myapp',
      version: '2.4.2',
      'locally-deployed': true,
      'application-deployment': 'myapp-deployment',
      'oper-status': 'running',
    });
    const [instance] = state['service-instances'] as Fields[];
    const volume = { size: '1GB', 'host-volume': 'fast-host-storage' };
    expect(instance).toMatchObject({
      name: 'mysvc-1',
      'application-version': '2.4.2',
      'oper-status': 'running',
      host: 'host-001',
      'ephemeral-volumes': [{ name: 'fast-storage', ...volume }],
      'persistent-volumes': [{ name: 'persistent-storage', ...volume }],
      'init-containers': [{ name: 'setup', 'oper-status': 'completed', devices: [DEVICE], 'total-restarts': 0 }],
      containers: [
        {
          name: 'mydb',
          'oper-status': 'running',
          ready: true,
          devices: [DEVICE],
          'current-restarts': 0,
          probes: {
            startup: { status: 'success' },
            readiness: { status: 'success' },
            liveness: { status: 'success' },
          },
        },
      ],
    });
  });

  it('says of its image when it was pulled and which it is', () => {
    const [service] = state['services'] as { containers: { 'image-status': Fields }[] }[];
    expect(service?.containers[0]?.['image-status']).toMatchObject({
      status: 'present',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      'last-pull': expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      'pull-time': expect.stringMatching(/^[0-9]/) as string,
    });
  });
});
