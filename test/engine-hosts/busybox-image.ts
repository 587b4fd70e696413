import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ensureBusybox } from '../../scripts/setup.mjs';
import { run } from '../../scripts/setup/run.mjs';
import { importImage } from './engine-client.ts';

/** The image tests run: busybox, made from this machine's own statically linked binary. */
export const busyboxImage = 'fairlead-test/busybox:1';

/** Brings `busyboxImage` to an engine, or the same under another name and id; 2 MB, no download. */
export async function importBusybox(endpoint: string, reference = busyboxImage): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'busybox-'));
  try {
    const bin = path.join(directory, 'bin');
    await mkdir(bin);
    await mkdir(path.join(directory, 'tmp'), { mode: 0o1777 });
    const busybox = await ensureBusybox();
    await copyFile(busybox, path.join(bin, 'busybox'));
    // Asked of the original: a program that was written just now cannot be run while a child of this process, begun
    // in between, still has it open (ETXTBSY).
    const applets = (await run(busybox, ['--list'])).trim().split('\n');
    await Promise.all(
      applets.filter((applet) => applet !== 'busybox').map((name) => symlink('busybox', path.join(bin, name))),
    );
    const [repository = '', tag = ''] = reference.split(':');
    await importImage(endpoint, { repository, tag, directory, changes: `CMD ["/bin/sh"]\nLABEL tag=${tag}` });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
