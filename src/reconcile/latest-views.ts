import { createStore, type Snapshot, type StoreReader } from '../store/store.ts';
import { createBell } from './bell.ts';
import { UNTRIED, type HostView } from './host-loop.ts';
import { UNREAD, type RepositoryView } from './repository-loop.ts';
import { createRevisionAges } from './revision-ages.ts';
import { createSummarizer } from './summarize.ts';

/** What the loops saw last, and the store that is made from it: a new snapshot with each view. */
export interface LatestViews {
  readonly store: StoreReader;
  repository(): RepositoryView;
  host(): HostView;
  showRepository(view: RepositoryView): void;
  showHost(view: HostView): void;
  /** Which site the repository makes this; seen with the next view. */
  nameSite(site: SiteName): void;
  /** Resolves when everything on the host has been seen once. */
  readonly hostObserved: Promise<void>;
  /** Resolves when a view was shown, or after `ms`; false when `signal` aborted. */
  change(ms: number, signal: AbortSignal): Promise<boolean>;
}

/** The name of a site, and its labels with the built-in ones. */
export interface SiteName {
  readonly site: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface LatestViewsOptions {
  /** As long as no repository was read. */
  readonly site: SiteName;
  readonly host: string;
  readonly now: () => number;
  /** Told of each snapshot in which everything has been seen; `before` undefined: there was none such before. */
  readonly onSnapshot?: (before: Snapshot | undefined, after: Snapshot) => void;
}

export function createLatestViews({ host: hostName, now, ...options }: LatestViewsOptions): LatestViews {
  const summarize = createSummarizer();
  const agesOf = createRevisionAges();
  const bell = createBell();
  let repository: RepositoryView = UNREAD;
  let host: HostView = { ...UNTRIED, host: hostName };
  let { site } = options;
  const summary = () => {
    const ages = agesOf(repository.wantedRevision, host.appliedRevision, now());
    return summarize({ repository, host, site: site.site, siteLabels: site.labels, ages, now: now() });
  };
  const store = createStore(summary());
  let tellObserved = () => {};
  const hostObserved = new Promise<void>((resolve) => (tellObserved = resolve));

  let seen: Snapshot | undefined;

  function publish(): void {
    store.swap(summary());
    if (isAllSeen(repository, host)) {
      const before = seen;
      seen = store.snapshot();
      options.onSnapshot?.(before, seen);
    }
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
    nameSite: (named) => void (site = named),
    change: (ms, signal) => bell.wait(ms, signal),
  };
}

/** Both sides were read and compared: what a snapshot does not have now is not there. */
function isAllSeen({ catalog }: RepositoryView, { observed, plan }: HostView): boolean {
  return catalog !== undefined && observed !== undefined && plan !== undefined;
}
