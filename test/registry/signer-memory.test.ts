import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { openSignerMemory } from '../../src/registry/signer-memory.ts';

const WEB = `ghcr.io/acme/web@sha256:${'1'.repeat(64)}`;
const [KEY, OTHER] = ['a'.repeat(64), 'b'.repeat(64)];
let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'fairlead-signers-'));
});
afterEach(async () => {
  await rm(stateDir, { recursive: true, force: true });
});

const file = () => join(stateDir, 'signed-images.json');
const open = (problems: string[] = []) => openSignerMemory({ stateDir, onProblem: (one) => problems.push(one) });

describe('who has signed what', () => {
  it('is known to the next daemon, for the eyes of its owner', async () => {
    const memory = await open();
    expect(memory.known().size).toBe(0);
    await Promise.all([memory.note(WEB, [KEY]), memory.note('other', [OTHER]), memory.note(WEB, [KEY, OTHER])]);
    expect(memory.known().get(WEB)).toEqual([KEY, OTHER]);
    expect((await open()).known()).toEqual(memory.known());
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it('is the same value until something is found, so that nothing is planned anew for it', async () => {
    const memory = await open();
    await memory.note(WEB, [KEY]);
    const before = memory.known();
    expect(memory.known()).toBe(before);
    await memory.note('other', [KEY]);
    expect(before.size).toBe(1);
  });

  it('is kept for 2,000 images, the latest', async () => {
    const kept = Array.from({ length: 2_000 }, (_, index) => [`image-${index}`, [KEY]]);
    await writeFile(file(), JSON.stringify(Object.fromEntries(kept)));
    const full = await open();
    await full.note(WEB, [KEY]);
    expect(full.known().size).toBe(2_000);
    expect(full.known().has('image-0')).toBe(false);
    expect([...full.known().keys()].at(-1)).toBe(WEB);
  });

  test.each(['', '[', 'null', '[]', '{"x":1}', `{"${WEB}":["short"]}`, `{"${WEB}":"${KEY}"}`])(
    'is nothing where the file holds %s',
    async (text) => {
      await writeFile(file(), text);
      expect((await open()).known().get(WEB)).toBeUndefined();
    },
  );

  it('is known though it cannot be kept, which is told once', async () => {
    const problems: string[] = [];
    const memory = await open(problems);
    await rm(stateDir, { recursive: true });
    await memory.note(WEB, [KEY]);
    await memory.note('other', [KEY]);
    expect(memory.known().size).toBe(2);
    expect(problems).toEqual(['ENOENT']);
  });
});
