import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../scripts/setup.mjs';
import { compileClient, documentedProgram } from '../api/generated-client.ts';
import { askEngine } from '../engine-hosts/engine-client.ts';

describe('the demo', () => {
  const endpoint = process.env['FAIRLEAD_TEST_DOCKER']!;
  let temporary: string;

  beforeEach(async () => {
    temporary = await mkdtemp(path.join(os.tmpdir(), 'demo-test-'));
  });
  afterEach(() => rm(temporary, { recursive: true, force: true }));

  function startDemo(...args: string[]) {
    return spawn(process.execPath, [path.join(root, 'scripts/demo.mjs'), ...args], {
      env: { ...process.env, DOCKER_HOST: endpoint, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  async function demo(...args: string[]) {
    const child = startDemo(...args);
    const closed = once(child, 'close') as Promise<[number]>;
    const [output, [code]] = await Promise.all([text(child.stdout), closed]);
    return { output, code };
  }

  /** What the program of the documentation prints. */
  async function readByClient(env: Readonly<Record<'FAIRLEAD_SERVER' | 'FAIRLEAD_TOKEN_FILE', string>>) {
    const description = await fetch(`${env.FAIRLEAD_SERVER}/openapi.json`);
    const client = await compileClient(await description.text(), documentedProgram());
    return client.run(env).finally(() => client.remove());
  }

  /** Names of everything on the engine that is the demo's. */
  async function traces(): Promise<string[]> {
    const query = { all: '1', filters: JSON.stringify({ label: ['io.fairlead.owner=demo'] }) };
    const containers = JSON.parse(await askEngine(endpoint, '/containers/json', { query })) as { Names: string[] }[];
    const networks = JSON.parse(await askEngine(endpoint, '/networks', { query })) as { Name: string }[];
    const { Volumes } = JSON.parse(await askEngine(endpoint, '/volumes', { query })) as {
      Volumes: { Name: string }[] | null;
    };
    const images = JSON.parse(await askEngine(endpoint, '/images/json')) as { RepoTags: string[] | null }[];
    const tags = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.startsWith('fairlead-demo/'));
    return [
      ...containers.flatMap(({ Names }) => Names),
      ...[...networks, ...(Volumes ?? [])].map(({ Name }) => Name),
      ...tags,
    ];
  }

  it('shows a commit, an upgrade, a broken commit and a repair; it can be kept, read by a client made of the description of its API, and ended by the command it names', async () => {
    const { output, code } = await demo('--keep');
    expect({ output, code }).toMatchObject({ code: 0 });
    expect(output).toMatch(/create sandbox acme\.shop\.web-1 +create: it is not there/);
    expect(output).toMatch(/acme +shop +1\.0 +running +3\/3/);
    expect(output).toContain('application-version: "1.0"');
    expect(output).toMatch(/acme\.shop\.web-1\.page +1\.0 → 2\.0 {2}[0-9a-f]{8} → [0-9a-f]{8}/);
    expect(output).toMatch(/acme\.catalog\.items-1\.items +1\.0 {2}[0-9a-f]{8} untouched/);
    expect(output).toContain('No changes.');
    expect(output).toMatch(/shop\.yaml:7:5: .*replica: this key is unknown/);
    expect(output).toMatch(/catalog\.yaml:\d+:\d+: this is not valid YAML/);
    expect(output).toContain('all 7 containers are the ones that ran before');
    expect(output).toMatch(/back after \d+\.\d\d s/);
    expect(await traces()).toContain('/acme.shop.web-1.page');
    const [, server = '', tokenFile = ''] = /FAIRLEAD_SERVER=(\S+) FAIRLEAD_TOKEN_FILE=(\S+)/.exec(output) ?? [];
    const state = await readByClient({ FAIRLEAD_SERVER: server, FAIRLEAD_TOKEN_FILE: tokenFile });
    expect(state).toContain('acme.shop 2.0 is running\n  web-1 on local is running\n');
    const directory = /npm run demo -- --stop (\S+)/.exec(output)?.[1] ?? '';
    expect(await demo('--stop', directory)).toMatchObject({ code: 0 });
    expect(await traces()).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('shows an upgrade instance by instance, one that fails and is rolled back, and a repair, and leaves nothing behind', async () => {
    const { output, code } = await demo('rolling-upgrade');
    expect({ output, code }).toMatchObject({ code: 0 });
    for (const batch of [1, 2, 3])
      expect(output).toMatch(
        new RegExp(`stop container acme\\.shop\\.web-${batch}\\.page .*1\\.0 → 2\\.0, batch ${batch} of 3`),
      );
    expect(output).toMatch(/web-2 +2\.0 +upgrading +has to stay ready/);
    expect(output).toMatch(/web-3 +1\.0 +upgrading +waits for its turn/);
    expect(output).toMatch(/upgrade rolling back: 3\.0 → 2\.0 .*exit code 127; last it logged: ".*htpd: not found"/);
    expect(output).toMatch(/acme +shop +2\.0 +error +3\/3 .*the upgrade to 3\.0 was aborted.*; 2\.0 is back/);
    expect(output).toMatch(/acme +shop +3\.1 +running +3\/3/);
    expect(await traces()).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });

  it.each(['a git repository made from', 'create sandbox', 'git commit'])(
    'leaves nothing behind when it is interrupted after “%s”',
    async (words) => {
      const child = startDemo();
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        if (!output.includes(words) && (output + chunk).includes(words)) child.kill('SIGINT');
        output += chunk;
      });
      const [code] = (await once(child, 'close')) as [number];
      expect({ output, code }).toMatchObject({ code: 130 });
      expect(await traces()).toEqual([]);
      expect(await readdir(temporary)).toEqual([]);
    },
  );

  it('leaves alone what another daemon of its name has made', async () => {
    const labels = { 'io.fairlead.owner': 'demo' };
    const json = { Image: 'fairlead-test/busybox:1', Cmd: ['sleep', '60'], Labels: labels };
    const query = { name: 'somebodys' };
    await askEngine(endpoint, '/containers/create', { method: 'POST', query, json });
    try {
      const { output, code } = await demo();
      expect({ output, code }).toMatchObject({ code: 1 });
      expect(output).toContain('has containers of owner "demo" already (somebodys');
      expect(await traces()).toEqual(['/somebodys']);
    } finally {
      await askEngine(endpoint, '/containers/somebodys', { method: 'DELETE', query: { force: '1' } });
    }
  });
});
