import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRegistryAuth } from '../../src/docker/registry-credentials.ts';

const { signal } = new AbortController();
const path = process.env['PATH'];
let folder = '';
let file = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-credentials-'));
  file = join(folder, 'config.json');
  process.env['PATH'] = `${folder}${delimiter}${path ?? ''}`;
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true });
});

async function ask(config: object, registry: string): Promise<unknown> {
  await writeFile(file, JSON.stringify(config));
  const header = await readRegistryAuth(file, registry, signal);
  return header === undefined ? undefined : JSON.parse(Buffer.from(header, 'base64url').toString());
}

async function addHelper(name: string, script: string): Promise<void> {
  const program = join(folder, `docker-credential-${name}`);
  await writeFile(program, `#!/bin/sh\n${script}\n`);
  await chmod(program, 0o755);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('credentials for a registry', () => {
  it('are none without a config file or an entry', async () => {
    expect(await readRegistryAuth(join(folder, 'none.json'), 'ghcr.io', signal)).toBeUndefined();
    expect(await ask({ auths: {} }, 'ghcr.io')).toBeUndefined();
  });

  it('come from auths, with a colon in the password', async () => {
    const answer = await ask({ auths: { 'ghcr.io': { auth: base64('me:pass:word') } } }, 'ghcr.io');
    expect(answer).toEqual({ username: 'me', password: 'pass:word', serveraddress: 'ghcr.io' });
  });

  it('are encoded with padding, without which an engine ignores them', async () => {
    for (const name of ['a', 'ab', 'abc']) {
      await writeFile(file, JSON.stringify({ auths: { 'ghcr.io': { auth: base64(`${name}:secret`) } } }));
      const header = await readRegistryAuth(file, 'ghcr.io', signal);
      expect(header).toMatch(/^[A-Za-z0-9_-]+={0,2}$/);
      expect((header ?? '').length % 4).toBe(0);
    }
  });

  it('are found under the key of Docker Hub and under a key with a scheme', async () => {
    const hub = { 'https://index.docker.io/v1/': { auth: base64('me:hub') } };
    expect(await ask({ auths: hub }, 'docker.io')).toMatchObject({ password: 'hub' });
    expect(await ask({ auths: { 'https://reg:5000': { auth: base64('me:own') } } }, 'reg:5000')).toMatchObject({
      password: 'own',
    });
  });

  it('may be an identity token', async () => {
    const auths = { 'ghcr.io': { auth: base64('me:'), identitytoken: 'token' } };
    expect(await ask({ auths }, 'ghcr.io')).toEqual({ identitytoken: 'token', serveraddress: 'ghcr.io' });
  });

  it('come from the helper of the registry, which is asked on stdin', async () => {
    await addHelper('mine', `read server; echo "{\\"Username\\":\\"me\\",\\"Secret\\":\\"for $server\\"}"`);
    const config = { credHelpers: { 'ghcr.io': 'mine' } };
    expect(await ask(config, 'ghcr.io')).toMatchObject({ username: 'me', password: 'for ghcr.io' });
  });

  it('fall back to auths when the store knows nothing', async () => {
    await addHelper('store', 'echo "credentials not found in native keychain"; exit 1');
    const config = { credsStore: 'store', auths: { 'ghcr.io': { auth: base64('me:own') } } };
    expect(await ask(config, 'ghcr.io')).toMatchObject({ password: 'own' });
  });

  it('fail with a sentence that holds no secret', async () => {
    await addHelper('broken', 'echo "top-secret"; exit 1');
    const failure = ask({ credsStore: 'broken' }, 'ghcr.io');
    await expect(failure).rejects.toThrow('docker-credential-broken gave no credentials for ghcr.io');
    await writeFile(file, '{"auths": top-secret');
    const unreadable: unknown = await readRegistryAuth(file, 'ghcr.io', signal).catch((error: unknown) => error);
    expect(String(unreadable)).toContain('no readable JSON file');
    expect(String(unreadable)).not.toContain('top-secret');
  });
});
