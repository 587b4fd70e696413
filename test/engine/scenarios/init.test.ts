import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importBusybox } from '../../engine-hosts/busybox-image.ts';
import { ENGINE, POOL } from '../daemon/daemon-process.ts';
import { containersOf, sweep } from '../daemon/engine-view.ts';

// From nothing to a container by what `fairlead init` says.

const OWNER = 'init';
const root = new URL('../../../', import.meta.url).pathname;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fairlead-init-'));
  await importBusybox(ENGINE, 'busybox:1.36');
});

afterAll(async () => {
  await sweep(OWNER);
  await rm(folder, { recursive: true });
});

/** Lines for a shell that stops at the first that fails; `fairlead` is what was built for this run. */
async function shell(lines: readonly string[]): Promise<string> {
  const bin = path.join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(path.join(bin, 'fairlead'), `#!/bin/sh\nexec node ${root}dist/main.js "$@"\n`);
  await chmod(path.join(bin, 'fairlead'), 0o755);
  const person = { NAME: 'Test', EMAIL: 'test@example.invalid' };
  const { stdout } = await promisify(execFile)('sh', ['-e', '-c', lines.join('\n')], {
    cwd: folder,
    env: {
      ...process.env,
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      ...Object.fromEntries(
        Object.entries(person).flatMap(([key, value]) => [
          [`GIT_AUTHOR_${key}`, value],
          [`GIT_COMMITTER_${key}`, value],
        ]),
      ),
      FAIRLEAD_DOCKER: ENGINE,
      FAIRLEAD_NETWORK_POOL: POOL,
      FAIRLEAD_OWNER: OWNER,
      FAIRLEAD_LISTEN: '127.0.0.1:0',
      FAIRLEAD_STATE_DIR: path.join(folder, 'state'),
    },
  });
  return stdout;
}

describe('fairlead init', () => {
  it('begins a repository, and the steps it names bring it to the engine', { timeout: 120_000 }, async () => {
    const told = await shell(["fairlead init 'new fleet' --site stockholm --ci github"]);
    const steps = told
      .slice(told.indexOf('Next:\n') + 6)
      .trim()
      .split('\n');
    // The page is published where the engine runs, which need not be here.
    expect(steps.at(-1)).toContain('curl');
    await shell(steps.slice(0, -1));
    const running = (await containersOf(OWNER)).filter(({ labels }) => labels['io.fairlead.role'] === 'container');
    expect(running.map(({ labels }) => [labels['io.fairlead.site'], labels['io.fairlead.application']])).toEqual([
      ['stockholm', 'hello'],
    ]);
  });
});
