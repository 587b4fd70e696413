import path from 'node:path';
import { ensureEngine, root, startPrivateEngine } from '../../scripts/setup.mjs';
import { run } from '../../scripts/setup/run.mjs';
import { importBusybox } from './busybox-image.ts';

/**
 * Gives the engine tests one Docker engine to share, in `process.env.FAIRLEAD_TEST_DOCKER` (an endpoint), with
 * `busyboxImage` on it, and in `FAIRLEAD_TEST_NETWORK_POOL` a range for application networks. It is a private one
 * wherever that can be; an engine named by `FAIRLEAD_TEST_DOCKER` from outside is used as it is. Daemons of these tests
 * are the program that users get, built anew: it starts in half the time of the sources.
 */
export async function setup(): Promise<() => Promise<void>> {
  await build();
  const given = process.env['FAIRLEAD_TEST_DOCKER'];
  if (given) {
    await importBusybox(given);
    return () => Promise.resolve();
  }
  const engine = await (process.getuid?.() === 0 ? startPrivateEngine() : ensureEngine());
  try {
    await importBusybox(engine.endpoint);
  } catch (error) {
    await engine.stop();
    throw error;
  }
  process.env['FAIRLEAD_TEST_DOCKER'] = engine.endpoint;
  if (engine.networkPool) process.env['FAIRLEAD_TEST_NETWORK_POOL'] = engine.networkPool;
  return async () => {
    await engine.stop();
    delete process.env['FAIRLEAD_TEST_DOCKER'];
    delete process.env['FAIRLEAD_TEST_NETWORK_POOL'];
  };
}

/** Types are checked elsewhere. */
async function build(): Promise<void> {
  const [tsc, project] = ['node_modules/typescript/bin/tsc', 'tsconfig.build.json'].map((file) =>
    path.join(root, file),
  );
  await run(process.execPath, [tsc!, '-p', project!, '--noCheck'], { timeoutMs: BUILD_MS });
}

const BUILD_MS = 180_000;
