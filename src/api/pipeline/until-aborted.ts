/** The chunks as they come, ending in order, as if that were all, once the signal aborts. */
export async function* untilAborted<T>(chunks: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = chunks[Symbol.asyncIterator]();
  // Not a race with one promise for all: each would leave something behind on it, and a stream goes on for days.
  let stopWaiting = (): void => undefined;
  const abort = () => stopWaiting();
  signal.addEventListener('abort', abort, { once: true });
  const next = () =>
    new Promise<IteratorResult<T, unknown> | undefined>((resolve, reject) => {
      stopWaiting = () => resolve(undefined);
      iterator.next().then(resolve, reject);
    });
  try {
    while (!signal.aborted) {
      const result = await next();
      if (result === undefined || result.done) return;
      yield result.value;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    // Not waited for: what gives the chunks may hang in one that never comes.
    void iterator.return?.().catch(() => undefined);
  }
}
