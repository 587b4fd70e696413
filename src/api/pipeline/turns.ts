/** So long a large answer may be worked on before others have a turn, ms. */
const LONGEST_TURN_MS = 20;

/**
 * Does something with one after another, giving others a turn in between: an answer of thousands of items must hold up
 * neither other requests nor the loops of the daemon.
 */
export async function mapInTurns<T, R>(items: readonly T[], map: (item: T) => R): Promise<readonly R[]> {
  const results: R[] = [];
  let began = performance.now();
  for (const item of items) {
    if (performance.now() - began >= LONGEST_TURN_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    }
    results.push(map(item));
  }
  return results;
}
