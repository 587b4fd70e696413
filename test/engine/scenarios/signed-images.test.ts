import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { ensureBusybox } from '../../../scripts/setup.mjs';
import type { ContainerSpec } from '../../../src/model/application-spec.ts';
import type { FoundSignature } from '../../../src/signatures/image-signature.ts';
import { askEngine, tarOf } from '../../engine-hosts/engine-client.ts';
import { startHosts, type Hosts } from '../../engine-hosts/engine-hosts.ts';
import { eventually } from '../../eventually.ts';
import { createImageSigner } from '../../signatures/image-signer.ts';
import { createRepository, type TestRepository } from '../../git/git-repo.ts';
import { startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { ACCOUNT, startDebianRegistry, type DebianRegistry } from '../debian-registry.ts';

// Images that have to be signed, from a registry as people run it to what a container is made from.

const release = createImageSigner('release');
const stranger = createImageSigner('stranger');
let folder: string;
let hosts: Hosts;
let endpoint: string;
let registry: DebianRegistry;
let repository: TestRepository;
let daemon: DaemonProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-signed-images-'));
  hosts = await startHosts(1, { flags: ['--insecure-registry', '0.0.0.0/0'] });
  const [host] = hosts.hosts;
  endpoint = host!.endpoint;
  // The machine is number 1 on the hosts' network.
  registry = await startDebianRegistry(host!.address.replace(/\d+$/, '1'), folder);
  const auth = Buffer.from(`${ACCOUNT.user}:${ACCOUNT.password}`).toString('base64');
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));
  await publish('acme/old', '1');
  repository = await createRepository(join(folder, 'repo'));
  const revision = await repository.commit(application('old', `${registry.host}/acme/old:1`));
  daemon = await start();
  await daemon.said('converged', { revision }, 110_000);
});

afterAll(async () => {
  await daemon.stop();
  await registry.stop();
  await hosts.stop();
  await rm(folder, { recursive: true });
});

async function start(): Promise<DaemonProcess> {
  const stateDir = join(folder, 'state');
  const flags = ['--docker', endpoint, '--network-pool', hosts.networkPool];
  return startDaemon({
    repository: repository.path,
    owner: 'signed-images',
    stateDir,
    flags,
    env: { DOCKER_CONFIG: folder },
  });
}

let published = 0;
/** Another image each time. */
async function publish(repository: string, tag: string): Promise<string> {
  const files = join(folder, `image-${(published += 1)}`);
  await mkdir(files);
  await copyFile(await ensureBusybox(), join(files, 'busybox'));
  await writeFile(join(files, 'release'), `${published}`);
  return registry.publish(repository, tag, { files: tarOf(files), cmd: ['/busybox', 'sleep', '100000'] });
}

function application(name: string, image: string, more: Partial<ContainerSpec> = {}, version = '1.0') {
  return applicationFiles('acme', name, {
    version,
    services: [{ name: 'web', containers: [{ name: 'main', image, ...more }] }],
  });
}

const policy = () =>
  `images:\n  require: signature\n  signed-by:\n    - name: release\n      key: |\n${release.key.pem.replace(/^/gm, '        ')}\n`;

/** Id, and reference it was made from, of every container of an application but its sandbox. */
async function containersOf(name: string): Promise<readonly { readonly id: string; readonly image: string }[]> {
  const filters = JSON.stringify({ label: [`io.fairlead.application=${name}`, 'io.fairlead.role=container'] });
  const found = JSON.parse(await askEngine(endpoint, '/containers/json', { query: { filters } })) as { Id: string }[];
  return Promise.all(
    found.map(async ({ Id: id }) => {
      const { Config } = JSON.parse(await askEngine(endpoint, `/containers/${id}/json`)) as {
        Config: { Image: string };
      };
      return { id, image: Config.Image };
    }),
  );
}

const runs = (name: string, image: string) =>
  eventually(async () => expect(await containersOf(name)).toMatchObject([{ image }]), 60_000);

/** The application waits, and says why. */
const waits = (name: string, ...sentences: readonly string[]) =>
  eventually(async () => {
    const state = await daemon.get<Record<string, string>>(`/v1/state/applications/${name}`);
    for (const sentence of sentences) expect(state['error-message']).toContain(sentence);
  }, 60_000);

describe('a policy that wants signatures', () => {
  it('stops nothing of what runs', async () => {
    const before = await containersOf('old');
    const revision = await repository.commit({ 'policy.yaml': policy() });
    await daemon.said('converged', { revision });
    expect(await containersOf('old')).toEqual(before);
    expect(before).toHaveLength(1);
  });

  it('keeps an image out until it is signed, and then it comes from the digest that was verified', async () => {
    const digest = await publish('acme/web', '1');
    const image = `${registry.host}/acme/web:1`;
    await repository.commit(application('web', image));
    await waits(
      'web',
      `image ${image} (${digest}) has no signature; \`images.require\` of policy.yaml wants one by release`,
    );
    expect(await containersOf('web')).toEqual([]);
    const name = `${registry.host}/acme/web`;
    await registry.attach('acme/web', digest, [release.sign({ name, digest })]);
    await runs('web', `${name}@${digest}`);
    await eventually(async () => {
      expect(await daemon.get('/v1/state/applications/web')).toMatchObject({ 'oper-status': 'running' });
    });
  });

  test.each<[string, (name: string, digest: string) => FoundSignature, string]>([
    ['is signed by a stranger', (name, digest) => stranger.sign({ name, digest }), 'it is signed by another key'],
    [
      'has the signature of another one',
      (name) => release.sign({ name, digest: `sha256:${'1'.repeat(64)}` }),
      'another digest',
    ],
    [
      'has a signature copied from another repository',
      (_, digest) => release.sign({ name: `${registry.host}/acme/db`, digest }),
      'acme/db',
    ],
    [
      'has a signature whose document was changed',
      (name, digest) => ({ ...release.sign({ name, digest }), payload: Buffer.from(JSON.stringify({ digest })) }),
      'it is signed by another key',
    ],
  ])('keeps out one that %s', async (_, signatureOf, reason) => {
    const digest = await publish('acme/bad', '1');
    const name = `${registry.host}/acme/bad`;
    await registry.attach('acme/bad', digest, [signatureOf(name, digest)]);
    await repository.commit(application('bad', `${name}@${digest}`));
    await waits('bad', `${name}@${digest} has no signature that counts`, reason);
    expect(await containersOf('bad')).toEqual([]);
  });

  it('takes the bundles of cosign 3', async () => {
    const digest = await publish('acme/bundle', '1');
    await registry.attach('acme/bundle', digest, [stranger.signBundle(digest), release.signBundle(digest)]);
    await repository.commit(application('bundle', `${registry.host}/acme/bundle:1`));
    await runs('bundle', `${registry.host}/acme/bundle@${digest}`);
  });

  it('leaves what runs alone when its tag is moved to an image that nobody signed', async () => {
    const name = `${registry.host}/acme/moved`;
    const digest = await publish('acme/moved', '1');
    await registry.attach('acme/moved', digest, [release.sign({ name, digest })]);
    const always = { 'image-pull': 'always' } as const;
    await repository.commit(application('moved', `${name}:1`, always));
    await runs('moved', `${name}@${digest}`);
    const before = await containersOf('moved');
    const other = await publish('acme/moved', '1');
    await repository.commit(application('moved', `${name}:1`, always, '2.0'));
    await waits('moved', `(${other}) has no signature`);
    expect(await containersOf('moved')).toEqual(before);
    await registry.attach('acme/moved', other, [release.sign({ name, digest: other })]);
    await runs('moved', `${name}@${other}`);
  });

  it('needs no registry for what was verified before, by another daemon of the same state folder too', async () => {
    const [{ id, image }] = (await containersOf('web')) as [{ id: string; image: string }];
    const unseen = await publish('acme/unseen', '1');
    const name = `${registry.host}/acme/unseen`;
    await registry.attach('acme/unseen', unseen, [release.sign({ name, digest: unseen })]);
    await registry.stop();
    daemon.signal('SIGKILL');
    await daemon.exited;
    await askEngine(endpoint, `/containers/${id}`, { method: 'DELETE', query: { force: 'true' } });
    daemon = await start();
    await runs('web', image);
    await repository.commit(application('unseen', `${name}:1`));
    await waits('unseen', `registry ${registry.host} cannot be reached`);
    await registry.start();
    await runs('unseen', `${name}@${unseen}`);
    expect(daemon.text()).not.toContain(ACCOUNT.password);
  });
});
