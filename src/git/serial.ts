/** Runs tasks one after the other, in the order they came; a failed one holds up nobody. */
export type SerialQueue = <T>(task: () => Promise<T>) => Promise<T>;

export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task, task);
    last = result.catch(() => undefined);
    return result;
  };
}

/** Whether it comes to an end, good or bad, within `ms`. */
export async function settles(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const end = () => true;
  const settled = await Promise.race([work.then(end, end), tooLate]);
  clearTimeout(timer);
  return settled;
}
