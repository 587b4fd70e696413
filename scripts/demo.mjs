// npm run demo: an example, played in under a minute on an engine of its own.
import { parseArgs } from 'node:util';
import { ensureDependencies, SetupError } from './setup.mjs';

const usage = `usage: npm run demo [-- STORY] [-- --keep | --stop DIRECTORY]

  STORY              hello (default): a commit, an upgrade, a broken commit and a repair
                     rolling-upgrade: an upgrade instance by instance, and one that fails and is rolled back
  --keep             leave everything running at the end, and say how to look around
  --stop DIRECTORY   end a demo that was kept, and remove all it made
`;

try {
  const order = readOrder();
  if (order === undefined) {
    process.stderr.write(usage);
    process.exitCode = 2;
  } else {
    await ensureDependencies();
    const { playDemo, stopDemo } = await import('./demo/stage.mjs'); // needs the packages just installed
    process.exitCode = order.stop === undefined ? await playDemo(order) : await stopDemo(order.stop);
  }
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}

/** @returns {{ story: 'hello' | 'rolling-upgrade', keep: boolean, stop: string | undefined } | undefined} none: wrong usage */
function readOrder() {
  try {
    const options = /** @type {const} */ ({ keep: { type: 'boolean' }, stop: { type: 'string' } });
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [story = 'hello', ...more] = positionals;
    if ((story !== 'hello' && story !== 'rolling-upgrade') || more.length > 0) return undefined;
    return { story, keep: values.keep ?? false, stop: values.stop };
  } catch {
    return undefined;
  }
}
