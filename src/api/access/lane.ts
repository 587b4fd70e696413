/** Lets a few things run at once and a few more wait. undefined: no room, nothing was begun. */
export type Lane = <T>(work: () => Promise<T>) => Promise<T> | undefined;

export interface LaneOptions {
  readonly atOnce: number;
  readonly waiting: number;
}

export function createLane({ atOnce, waiting }: LaneOptions): Lane {
  let running = 0;
  const queue: (() => void)[] = [];

  const enter = async (): Promise<void> => {
    if (running >= atOnce) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
  };
  // Whoever waits takes the place over, so that nobody comes in between.
  const leave = (): void => {
    const next = queue.shift();
    if (next === undefined) running -= 1;
    else next();
  };

  return (work) => {
    if (running >= atOnce && queue.length >= waiting) return undefined;
    return enter().then(work).finally(leave);
  };
}
