import type { EngineEvent } from '../../src/docker/port.ts';

interface Subscriber {
  readonly queue: EngineEvent[];
  failure: Error | undefined;
  wake: () => void;
}

/** The event stream of a fake engine: whoever listens sees what happens from then on. */
export class FakeEvents {
  /** Told of every event as it happens, for tests that leave no time between the two. */
  onEvent: (event: EngineEvent) => void = () => undefined;
  readonly #subscribers = new Set<Subscriber>();

  emit(event: EngineEvent): void {
    this.onEvent(event);
    for (const subscriber of this.#subscribers) {
      subscriber.queue.push(event);
      subscriber.wake();
    }
  }

  /** Ends every stream with an error, after what it had still to say. */
  breakAll(failure: Error): void {
    for (const subscriber of this.#subscribers) {
      subscriber.failure = failure;
      subscriber.wake();
    }
  }

  async *subscribe(signal: AbortSignal): AsyncIterable<EngineEvent> {
    const subscriber: Subscriber = { queue: [{ kind: 'connected' }], failure: undefined, wake: () => undefined };
    const onAbort = () => {
      subscriber.wake();
    };
    this.#subscribers.add(subscriber);
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        const event = subscriber.queue.shift();
        if (event !== undefined) yield event;
        else if (subscriber.failure !== undefined) throw subscriber.failure;
        else await new Promise<void>((resolve) => (subscriber.wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#subscribers.delete(subscriber);
    }
  }
}
