import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createVerifiedMemory, type VerifiedMemoryOptions } from '../../src/verification/verified-memory.ts';

let stateDir: string;
const problems: string[] = [];

beforeEach(async () => {
  stateDir = await mkdtemp(path.join(tmpdir(), 'fairlead-verified-'));
  problems.length = 0;
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const UNTAGGED = { revision: 'a'.repeat(40), time: 1000, signer: 'alice' };
const APPROVED = { ...UNTAGGED, tag: 'v1' };

function open(options: Partial<VerifiedMemoryOptions> = {}) {
  const onProblem = (problem: string) => void problems.push(problem);
  return createVerifiedMemory({ stateDir, repository: '/r', branch: 'main', mode: 'tag', onProblem, ...options });
}

describe('the verified revision in force', () => {
  it('is known to the next daemon', async () => {
    expect(await open().recall()).toBeUndefined();
    await open().keep(APPROVED);
    expect(await open().recall()).toEqual(APPROVED);
    await open().keep(UNTAGGED);
    expect(await open().recall()).toEqual(UNTAGGED);
  });

  it.each([{ repository: '/other' }, { branch: 'other' }, { mode: 'commit' as const }])(
    'is forgotten under %j: it was verified as something else',
    async (other) => {
      await open().keep(APPROVED);
      expect(await open(other).recall()).toBeUndefined();
    },
  );

  it.each(['', '{', 'null', '{"revision":"x"}', JSON.stringify({ ...APPROVED, revision: '../x' })])(
    'is unknown where the file holds %j',
    async (text) => {
      await writeFile(path.join(stateDir, 'verified.json'), text);
      expect(await open().recall()).toBeUndefined();
    },
  );

  it('is waited for where the file is there and cannot be read', async () => {
    const file = path.join(stateDir, 'verified.json');
    await mkdir(file);
    await expect(open().recall()).rejects.toMatchObject({ code: 'unreachable', message: /verified\.json \(EISDIR\)/ });
    await rm(file, { recursive: true });
    expect(await open().recall()).toBeUndefined();
  });

  it('is gone with the state folder, and what cannot be kept is told once', async () => {
    const memory = open({ stateDir: path.join(stateDir, 'gone') });
    await memory.keep(APPROVED);
    await memory.keep({ ...APPROVED, revision: 'b'.repeat(40) });
    expect(problems).toEqual(['ENOENT']);
    expect(await readdir(stateDir)).toEqual([]);
  });
});
