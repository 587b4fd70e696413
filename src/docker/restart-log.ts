import { toStartedAt } from './from-docker.ts';
import type { WireContainer } from './wire.ts';

/** As many as a crash loop needs (contract 8.6). */
const KEPT = 5;

/**
 * When the engine restarted containers, as seen from one inspect to the next: the engine itself only counts, over months.
 * Lost with the process (contract 3: restart counters are best effort).
 */
export interface RestartLog {
  /** Takes note of what an inspect shows; returns the times of the latest restarts, oldest first. */
  note(container: WireContainer): readonly number[];
  /** Forgets every container but these. */
  keepOnly(ids: ReadonlySet<string>): void;
}

export function createRestartLog(): RestartLog {
  const seen = new Map<string, readonly number[]>();
  return {
    note(container) {
      const { Id, RestartCount, State } = container;
      const before = RestartCount === 0 ? [] : (seen.get(Id) ?? []);
      const startedAt = toStartedAt(container);
      // Between an end and its restart the count has risen already, and the start is still the one before.
      const isNew = RestartCount > 0 && State.Status !== 'restarting' && before.at(-1) !== startedAt;
      const restarts = isNew ? [...before, startedAt].slice(-KEPT) : before;
      if (restarts.length === 0) seen.delete(Id);
      else seen.set(Id, restarts);
      return restarts;
    },
    keepOnly(ids) {
      for (const id of seen.keys()) if (!ids.has(id)) seen.delete(id);
    },
  };
}
