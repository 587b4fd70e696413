import { ensureEngine, startPrivateEngine } from '../../scripts/setup.mjs';
import { importBusybox } from './busybox-image.ts';

/**
 * Gives the engine tests one Docker engine to share, in `process.env.FAIRLEAD_TEST_DOCKER` (an endpoint), with
 * `busyboxImage` on it, and in `FAIRLEAD_TEST_NETWORK_POOL` a range for application networks. It is a private one
 * wherever that can be; an engine named by `FAIRLEAD_TEST_DOCKER` from outside is used as it is.
 */
export async function setup(): Promise<() => Promise<void>> {
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
