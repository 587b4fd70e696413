/** @typedef {import('./random.mjs').Random} Random */

/**
 * When a daemon is killed after its start: after a while, or a moment after so many things have happened on the engine,
 * which is in the middle of something; in any case after `ms`.
 *
 * @typedef {{ readonly events: number, readonly thenMs: number, readonly ms: number }} Moment
 */

/** @param {Random} random @returns {Moment} */
export function chooseMoment(random) {
  if (random.chance(0.15)) return { events: Infinity, thenMs: 0, ms: random.between(0, 2_500) };
  return { events: random.between(1, 24), thenMs: random.between(0, 40), ms: 8_000 };
}

/**
 * What one upgrade goes through.
 *
 * @typedef {object} Ordeal
 * @property {number} kills
 * @property {number | undefined} commitBefore a further commit comes in the life that this kill ends; undefined: none
 */

/** The fewest kills an upgrade gets, and the most. */
const kills = { least: 8, most: 20 };

/** @param {Random} random @param {number} left kills that are still to be done @returns {Ordeal} */
export function chooseOrdeal(random, left) {
  const wanted = random.between(kills.least, kills.most);
  const count = left - wanted < kills.least ? left : wanted;
  return { kills: count, commitBefore: random.chance(0.4) ? random.between(1, count) : undefined };
}
