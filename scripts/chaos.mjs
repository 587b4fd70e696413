// npm run chaos: upgrades while the daemon is killed again and again, watched by what the engine says. No violation: 0.
import { parseArgs } from 'node:util';
import { ensureDependencies, SetupError } from './setup.mjs';

const usage = `usage: npm run chaos [-- --kills N] [-- --seed N]

  --kills N   how often the daemon is killed; default 200
  --seed N    the same random choices as an earlier run; default a new one, which is printed
`;

try {
  const order = readOrder();
  if (order === undefined) {
    process.stderr.write(usage);
    process.exitCode = 2;
  } else {
    await ensureDependencies();
    const { playChaos } = await import('./chaos/stage.mjs'); // needs the packages just installed
    process.exitCode = await playChaos(order);
  }
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}

/** @returns {{ kills: number, seed: number } | undefined} none: wrong usage */
function readOrder() {
  try {
    const { values } = parseArgs({ options: { kills: { type: 'string' }, seed: { type: 'string' } } });
    const kills = toNumber(values.kills ?? '200');
    const seed = toNumber(values.seed ?? String(Math.floor(Math.random() * 1_000_000)));
    return kills === undefined || seed === undefined || kills < 1 ? undefined : { kills, seed };
  } catch {
    return undefined;
  }
}

/** @param {string} text */
function toNumber(text) {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
