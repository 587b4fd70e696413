import type { RepositoryView } from './repository-loop.ts';
import type { RunningVersions } from './running-versions.ts';
import { createVersionIndex, type VersionIndexOptions } from './version-index.ts';

export interface VersionedRepositoryOptions extends Omit<VersionIndexOptions, 'onNews'> {
  /** As far as an engine has told. */
  readonly running: () => RunningVersions;
  /** Shows a view with what is known of versions, at once and again whenever more is. */
  readonly show: (view: RepositoryView) => void;
}

/** What is seen of the repository, with the versions that its history has. */
export interface VersionedRepository {
  publish(view: RepositoryView): void;
  /** Other versions may run now. */
  lookAgain(): void;
  /** Walks through history until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export function createVersionedRepository(options: VersionedRepositoryOptions): VersionedRepository {
  const { running, show } = options;
  const index = createVersionIndex({ ...options, onNews: reveal });
  let latest: RepositoryView | undefined;

  function reveal(): void {
    if (latest !== undefined) show(latest.catalog === undefined ? latest : { ...latest, catalog: index.known() });
  }

  function lookAgain(): void {
    if (latest?.catalog !== undefined) index.look(latest.catalog, running());
    reveal();
  }

  return {
    publish(view) {
      latest = view;
      lookAgain();
    },
    lookAgain,
    run: (signal) => index.run(signal),
  };
}
