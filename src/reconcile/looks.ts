/** What a look at the repository found. */
export type LookOutcome =
  /** `isNew`: it was not there at the look before. */
  | { readonly kind: 'seen'; readonly revision: string; readonly isNew: boolean }
  | { readonly kind: 'failed'; readonly error: string };

/** The side of whoever wants one. */
export interface Looks {
  /**
   * Resolves when a look that begins after this call has ended; with undefined when there will be none, because the
   * daemon ends. Any number of calls before a look begins are that one look.
   */
  ask(): Promise<LookOutcome | undefined>;
}

/** The side of whoever looks. */
export interface LookDesk extends Looks {
  /** `ring` is called when somebody waits, and a look may begin. */
  attach(ring: () => void): void;
  /** A look begins. The function tells what it found. */
  begin(): (outcome: LookOutcome) => void;
  /** There will be none any more. */
  close(): void;
}

/** Between the beginnings of two looks that are asked for: however many ask, the server of the repository is spared. */
const PACE_MS = 1_000;

export interface LooksOptions {
  readonly paceMs?: number;
  /** ms, from any start; the default is the clock of the machine. */
  readonly elapsed?: () => number;
}

export function createLooks({ paceMs = PACE_MS, elapsed = () => performance.now() }: LooksOptions = {}): LookDesk {
  type Tell = (outcome: LookOutcome | undefined) => void;
  let waiting: Tell[] = [];
  const underWay = new Set<Tell>();
  let ring = () => {};
  let lastBegan = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  /** At once, or when the pace allows it. */
  function ringInTime(): void {
    const restMs = lastBegan + paceMs - elapsed();
    if (restMs <= 0) ring();
    else timer ??= setTimeout(onTimer, restMs).unref();
  }

  function onTimer(): void {
    timer = undefined;
    if (waiting.length > 0) ringInTime();
  }

  return {
    ask: () =>
      new Promise((resolve) => {
        if (isClosed) {
          resolve(undefined);
          return;
        }
        waiting.push(resolve);
        if (waiting.length === 1) ringInTime();
      }),
    attach(next) {
      ring = next;
    },
    begin() {
      lastBegan = elapsed();
      const asked = waiting;
      waiting = [];
      for (const tell of asked) underWay.add(tell);
      return (outcome) => {
        for (const tell of asked) {
          underWay.delete(tell);
          tell(outcome);
        }
      };
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const tell of [...underWay, ...waiting.splice(0)]) tell(undefined);
      underWay.clear();
    },
  };
}
