import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureEngine, ensurePrograms, enginePrograms, root, startPrivateEngine } from '../../scripts/setup.mjs';
import { run } from '../../scripts/setup/run.mjs';
import { importBusybox } from './busybox-image.ts';
import { engineCount, type SharedEngine } from './lanes.ts';

/**
 * Provides the engines that tests share, each with `busyboxImage` on it: choose-engine.ts gives each file one, as
 * `FAIRLEAD_TEST_DOCKER` (an endpoint) and `FAIRLEAD_TEST_NETWORK_POOL` (a range for application networks). They are
 * private ones wherever that can be; an engine named by `FAIRLEAD_TEST_DOCKER` from outside is used as it is. Daemons of
 * these tests are the program that users get, built anew: it starts in half the time of the sources.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await build();
  const engines = await startEngines();
  const stop = async () => {
    await Promise.all(engines.map((engine) => engine.stop()));
  };
  try {
    await Promise.all(engines.map(({ endpoint }) => importBusybox(endpoint)));
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide(
    'engines',
    engines.map(({ endpoint, networkPool }) => ({ endpoint, networkPool })),
  );
  return stop;
}

type StartedEngine = SharedEngine & { readonly stop: () => Promise<void> };

async function startEngines(): Promise<readonly StartedEngine[]> {
  const given = process.env['FAIRLEAD_TEST_DOCKER'];
  if (given) {
    const networkPool = process.env['FAIRLEAD_TEST_NETWORK_POOL'];
    return [{ endpoint: given, networkPool, stop: () => Promise.resolve() }];
  }
  if (process.getuid?.() !== 0) return [await ensureEngine()];
  await ensurePrograms(enginePrograms);
  const started = await Promise.allSettled(Array.from({ length: engineCount() }, startPrivateEngine));
  const engines = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failure = started.find((one) => one.status === 'rejected');
  if (failure === undefined) return engines;
  await Promise.all(engines.map((engine) => engine.stop()));
  throw failure.reason;
}

/** Types are checked elsewhere. */
async function build(): Promise<void> {
  const [tsc, project] = ['node_modules/typescript/bin/tsc', 'tsconfig.build.json'].map((file) =>
    path.join(root, file),
  );
  await run(process.execPath, [tsc!, '-p', project!, '--noCheck'], { timeoutMs: BUILD_MS });
}

const BUILD_MS = 180_000;
