import { readFile } from 'node:fs/promises';
import { pack } from 'tar-stream';
import { ensureBusybox } from '../setup.mjs';
import { run } from '../setup/run.mjs';

/** The image of examples/hello. */
export const demoImage = 'fairlead-demo/busybox:1';

/**
 * Makes the demo's image from this machine's static busybox; nothing is pulled.
 *
 * @param {import('./engine-api.mjs').EngineApi} engine
 */
export async function importDemoImage(engine) {
  const [repo, tag] = demoImage.split(':');
  await engine.ask('POST', '/images/create', {
    query: { fromSrc: '-', repo, tag, changes: 'ENV PATH=/bin' },
    tar: await packBusybox(await ensureBusybox()),
  });
}

/** @param {string} busybox */
async function packBusybox(busybox) {
  const applets = (await run(busybox, ['--list'])).trim().split('\n');
  const tar = pack();
  tar.entry({ name: 'bin/', type: 'directory', mode: 0o755 });
  tar.entry({ name: 'bin/busybox', mode: 0o755 }, await readFile(busybox));
  for (const applet of applets) {
    if (applet !== 'busybox') tar.entry({ name: `bin/${applet}`, type: 'symlink', linkname: 'busybox' });
  }
  tar.entry({ name: 'tmp/', type: 'directory', mode: 0o1777 });
  tar.finalize();
  return tar;
}
