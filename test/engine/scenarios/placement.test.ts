import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InitContainerSpec, ServiceSpec } from '../../../src/model/application-spec.ts';
import type { SiteSpec } from '../../../src/model/site-spec.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, inspect, runningOf, sweep } from '../daemon/engine-view.ts';
import { proves, provesWish } from '../daemon/proves.ts';
import { buildTellingImage, tellingImage, toldBy } from '../daemon/telling-image.ts';

// What a host has and a service asks for: an instance gets it, or is not placed and says why.

const OWNER = 'placement';
let deployed: Deployed;

const site: SiteSpec = {
  name: 'north',
  'descriptive-name': 'The far north',
  type: 'top',
  labels: { 'example.com/region': 'arctic' },
  hosts: [
    {
      name: 'north-001',
      labels: { rack: 'b' },
      devices: [
        { path: '/dev/fuse', 'device-labels': ['fuse', 'files'] },
        { path: '/dev/loop-control', 'device-labels': ['files'] },
        { path: '/dev/not-there', 'device-labels': ['vanished'] },
      ],
      gpus: [
        { id: 'GPU-1', labels: ['any', 'fast'], properties: { mode: 'Default' } },
        { id: 'GPU-2', labels: ['any', 'slow'], properties: { mode: 'Default' } },
        { id: 'GPU-3', labels: ['any', 'fast'], properties: { mode: 'Exclusive' } },
      ],
    },
  ],
};

/** A service whose container and init container ask for the same of their host. */
function asking(name: string, fields: Partial<InitContainerSpec>, more: Partial<ServiceSpec> = {}): ServiceSpec {
  const both = { image: tellingImage, env: { HOST: '${SYS_HOST}', SITE: '${SYS_SITE}' }, ...fields };
  const setup = { ...both, name: 'setup', env: { ...both.env, ENDS: 'yes' } };
  return { name, 'init-containers': [setup], containers: [{ ...both, name: 'main' }], ...more };
}

/** A service of one container. */
function plain(name: string, fields: Partial<InitContainerSpec>, more: Partial<ServiceSpec> = {}): ServiceSpec {
  return { name, containers: [{ name: 'main', image: tellingImage, ...fields }], ...more };
}

const onRack = (rack: string): Partial<ServiceSpec> => ({ placement: { 'match-host-labels': `rack = "${rack}"` } });
const everywhere = { mode: 'one-per-matching-host' } as const;
const gpu = {
  labels: ['fast'],
  'number-gpus': 1,
  'nvidia-patterns': ['mode == "Exclusive"'],
  'nvidia-driver-capabilities': 'utility, compute',
};
const disabled = { selinux: { disabled: true }, apparmor: { disabled: true } };

const placed = [
  plain('here', {}, onRack('b')),
  plain('each', {}, { ...onRack('b'), ...everywhere }),
  plain('none', {}, { ...onRack('c'), ...everywhere }),
  asking('files', { devices: { 'device-labels': ['files'] } }),
  asking('open', { security: disabled }),
  asking('plain', {}),
];
const unplaced = [
  plain('away', {}, onRack('c')),
  plain('lost', { devices: { 'device-labels': ['fuse', 'printer'] } }),
  plain('greedy', { gpu: { labels: ['fast'], 'number-gpus': 3 } }),
];

/** An application of one service each, for those that do not become ready: each says of itself why. */
function alone(service: ServiceSpec): Record<string, string> {
  return applicationFiles('acme', service.name, { services: [service] });
}

function deployedTo(name: string, expression: string): Record<string, string> {
  const files = applicationFiles('acme', name, { services: [plain('web', {})] });
  const deployment = { name, application: name, placement: { 'match-site-labels': expression } };
  return { ...files, [`tenants/acme/application-deployments/${name}.yaml`]: stringify(deployment) };
}

const files = {
  'sites/north.yaml': stringify(site),
  ...applicationFiles('acme', 'fitting', { services: placed }),
  ...(Object.assign({}, ...unplaced.map(alone)) as Record<string, string>),
  ...alone(plain('vanished', { devices: { 'device-labels': ['vanished'] } })),
  ...alone(plain('gpu', { gpu })),
  ...alone({ ...asking('gpu-early', { gpu }), containers: [{ name: 'main', image: tellingImage }] }),
  ...deployedTo('arctic', 'example.com/region = "arctic" and system/type = "top" and system/name = "north"'),
  ...deployedTo('tropic', 'example.com/region = "tropic"'),
};

beforeAll(async () => {
  await buildTellingImage(ENGINE);
  deployed = await deploy(OWNER, files);
  await eventually(async () => {
    const running = Object.keys(await runningOf(OWNER));
    for (const { name } of placed) if (name !== 'none') expect(running).toContain(`acme.fitting.${name}-1.main`);
    expect(running).toContain('acme.arctic.web-1.main');
  }, 110_000);
});

afterAll(async () => {
  await deployed.stop();
  await sweep(OWNER);
});

const fact = async (container: string, name: string) => (await toldBy(ENGINE, `acme.fitting.${container}`))[name];
const made = async (start: string) =>
  (await containersOf(OWNER)).map(({ name }) => name).filter((name) => name.startsWith(`${start}.`));

async function messageOf(application: string): Promise<string> {
  return eventually(async () => {
    const state = await deployed.daemon.get<Record<string, string>>(`/v1/state/applications/${application}`);
    expect(state['oper-status']).toBe('error');
    return state['error-message'] ?? '';
  }, 60_000);
}

describe('a site', () => {
  proves('site.name', 'site.type', 'site.labels', 'site.hosts[].name', 'site.descriptive-name');

  it('gets the deployments that select it by its labels, and those alone', async () => {
    expect(await made('acme.arctic')).toEqual(['acme.arctic.web-1', 'acme.arctic.web-1.main']);
    expect(await made('acme.tropic')).toEqual([]);
  });

  it('is known by its name to what runs there, and so is its host', async () => {
    expect(await fact('plain-1.main', 'env.SITE')).toBe('north');
    expect(await fact('plain-1.main', 'env.HOST')).toBe('north-001');
    for (const { labels } of await containersOf(OWNER)) expect(labels['io.fairlead.site']).toBe('north');
  });
});

describe('a service', () => {
  it('runs on a host whose labels match, one of each or as many as it says', async () => {
    proves('services[].placement.match-host-labels', 'services[].mode', 'site.hosts[].labels');
    expect(await made('acme.fitting.here-1')).toHaveLength(1);
    expect(await made('acme.fitting.each-1')).toHaveLength(1);
    expect(await made('acme.fitting.none-1')).toEqual([]);
  });

  it.each([
    ['away', 'away-1: the labels of host north-001 do not match `rack = "c"`'],
    ['lost', 'lost-1: host north-001 has no device with the label printer (container main)'],
    ['greedy', 'greedy-1: host north-001 has 2 of the 3 GPUs with label fast that container main asks for'],
  ])('%s is not placed where the host lacks what it asks for, and says so', async (application, sentence) => {
    expect(await messageOf(application)).toBe(sentence);
    expect(await made(`acme.${application}`)).toEqual([]);
  });
});

describe.each(['main', 'setup'])('container %s', (container) => {
  it('has every device with one of its labels, and no other', async () => {
    proves('services[].containers[].devices.device-labels', 'services[].init-containers[].devices.device-labels');
    proves('site.hosts[].devices[].path', 'site.hosts[].devices[].device-labels');
    const usual = (await fact(`plain-1.${container}`, 'devices')) ?? '';
    expect(usual).not.toMatch(/fuse|loop-control/);
    const found = (await fact(`files-1.${container}`, 'devices')) ?? '';
    const added = found.split(' ').filter((device) => !usual.split(' ').includes(device));
    expect(added).toEqual(['/dev/fuse', '/dev/loop-control']);
  });

  it('is freed from SELinux and AppArmor where it asks for that, as far as the engine is told', async () => {
    provesWish('services[].containers[].security.selinux.disabled');
    provesWish('services[].containers[].security.apparmor.disabled');
    provesWish('services[].init-containers[].security.selinux.disabled');
    provesWish('services[].init-containers[].security.apparmor.disabled');
    const options = async (service: string) =>
      (await inspect<Confined>(`acme.fitting.${service}-1.${container}`)).HostConfig.SecurityOpt;
    expect(await options('open')).toEqual(expect.arrayContaining(['apparmor=unconfined', 'label=disable']));
    expect((await options('plain')) ?? []).toEqual([]);
  });
});

describe('a graphics processor', () => {
  provesWish('services[].containers[].gpu.labels', 'services[].containers[].gpu.number-gpus');
  provesWish('services[].containers[].gpu.nvidia-patterns', 'services[].containers[].gpu.nvidia-driver-capabilities');
  provesWish('services[].init-containers[].gpu.labels', 'services[].init-containers[].gpu.number-gpus');
  provesWish('services[].init-containers[].gpu.nvidia-patterns');
  provesWish('services[].init-containers[].gpu.nvidia-driver-capabilities');
  provesWish('site.hosts[].gpus[].id', 'site.hosts[].gpus[].labels', 'site.hosts[].gpus[].properties');

  it.each([
    ['container', 'gpu', 'acme.gpu.gpu-1.main'],
    ['init container', 'gpu-early', 'acme.gpu-early.gpu-early-1.setup'],
  ])('with the labels and properties of a %s is asked for, and where there is none that is said', async (...facts) => {
    const [, application, name] = facts;
    expect(await messageOf(application)).toMatch(
      /the host needs the NVIDIA driver and the NVIDIA Container Toolkit|GPU-3/,
    );
    const { HostConfig } = await inspect<{ HostConfig: { DeviceRequests: unknown } }>(name);
    expect(HostConfig.DeviceRequests).toEqual([
      expect.objectContaining({ DeviceIDs: ['GPU-3'], Capabilities: [['gpu', 'compute', 'utility']] }),
    ]);
  });
});

describe('a device that is not there any more', () => {
  it('is named', async () => {
    expect(await messageOf('vanished')).toMatch(
      /"\/dev\/not-there": no such file or directory; the host has no such device: .* under sites\//,
    );
  });
});

describe('a host that is described anew', () => {
  it('throws nobody out whom it could not take any more, but for one on each host that matches', async () => {
    const before = await runningOf(OWNER);
    const [host] = site.hosts;
    const bare = { ...site, 'descriptive-name': 'Elsewhere', hosts: [{ ...host, labels: { rack: 'z' }, devices: [] }] };
    await deployed.repository.commit({ 'sites/north.yaml': stringify(bare) });
    const message = await messageOf('fitting');
    expect(message).toBe('here-1: the labels of host north-001 do not match `rack = "b"`');
    await eventually(async () => expect(await made('acme.fitting.each-1')).toEqual([]), 60_000);
    const staying = Object.entries(before).filter(([name]) => !name.startsWith('acme.fitting.each-1'));
    expect(await runningOf(OWNER)).toMatchObject(Object.fromEntries(staying));
  });
});

interface Confined {
  readonly HostConfig: { readonly SecurityOpt: readonly string[] | null };
}
