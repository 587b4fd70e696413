import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePrograms } from '../../scripts/setup.mjs';
import { run } from '../../scripts/setup/run.mjs';

/** A file system of its own in a file, for the store of an engine: `--data-root`. */
export interface LoopStore {
  readonly directory: string;
  /** After the engine has ended. */
  remove(): Promise<void>;
}

/** `bytes` are what it may come to; they are taken as they are written. Needs root, and a kernel that knows the type; installs what makes it. */
export async function makeLoopStore(type: 'btrfs' | 'ext4', bytes = 2 ** 30): Promise<LoopStore> {
  await ensurePrograms([`mkfs.${type}`]);
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-store-'));
  const image = join(folder, 'image');
  const directory = join(folder, 'data');
  await writeFile(image, '');
  await truncate(image, bytes);
  await mkdir(directory);
  await run(`mkfs.${type}`, ['-q', image]);
  await run('mount', ['-o', 'loop', image, directory]);
  const remove = async () => {
    await run('umount', ['--lazy', directory]);
    await rm(folder, { recursive: true });
  };
  return { directory, remove };
}
