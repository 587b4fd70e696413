import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRepository, type FileChange, type TestRepository } from '../../git/git-repo.ts';
import { startDaemon, type DaemonProcess } from '../daemon/daemon-process.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { inspect, runningOf, sweep } from '../daemon/engine-view.ts';

// Whatever a commit holds, the daemon stays up, answers, and carries out the rest of it (contract 2).

const OWNER = 'hostile';
const MIB = 1024 * 1024;
let folder: string;
let repository: TestRepository;
let daemon: DaemonProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-scenario-'));
  repository = await createRepository(join(folder, 'repo'));
});

afterEach(async () => {
  await daemon.stop();
  await sweep(OWNER);
  await rm(folder, { recursive: true });
});

const bomb = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`),
  'name: bomb',
  'services: *a9',
].join('\n');

/** By file: what it holds, and what is said about it. */
const HOSTILE: Readonly<Record<string, readonly [FileChange, string]>> = {
  'huge.yaml': ['name: huge\n'.repeat(5 * MIB), 'the file is larger than 1 MiB and is not read'],
  'bomb.yaml': [bomb, 'the document holds more than 50000 values once its aliases are followed'],
  'deep.yaml': [`name: deep\nservices: ${'['.repeat(10_000)}`, 'the file is nested deeper than 64 levels'],
  'link.yaml': [{ symlink: '/etc/passwd' }, 'which is not followed; commit the file itself'],
  'nul.yaml': ['name: nul\nversion: "\0"\n', 'the file holds a NUL byte, so it is no text'],
  'latin.yaml': [Buffer.from('name: latin\nlabels: {owner: Bj\xf6rn}\n', 'latin1'), 'the file is not UTF-8'],
  'twice.yaml': ['name: twice\nversion: 1\nversion: 2\nservices: []\n', 'the key "version" stands here twice'],
};

/** Asks for `/healthz` again and again until the work is done; gives the longest time an answer took, in ms. */
async function slowestAnswer(work: Promise<unknown>): Promise<number> {
  const { address } = await daemon.said('api listening');
  const asking = new AbortController();
  const done = work.finally(() => asking.abort());
  let slowest = 0;
  while (!asking.signal.aborted) {
    const asked = performance.now();
    const { status } = await fetch(`http://${String(address)}/healthz`, { signal: AbortSignal.timeout(30_000) });
    expect(status).toBe(200);
    slowest = Math.max(slowest, performance.now() - asked);
  }
  await done;
  return slowest;
}

/** The most memory the daemon ever had, in bytes. */
async function peakMemory(): Promise<number> {
  const status = await readFile(`/proc/${daemon.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

it('a commit of hostile files is told file by file, and the good one beside them is carried out', async () => {
  const first = await repository.commit(applicationFiles('acme', 'shop'));
  daemon = await startDaemon({ repository: repository.path, owner: OWNER });
  await daemon.said('converged', { revision: first });

  const files = Object.entries(HOSTILE).map(([name, [content]]) => [`tenants/acme/applications/${name}`, content]);
  const second = await repository.commit({
    ...(Object.fromEntries(files) as Record<string, FileChange>),
    ...applicationFiles('acme', 'shop', { version: '2.0' }),
  });
  expect(await slowestAnswer(daemon.said('converged', { revision: second }))).toBeLessThan(2000);
  expect(await peakMemory()).toBeLessThan(1024 * MIB);

  expect(Object.keys(await runningOf(OWNER))).toEqual(['acme.shop.web-1', 'acme.shop.web-1.main']);
  const { Config } = await inspect<{ Config: { Labels: Record<string, string> } }>('acme.shop.web-1.main');
  expect(Config.Labels).toMatchObject({
    'io.fairlead.application-version': '2.0',
    'io.fairlead.revision': second,
  });
  const { problems } = await daemon.get<{ problems: { file: string; message: string }[] }>('/v1/state/repository');
  const told = problems.map(({ file, message }) => `${file}: ${message}`);
  for (const [name, [, message]] of Object.entries(HOSTILE)) {
    expect(told.filter((line) => line.startsWith(`tenants/acme/applications/${name}: `)).join('\n')).toContain(message);
  }
  expect(told.join('\n')).not.toContain('root:');
});
