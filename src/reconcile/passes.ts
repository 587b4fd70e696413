/** One look of a host at what is and what is to be. */
export interface Pass {
  readonly host: string;
  /** `good`: planned from the sight of an engine that answers; `blind`: something of that was not there. */
  readonly outcome: 'good' | 'blind';
  /** What it took. */
  readonly ms: number;
}

export interface PassesOptions {
  /** The host's name now. */
  readonly host: () => string;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly onPass: ((pass: Pass) => void) | undefined;
  /** ms, from any start; the default is the clock of the machine. */
  readonly elapsed?: () => number;
}

export interface Passes {
  /** Runs one. `look` tells how it went. */
  run(look: () => Pass['outcome']): void;
  /** When the last good one was, ms since the epoch; 0: never. */
  lastGoodAt(): number;
}

/** Keeps the time of passes. */
export function createPasses(options: PassesOptions): Passes {
  const { host, now, onPass, elapsed = () => performance.now() } = options;
  let lastGoodAt = 0;
  return {
    run(look) {
      const began = elapsed();
      const outcome = look();
      if (outcome === 'good') lastGoodAt = now();
      onPass?.({ host: host(), outcome, ms: elapsed() - began });
    },
    lastGoodAt: () => lastGoodAt,
  };
}
