// npm run image:prepare: makes .work/image, all that the Dockerfile copies, so that the build itself needs no network.
import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ensureDependencies, root } from './setup.mjs';
import { run } from './setup/run.mjs';

const image = path.join(root, '.work', 'image');

await ensureDependencies();
await mkdir(image, { recursive: true });
for (const name of ['dist', 'schemas', 'examples']) await rm(path.join(image, name), { recursive: true, force: true });
for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
  await copyFile(path.join(root, name), path.join(image, name));
}
// `fairlead init` copies from the examples.
for (const name of ['schemas', 'examples']) {
  await cp(path.join(root, name), path.join(image, name), { recursive: true });
}
await run(
  process.execPath,
  [
    path.join(root, 'node_modules/typescript/bin/tsc'),
    ...['-p', path.join(root, 'tsconfig.build.json'), '--outDir', path.join(image, 'dist')],
  ],
  { timeoutMs: 300_000 },
);
await ensureDependencies({ directory: image, production: true });
