import { createStore, type StoreReader } from '../store/store.ts';
import { createBell } from './bell.ts';
import { UNTRIED, type HostView } from './host-loop.ts';
import { UNREAD, type RepositoryView } from './repository-loop.ts';
import { createSummarizer } from './summarize.ts';

/** What the loops saw last, and the store that is made from it: a new snapshot with each view. */
export interface LatestViews {
  readonly store: StoreReader;
  repository(): RepositoryView;
  host(): HostView;
  showRepository(view: RepositoryView): void;
  showHost(view: HostView): void;
  /** Resolves when everything on the host has been seen once. */
  readonly hostObserved: Promise<void>;
  /** Resolves when a view was shown, or after `ms`; false when `signal` aborted. */
  change(ms: number, signal: AbortSignal): Promise<boolean>;
}

export interface LatestViewsOptions {
  readonly site: string;
  readonly siteLabels: Readonly<Record<string, string>>;
  readonly host: string;
  readonly now: () => number;
}

export function createLatestViews({ site, siteLabels, host: hostName, now }: LatestViewsOptions): LatestViews {
  const summarize = createSummarizer();
  const bell = createBell();
  let repository: RepositoryView = UNREAD;
  let host: HostView = { ...UNTRIED, host: hostName };
  const summary = () => summarize({ repository, host, site, siteLabels, now: now() });
  const store = createStore(summary());
  let tellObserved = () => {};
  const hostObserved = new Promise<void>((resolve) => (tellObserved = resolve));

  function publish(): void {
    store.swap(summary());
    bell.ring();
  }

  return {
    store,
    hostObserved,
    repository: () => repository,
    host: () => host,
    showRepository(view) {
      repository = view;
      publish();
    },
    showHost(view) {
      host = view;
      if (view.observed !== undefined) tellObserved();
      publish();
    },
    change: (ms, signal) => bell.wait(ms, signal),
  };
}
