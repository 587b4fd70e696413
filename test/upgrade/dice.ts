/** Choices that look random and are the same for the same seed, so that a history can be played again. */
export interface Dice {
  /** A whole number from 0 up to, and without, `sides`. */
  roll(sides: number): number;
}

/** Mulberry32. */
export function createDice(seed: number): Dice {
  let state = seed | 0;
  return {
    roll(sides) {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
    },
  };
}
