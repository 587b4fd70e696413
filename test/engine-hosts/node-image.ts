import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { run } from '../../scripts/setup/run.mjs';
import { importImage } from './engine-client.ts';

/** A base image with this machine's Node and nothing else: stands for `node:20-bookworm-slim` without a download. */
export const nodeImage = 'fairlead-test/node:20';

/** Brings `nodeImage` to an engine: the binary, the libraries it is linked with, and a user list. */
export async function importNode(endpoint: string): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'node-image-'));
  try {
    const libraries = (await run('ldd', [process.execPath])).matchAll(/(\/\S+) \(0x/g);
    for (const [, library = ''] of libraries) await copyInto(directory, library, library);
    await copyInto(directory, process.execPath, '/usr/local/bin/node');
    await mkdir(path.join(directory, 'etc'));
    await mkdir(path.join(directory, 'tmp'), { mode: 0o1777 });
    await writeFile(path.join(directory, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
    await writeFile(path.join(directory, 'etc/group'), 'root:x:0:\n');
    const [repository = '', tag = ''] = nodeImage.split(':');
    await importImage(endpoint, { repository, tag, directory, changes: 'ENV PATH=/usr/local/bin' });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function copyInto(directory: string, source: string, target: string): Promise<void> {
  const file = path.join(directory, target);
  await mkdir(path.dirname(file), { recursive: true });
  await copyFile(source, file);
}
