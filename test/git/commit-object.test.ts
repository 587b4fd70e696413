import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCommit } from '../../src/git/commit-object.ts';
import { openObjectStore } from '../../src/git/object-store.ts';
import { createRepository, type TestRepository } from './git-repo.ts';

const OID = 'c'.repeat(40);
const TREE = `tree ${'1'.repeat(40)}`;
const WHO = 'a <a@b> 1700000000 +0100';
const parse = (...lines: readonly string[]) => parseCommit(OID, Buffer.from(lines.join('\n')));

describe('a commit object', () => {
  it('has the parents that git knows, its time, and its message without the lines around it', () => {
    const [first, second, third] = ['2', '3', '4'].map((digit) => `parent ${digit.repeat(40)}`);
    const commit = parse(
      ...[TREE, first!, second!, `author ${WHO}`, `committer ${WHO}`, third!, 'gpgsig x', ' y'],
      ...['', '', 'Größe\r', '', 'Key: value', '', ''],
    );
    expect(commit).toEqual({
      ...{ oid: OID, parents: ['2'.repeat(40), '3'.repeat(40)], shallow: false },
      ...{ time: 1_700_000_000_000, message: 'Größe\n\nKey: value\n' },
    });
    expect(parse(TREE, `author ${WHO}`, `committer ${WHO}`)).toMatchObject({ parents: [], message: '\n' });
  });

  it.each([
    ['nothing', []],
    ['no tree', [`committer ${WHO}`, '']],
    ['no committer', [TREE, '', `committer ${WHO}`]],
    ['no time', [TREE, 'committer a <a@b> soon +0100', '']],
  ])('is corrupt with %s', (_, lines) => {
    expect(() => parse(...lines)).toThrow(expect.objectContaining({ code: 'corrupt' }) as Error);
  });

  it('is read at once, however many empty lines and signs it has', () => {
    const began = performance.now();
    const [lines, signs] = ['\n'.repeat(1_000_000), ' <'.repeat(500_000)];
    parse(TREE, `author ${signs}`, `committer ${signs} ${WHO}`, '', `x${lines}y`);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('an object store', () => {
  let directory: string;
  let repository: TestRepository;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'fairlead-objects-'));
    repository = await createRepository(path.join(directory, 'r.git'), { bare: true });
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('gives nothing under the name of something else, whatever an index says', async () => {
    const commit = await repository.commit({ good: 'good', evil: 'evil' });
    const [good, evil] = [
      await repository.git('rev-parse', `${commit}:good`),
      await repository.git('rev-parse', `${commit}:evil`),
    ];
    await repository.git('repack', '-q', '-a', '-d');
    const folder = path.join(repository.path, 'objects', 'pack');
    const index = path.join(
      folder,
      (await readdir(folder)).find((name) => name.endsWith('.idx'))!,
    );
    expect((await openObjectStore(repository.path).readObject(good))?.type).toBe('blob');
    await chmod(index, 0o600);
    await writeFile(index, swapped(await readFile(index), good, evil));
    const reading = openObjectStore(repository.path).readObject(good);
    await expect(reading).rejects.toMatchObject({ name: 'GitError', code: 'corrupt' });
    expect(await openObjectStore(repository.path).readCommit(commit)).toMatchObject({ oid: commit });
  });
});

/** An index, gitformat-pack(5), in which two objects have changed places. */
function swapped(index: Buffer, one: string, other: string): Buffer {
  const names = 8 + 256 * 4;
  const count = index.readUInt32BE(names - 4);
  const placeOf = (oid: string) => {
    const nth = Array.from({ length: count }, (_, n) => index.toString('hex', names + n * 20, names + n * 20 + 20));
    return names + count * 24 + nth.indexOf(oid) * 4;
  };
  const [a, b] = [placeOf(one), placeOf(other)];
  const forged = Buffer.from(index);
  index.copy(forged, a, b, b + 4);
  index.copy(forged, b, a, a + 4);
  return forged;
}
