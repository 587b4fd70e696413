import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../../scripts/setup.mjs';
import { run } from '../../scripts/setup/run.mjs';
import { askEngine, buildImage, runContainer, tarOf } from '../engine-hosts/engine-client.ts';
import { importNode, nodeImage } from '../engine-hosts/node-image.ts';

const image = 'fairlead-test/fairlead:1';
const application = (replicas: string) => `name: shop
services:
  - name: web
    mode: replicated
    replicas: ${replicas}
    containers:
      - name: web
        image: registry.example.com/web:1
`;

interface Compose {
  readonly services: {
    readonly fairlead: {
      readonly read_only: boolean;
      readonly cap_drop: readonly string[];
      readonly security_opt: readonly string[];
      readonly network_mode: string;
      readonly tmpfs: readonly string[];
      readonly init: boolean;
    };
  };
}

describe('the Dockerfile', () => {
  const endpoint = process.env['FAIRLEAD_TEST_DOCKER']!;
  let trees: string;

  async function validate(document: string) {
    const folder = path.join(trees, 'tenants/acme/applications');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'shop.yaml'), document);
    return runContainer(endpoint, { image, cmd: ['validate', '/repo'], files: { directory: trees, at: '/repo' } });
  }

  beforeAll(async () => {
    trees = await mkdtemp(path.join(os.tmpdir(), 'trees-'));
    await importNode(endpoint);
    await run(process.execPath, [path.join(root, 'scripts/prepare-image.mjs')], { timeoutMs: 300_000 });
    const context = tarOf(root, ['Dockerfile', '.dockerignore', '.work/image']);
    await buildImage(endpoint, { tag: image, context, buildArgs: { BASE: nodeImage } });
  }, 400_000);

  afterAll(async () => {
    await rm(trees, { recursive: true, force: true });
    for (const name of [image, nodeImage]) {
      const removal = askEngine(endpoint, `/images/${name}`, { method: 'DELETE', query: { force: '1' } });
      await removal.catch(() => undefined); // never made, when the set-up failed
    }
  });

  it('makes an image that says nothing against a good repository', async () => {
    const { exitCode, output } = await validate(application('2'));
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).not.toContain('shop.yaml:');
  });

  it('makes an image that names file, line and column of what is wrong in a bad one', async () => {
    const { exitCode, output } = await validate(application('many'));
    // It runs on a terminal, so the place is printed bold.
    expect(stripVTControlCharacters(output)).toMatch(/tenants\/acme\/applications\/shop\.yaml:5:\d+: \S/);
    expect(exitCode).toBe(1);
  });

  it('makes an image that acts on the engine with as few rights as the compose file leaves it', async () => {
    const compose = parse(await readFile(path.join(root, 'examples/container/compose.yaml'), 'utf8')) as Compose;
    const { read_only, cap_drop, security_opt, network_mode, tmpfs, init } = compose.services.fairlead;
    expect([read_only, cap_drop]).toEqual([true, ['ALL']]);
    const socket = '/var/run/docker.sock';
    const host = {
      Binds: [`${endpoint.replace('unix://', '')}:${socket}`],
      Init: init,
      ReadonlyRootfs: read_only,
      CapDrop: cap_drop,
      SecurityOpt: security_opt,
      NetworkMode: network_mode,
      Tmpfs: Object.fromEntries(tmpfs.map((folder) => [folder, ''])),
    };
    // It takes the lease for that, in a helper container whose streams it holds, and may take its image away again.
    const cmd = ['uninstall', '--yes', '--owner', 'image-test', '--docker', `unix://${socket}`];
    const { exitCode, output } = await runContainer(endpoint, { image, cmd, host });
    expect({ exitCode, output }).toEqual({
      exitCode: 0,
      output: expect.stringMatching(/^Nothing to remove of owner "image-test"/m) as string,
    });
  });

  it('carries what runs and no tool of development', async () => {
    const list = `console.log(JSON.stringify(require('fs').readdirSync('/app/node_modules')))`;
    const { output } = await runContainer(endpoint, {
      image,
      cmd: ['-e', list],
      entrypoint: ['node'],
    });
    const packages = JSON.parse(output) as string[];
    expect(packages).toContain('dockerode');
    expect(packages).not.toContain('typescript');
  });
});
