// npm run demo: from a commit to running containers, an upgrade, a broken commit and a repair, in under a minute.
import { parseArgs } from 'node:util';
import { ensureDependencies, SetupError } from './setup.mjs';

const usage = `usage: npm run demo [-- --keep | --stop DIRECTORY]

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

/** @returns {{ keep: boolean, stop: string | undefined } | undefined} none: wrong usage */
function readOrder() {
  try {
    const { values } = parseArgs({ options: { keep: { type: 'boolean' }, stop: { type: 'string' } } });
    return { keep: values.keep ?? false, stop: values.stop };
  } catch {
    return undefined;
  }
}
