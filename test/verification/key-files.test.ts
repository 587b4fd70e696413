import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeyFiles } from '../../src/verification/key-files.ts';
import { createSshSigner } from '../signatures/signers.ts';

let folder: string;
let line: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fairlead-keys-'));
  line = (await createSshSigner(path.join(folder, 'ssh'), 'alice')).publicKey.split(' ').slice(0, 2).join(' ');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (...names: readonly string[]) => path.join(folder, ...names);
const open = (...paths: readonly string[]) => openKeyFiles({ paths, onProblem: () => undefined });
const namesOf = async (source: Awaited<ReturnType<typeof open>>) =>
  (await source.current()).ssh.map(({ name }) => name);

describe('files of trusted keys', () => {
  it('are all that are named, and all of a folder but those that begin with a dot', async () => {
    await mkdir(at('keys', '..data'), { recursive: true });
    await writeFile(at('keys', '..data', 'carol'), `carol ${line}`);
    await symlink('..data/carol', at('keys', 'carol'));
    await writeFile(at('keys', 'bob'), `bob ${line}`);
    await writeFile(at('keys', '.hidden'), 'nothing');
    await writeFile(at('alice'), `alice ${line}`);
    const source = await open(at('keys'), at('alice'));
    expect(await namesOf(source)).toEqual(['bob', 'carol', 'alice']);
    await writeFile(at('keys', 'dave'), `dave ${line}`);
    expect(await namesOf(source)).toEqual(['bob', 'carol', 'dave', 'alice']);
    await rm(at('keys', 'bob'));
    expect(await namesOf(source)).toEqual(['carol', 'dave', 'alice']);
  });

  it('that cannot be used are named at once', async () => {
    await mkdir(at('empty'));
    await mkdir(at('nested', 'deeper'), { recursive: true });
    await writeFile(at('blank'), '\n');
    const failures = await Promise.all(
      [at('none'), at('empty'), at('nested'), at('blank')].map((one) => open(one).catch(String)),
    );
    expect(failures).toEqual([
      `KeyFileError: cannot read the trusted keys in ${at('none')}: no such file`,
      `KeyFileError: the folder ${at('empty')} holds no file with trusted keys`,
      `KeyFileError: ${at('nested', 'deeper')} is no file; only files with public keys belong there`,
      `KeyFileError: ${at('blank')} holds no key that may sign commits; put public keys into it, or leave it out`,
    ]);
  });

  it('that vanish later leave the former keys in force, which is told once for each thing that is wrong', async () => {
    await writeFile(at('alice'), `alice ${line}`);
    const problems: string[] = [];
    const source = await openKeyFiles({ paths: [at('alice')], onProblem: (problem) => void problems.push(problem) });
    await rm(at('alice'));
    expect([await namesOf(source), await namesOf(source)]).toEqual([['alice'], ['alice']]);
    await writeFile(at('alice'), '');
    expect(await namesOf(source)).toEqual(['alice']);
    await writeFile(at('alice'), `bob ${line}`);
    expect(await namesOf(source)).toEqual(['bob']);
    expect(problems.map((problem) => problem.replace(folder, ''))).toEqual([
      'cannot read the trusted keys in /alice: no such file; the former keys stay in force',
      '/alice holds no key that may sign commits; put public keys into it, or leave it out; the former keys stay in force',
    ]);
  });
});
