import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { createSignedRepository, type SignedRepository } from '../../signatures/signed-repository.ts';
import { createSshSigner, openGnuPg, type GnuPg, type Signer } from '../../signatures/signers.ts';
import { startDaemon, startFairlead, type DaemonProcess } from '../daemon/daemon-process.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { runningOf, sweep } from '../daemon/engine-view.ts';

// Commits and tags that have to be signed, from the repository to what is on the engine. The signatures are made by git
// with ssh-keygen and gpg.

const OWNER = 'signed';
let folder: string;
let stateDir: string;
let keys: string;
let repository: SignedRepository;
let gnupg: GnuPg;
let alice: Signer;
let bob: Signer;
let daemon: DaemonProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fl-signed-'));
  stateDir = join(folder, 'state');
  keys = join(folder, 'keys');
  repository = await createSignedRepository(join(folder, 'repo'));
  gnupg = await openGnuPg(join(folder, 'gpg'));
  alice = await createSshSigner(join(folder, 'ssh'), 'alice');
  bob = await gnupg.createSigner('bob');
  await writeFile(keys, `${alice.publicKey}\n${bob.publicKey}`);
});

afterAll(async () => {
  await daemon.stop();
  await sweep(OWNER);
  await gnupg.close();
  await rm(folder, { recursive: true, force: true });
});

const start = (mode = 'commit') =>
  startDaemon({
    repository: repository.path,
    owner: OWNER,
    stateDir,
    flags: ['--verify', mode, '--verify-keys', keys],
  });
const shop = (version: string) => applicationFiles('acme', 'shop', { version });
const converged = (revision: string) => daemon.said('converged', { revision });
const state = () => daemon.get<Readonly<Record<string, unknown>>>('/v1/state/repository');

/** The state says that the commit is refused; what runs is what ran. */
async function refuses(revision: string, before: unknown): Promise<void> {
  await daemon.said('revision refused', { revision });
  const { 'fetch-time': time } = await eventually(async () => {
    expect(await state()).toMatchObject({ 'wanted-revision': revision });
    return await state();
  });
  // What it was to do, it has done by the next look.
  await eventually(async () => expect(await state()).not.toMatchObject({ 'fetch-time': time }));
  expect(await runningOf(OWNER)).toEqual(before);
}

describe('with --verify commit', () => {
  it('a repository in which nothing is signed starts nothing', async () => {
    const revision = await repository.commit(shop('1.0'));
    daemon = await start();
    await refuses(revision, {});
    expect(await state()).toMatchObject({
      'fetched-revision': '',
      verification: { mode: 'commit', 'verified-revision': '' },
      'error-message': expect.stringContaining('nothing is applied') as string,
    });
  });

  it('a signed commit is applied, and the state says whose it is', async () => {
    const revision = await repository.commit(shop('1.1'), { signer: alice });
    await converged(revision);
    expect(Object.keys(await runningOf(OWNER))).toHaveLength(2);
    expect(await state()).toMatchObject({
      'fetched-revision': revision,
      verification: {
        'verified-revision': revision,
        signer: `alice@example.com (ED25519 ${alice.fingerprint})`,
      },
    });
    expect(await state()).not.toHaveProperty('error-message');
  });

  it('an unsigned commit changes nothing, though it removes everything and says it may', async () => {
    const before = await runningOf(OWNER);
    const files = Object.fromEntries(Object.keys(shop('1.1')).map((file) => [file, null]));
    const message = 'remove\n\nFairlead-Allow-Prune: true';
    await refuses(await repository.commit(files, { message }), before);
    await eventually(async () =>
      expect(await daemon.get('/v1/state/events?type=revision-refused')).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ message: expect.stringContaining('carries no signature') as string }),
        ]),
      ),
    );
    expect(await (await daemon.ask('/metrics')).text()).toMatch(/^fairlead_repository_verified 0$/m);
  });

  it('nor does it after a kill -9, with the state folder or without it', async () => {
    const before = await runningOf(OWNER);
    const head = repository.head();
    for (const keepsState of [true, false]) {
      daemon.signal('SIGKILL');
      await daemon.exited;
      if (!keepsState) await rm(stateDir, { recursive: true });
      daemon = await start();
      await daemon.said('converged');
      await refuses(head, before);
      expect(daemon.log.filter(({ msg }) => msg === 'step done')).toEqual([]);
    }
  });

  it('a signed one on top is applied, by another key and program', async () => {
    const revision = await repository.commit(shop('1.2'), { signer: bob });
    await converged(revision);
    expect(await daemon.get('/v1/state/applications/shop')).toMatchObject({ version: '1.2' });
    expect(await state()).toMatchObject({
      verification: { signer: `bob <bob@example.com> (OpenPGP ${bob.fingerprint})` },
    });
  });
});

it('with --verify tag, what runs follows signed tags, and not the branch', async () => {
  await daemon.stop();
  const released = repository.head();
  await repository.tag('v1.2', released, { signer: bob });
  daemon = await start('tag');
  await converged(released);
  const before = await runningOf(OWNER);
  const next = await repository.commit(shop('1.3'));
  await repository.tag('v1.3', next);
  await refuses(next, before);
  await repository.tag('v1.3', next, { signer: alice });
  await converged(next);
  expect(await daemon.get('/v1/state/applications/shop')).toMatchObject({ version: '1.3' });
  expect(await state()).toMatchObject({ verification: { mode: 'tag', tag: 'v1.3', 'verified-revision': next } });
});

it('a file of keys that is missing is an error at the start, which names it', async () => {
  const flags = ['--verify', 'commit', '--verify-keys', join(folder, 'none')];
  const child = startFairlead(['run', '--repository', repository.path, '--state-dir', join(folder, 'other'), ...flags]);
  const lines: string[] = [];
  child.stderr!.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
  expect(lines.join('')).toContain(`cannot read the trusted keys in ${join(folder, 'none')}: no such file`);
});
