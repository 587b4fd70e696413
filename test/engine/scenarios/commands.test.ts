import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InitContainerSpec, ServiceSpec } from '../../../src/model/application-spec.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, execIn, sweep } from '../daemon/engine-view.ts';
import { proves } from '../daemon/proves.ts';
import { buildTellingImage, tellingImage, toldBy } from '../daemon/telling-image.ts';

// What runs in a container, as whom, and what it is told: read from what the processes themselves wrote down.

const OWNER = 'commands';
let deployed: Deployed;

/** A service whose container and init container say the same of themselves, but for the end. */
function told(name: string, fields: Partial<InitContainerSpec>, more: Partial<ServiceSpec> = {}): ServiceSpec {
  const both = { image: tellingImage, ...fields };
  const setup = { ...both, name: 'setup', env: { ...both.env, ENDS: 'yes' } };
  return { name, 'init-containers': [setup], containers: [{ ...both, name: 'main' }], ...more };
}

const SYSTEM = ['SITE', 'TENANT', 'APP', 'APP_VERSION', 'SERVICE', 'SERVICE_INSTANCE', 'INSTANCE_INDEX', 'CONTAINER'];
const EMPTY = ['DOMAIN', 'INGRESS_IPV4_ADDRESS', 'API_CA_CERT'];
const systemVariables = [...SYSTEM, 'HOST', ...EMPTY].map((name) => [name, `\${SYS_${name}}`] as const);

const own: Partial<InitContainerSpec> = {
  entrypoint: ['/bin/tell', 'own', '${COLOUR}'],
  cmd: ['${SYS_SERVICE_INSTANCE}', '$${COLOUR}', '$COLOUR'],
  env: { ...Object.fromEntries(systemVariables), COLOUR: 'dark ${COLOUR}', LITERAL: '$${COLOUR}', EMPTY: '' },
  user: '1000:2000',
  mounts: [{ 'volume-name': 'notes', 'mount-path': '/notes' }],
};
const noted = { name: 'notes', 'config-map': { items: [{ name: 'note', data: '${COLOUR} $${COLOUR} ${SYS_APP}\n' }] } };
const ownService: Partial<ServiceSpec> = {
  replicas: 2,
  variables: [{ name: 'COLOUR', value: 'green' }],
  volumes: [noted],
};
const sleeper = (name: string, seconds: string) => ({ name, image: tellingImage, entrypoint: ['sleep', seconds] });
const two = [sleeper('left', '111111'), sleeper('right', '222222')];

beforeAll(async () => {
  await buildTellingImage(ENGINE);
  const services = [
    told('image', {}),
    told('bare', { cmd: [] }),
    told('own', own, ownService),
    told('raw', { 'no-builtin-init': true, user: '1000' }, { mode: 'one-per-matching-host', replicas: 3 }),
    { name: 'shared', 'share-pid-namespace': true, containers: two },
    { name: 'apart', containers: two },
  ];
  const files = applicationFiles('acme', 'tour', {
    version: '1.10',
    labels: { 'example.com/team': 'desk' },
    services,
  });
  deployed = await deploy(OWNER, files);
  await deployed.daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  await deployed.stop();
  await sweep(OWNER);
});

const fact = async (container: string, name: string) => (await toldBy(ENGINE, `acme.tour.${container}`))[name];
const seen = (container: string, script: string) => execIn(ENGINE, `acme.tour.${container}`, ['sh', '-c', script]);

describe('the containers of an application', () => {
  it('are named after it, its services, their instances and themselves, as many as there are replicas', async () => {
    proves('name', 'services[].name', 'services[].replicas', 'services[].mode');
    proves('services[].containers[].name', 'services[].init-containers[].name');
    const told = ['', '.main', '.setup'];
    const instances = ['bare-1', 'image-1', 'own-1', 'own-2', 'raw-1'].flatMap((one) => told.map((end) => one + end));
    const pairs = ['apart-1', 'shared-1'].flatMap((one) => [one, `${one}.left`, `${one}.right`]);
    const names = [...instances, ...pairs].map((name) => `acme.tour.${name}`).sort();
    expect((await containersOf(OWNER)).map(({ name }) => name)).toEqual(names);
  });

  it('carry its version and labels', async () => {
    proves('version', 'labels');
    const labels = { 'io.fairlead.application-version': '1.10', 'example.com/team': 'desk' };
    for (const container of await containersOf(OWNER)) expect(container.labels).toMatchObject(labels);
  });
});

describe.each(['main', 'setup'])('container %s', (container) => {
  proves('services[].containers[].entrypoint', 'services[].init-containers[].entrypoint');
  proves('services[].containers[].cmd', 'services[].init-containers[].cmd');
  proves('services[].containers[].env', 'services[].init-containers[].env');
  proves('services[].containers[].user', 'services[].init-containers[].user');
  proves('services[].containers[].no-builtin-init', 'services[].init-containers[].no-builtin-init');
  proves('services[].variables[].name', 'services[].variables[].value');

  it('runs the command of its image where the specification has none', async () => {
    expect(await fact(`image-1.${container}`, 'args')).toBe('image by itself');
  });

  it('runs the program of its image without arguments where they are an empty list', async () => {
    expect(await fact(`bare-1.${container}`, 'args')).toBe('image');
  });

  it('runs the command of its specification, variables filled in, others than ours left alone', async () => {
    expect(await fact(`own-2.${container}`, 'args')).toBe('own green own-2 ${COLOUR} $COLOUR');
  });

  it('has the environment of its specification, variables filled in', async () => {
    const found = await toldBy(ENGINE, `acme.tour.own-2.${container}`);
    expect(found).toMatchObject({ 'env.COLOUR': 'dark green', 'env.LITERAL': '${COLOUR}', 'env.EMPTY': '' });
  });

  it('knows by the variables of the system what it is', async () => {
    const found = await toldBy(ENGINE, `acme.tour.own-2.${container}`);
    const known = ['local', 'acme', 'tour', '1.10', 'own', 'own-2', '2', container, 'local', ...EMPTY.map(() => '')];
    expect(systemVariables.map(([name]) => found[`env.${name}`])).toEqual(known);
  });

  it('runs as its user, and as that of its image where it has none', async () => {
    expect(await fact(`own-1.${container}`, 'user')).toBe('1000:2000');
    expect(await fact(`raw-1.${container}`, 'user')).toBe('1000:0');
    expect(await fact(`image-1.${container}`, 'user')).toBe('0:0');
  });

  it('has a small init as its first process, unless it wants none', async () => {
    expect(await fact(`image-1.${container}`, 'first')).toBe('docker-init');
    expect(await fact(`image-1.${container}`, 'pid')).not.toBe('1');
    expect(await fact(`raw-1.${container}`, 'pid')).toBe('1');
  });
});

describe('a config map', () => {
  it('has variables filled in as well', async () => {
    expect(await seen('own-1.main', 'cat /notes/note')).toBe('green ${COLOUR} tour\n');
  });
});

describe('the processes of an instance', () => {
  it('see one another across its containers where it says so', async () => {
    proves('services[].share-pid-namespace');
    expect(await seen('shared-1.left', 'ps')).toMatch(/sleep 111111[^]*sleep 222222/);
    expect(await seen('apart-1.left', 'ps')).not.toContain('222222');
    expect(await seen('apart-1.left', 'cat /proc/1/comm')).toBe('docker-init\n');
    expect(await seen('shared-1.left', 'cat /proc/1/comm')).toBe('sandbox\n');
  });

  it('leave no dead ones behind there: the sandbox reaps orphans', async () => {
    const orphan = 'trap "" HUP; sleep 100000 > /dev/null 2>&1 & echo $!';
    const pid = (await seen('shared-1.left', orphan)).trim();
    expect(await seen('shared-1.right', `grep PPid /proc/${pid}/status`)).toBe('PPid:\t1\n');
    await seen('shared-1.left', `kill -9 ${pid}`);
    await eventually(async () => expect(await seen('shared-1.right', `ls -d /proc/${pid}`)).toContain('No such file'));
  });
});
