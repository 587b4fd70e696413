import type { ApplicationDeploymentSpec } from '../model/application-deployment-spec.ts';
import type { ApplicationSpec } from '../model/application-spec.ts';
import type { ResolvedCatalog } from '../model/catalog.ts';
import type { DiskSpace } from '../model/observed.ts';
import type { Plan, Step } from '../model/plan.ts';
import type { ApplicationState, DeploymentState, HostState, RepositoryState, SiteState } from '../status/documents.ts';

/** One application or deployment as the API serves it. An entry nothing moved in is the same object as before. */
export interface Entry<Config, State> {
  readonly tenant: string;
  readonly name: string;
  /** The newest valid specification; undefined when none is known. */
  readonly config: Config | undefined;
  /** Changes whenever `config` does. */
  readonly configTag: string;
  readonly state: State;
}
export interface ApplicationEntry extends Entry<ApplicationSpec, ApplicationState> {
  /** Newest first, the current one among them; an application without a version has none (contract 8.3). */
  readonly versions: readonly ApplicationVersion[];
  readonly standing: Standing;
}

/**
 * What an application is in the middle of, or waits for. `rejected`: its newest text is no good; `held`: its removal needs
 * a permission; `blocked`: it cannot go on by itself; `awaited`: its version is still looked for; `waiting`: it is
 * suspended, or waits for its time or for others; `upgrading`, and `aborted`: an upgrade failed, and it stays as it is until the next commit; `free`: nothing of that.
 */
export type Standing = 'free' | 'rejected' | 'held' | 'blocked' | 'awaited' | 'waiting' | 'upgrading' | 'aborted';
export interface ApplicationVersion {
  readonly config: ApplicationSpec;
  readonly configTag: string;
}
export type DeploymentEntry = Entry<ApplicationDeploymentSpec, DeploymentState>;

/** Everything the API shows, at one moment. Frozen: a reader never sees half a pass. */
export interface Snapshot {
  readonly site: string;
  /** Sorted by key `<tenant>.<name>`. */
  readonly applications: ReadonlyMap<string, ApplicationEntry>;
  readonly deployments: ReadonlyMap<string, DeploymentEntry>;
  /** Of every application and every deployment, sorted. */
  readonly tenants: readonly string[];
  /** What is in force, for checking a change against it; undefined before a revision was read. */
  readonly catalog: ResolvedCatalog | undefined;
  /** Of the repository, the one served among them; sorted by name. */
  readonly sites: readonly SiteState[];
  readonly hosts: readonly HostState[];
  readonly repository: RepositoryState;
  /** What would be done now; undefined before the first look at both sides. */
  readonly plan: Plan | undefined;
  /** Every reachable host had one full pass. */
  readonly ready: boolean;
  readonly figures: Figures;
}

/** What no document has, or only rounded: for `/metrics`. Times in ms since the epoch. */
export interface Figures {
  /** Since when the wanted revision has been wanted, as far as this daemon saw; 0: none is. */
  readonly wantedSince: number;
  /** Since when the applied revision has not been the wanted one; 0: it is. */
  readonly outdatedSince: number;
  /** Steps that are being carried out. */
  readonly inFlight: readonly Step[];
  /** As `Snapshot.hosts`. */
  readonly hosts: readonly HostFigures[];
}

export interface HostFigures {
  /** As in its state. */
  readonly host: string;
  /** When everything was last seen on an engine that answered, and planned for; 0: never. */
  readonly lastPassAt: number;
  /** Whether this daemon has the lease. */
  readonly holdsLease: boolean;
  /** undefined: not known. */
  readonly space: DiskSpace | undefined;
}

/** The side of the store that the API sees. */
export interface StoreReader {
  snapshot(): Snapshot;
}

export interface Store extends StoreReader {
  swap(snapshot: Snapshot): void;
}

export function createStore(initial: Snapshot): Store {
  let current = Object.freeze(initial);
  return {
    snapshot: () => current,
    swap: (snapshot) => void (current = Object.freeze(snapshot)),
  };
}
