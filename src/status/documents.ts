import type { ApplicationDeploymentSpec } from '../model/application-deployment-spec.ts';
import type { ApplicationSpec } from '../model/application-spec.ts';
import type { Problem } from '../model/problem.ts';

// The state documents of the API, shaped as the samples of the seeds (contract 5.3, 6). Lists are `[]`, never absent.

/** The closed set of contract 6: one client refuses any other word. */
export type OperStatus = 'running' | 'admin-down' | 'upgrading' | 'starting' | 'error' | 'failed';
export type DeploymentOperStatus = 'deploying' | 'canary' | 'deployed' | 'blocked' | 'error';

export interface ImageStatus {
  readonly status: 'present' | 'pulling' | 'missing' | 'error';
  /** The repository digest, else the image id; absent until the image is here. */
  readonly digest?: string;
  readonly 'error-message'?: string;
}

export interface ContainerState {
  readonly name: string;
  /** The first 12 digits of the engine's id; '' before there is one. */
  readonly id: string;
  readonly 'oper-status': OperStatus;
  readonly 'error-message'?: string;
  readonly ready: boolean;
  /** RFC 3339; 1970 before the first start. */
  readonly 'start-time': string;
  readonly 'current-restarts': number;
  readonly 'total-restarts': number;
  readonly probes: Readonly<Record<string, never>>;
  readonly devices: readonly string[];
  readonly gpus: readonly never[];
}

export interface InstanceState {
  readonly name: string;
  readonly 'application-version'?: string;
  readonly 'oper-status': OperStatus;
  readonly 'error-message'?: string;
  readonly ready: boolean;
  readonly host: string;
  readonly 'application-network': { readonly ips: readonly string[]; readonly 'dns-records': readonly string[] };
  readonly 'gateway-network': { readonly ips: readonly string[] };
  readonly 'ephemeral-volumes': readonly never[];
  readonly 'persistent-volumes': readonly never[];
  readonly 'init-containers': readonly never[];
  readonly containers: readonly ContainerState[];
}

/** Beside an instance's own keys, what the site provider's views add. */
export type SystemInstanceState = InstanceState & { readonly tenant: string; readonly application: string };

/** The specification in force with its state; the specification is absent when no valid text of it is known. */
export type ApplicationState = Partial<ApplicationSpec> & {
  readonly name: string;
  readonly 'config-modified-time': string;
  readonly 'locally-deployed': boolean;
  readonly 'application-deployment'?: string;
  readonly 'oper-status': OperStatus;
  readonly 'error-message'?: string;
  /** Extension: what of the specification is not carried out. */
  readonly warnings: readonly string[];
  readonly 'service-instances': readonly InstanceState[];
};

export type DeploymentState = ApplicationDeploymentSpec & {
  readonly 'application-version': string;
  readonly status: {
    readonly 'oper-status': DeploymentOperStatus;
    readonly 'error-message'?: string;
    readonly images: readonly { readonly name: string; readonly status: string; readonly digest?: string }[];
    readonly 'application-versions': readonly {
      readonly version: string;
      readonly 'deployed-to': readonly { readonly site: string; readonly time: string }[];
      readonly 'deploying-to': readonly { readonly site: string }[];
    }[];
  };
};

export interface HostState {
  readonly 'cluster-hostname': string;
  readonly hostname: string;
  readonly 'host-id': string;
  readonly version: string;
  readonly 'oper-status': 'up' | 'down';
  readonly 'error-message'?: string;
  /** RFC 3339; 1970 when it was never up. */
  readonly 'started-at': string;
  /** Extension: what of a specification this host cannot carry out. */
  readonly warnings: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface RepositoryState {
  readonly 'wanted-revision': string;
  readonly 'fetched-revision': string;
  /** The newest revision that every host was brought to. */
  readonly 'applied-revision': string;
  readonly 'fetch-time': string;
  readonly 'error-message'?: string;
  readonly problems: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly message: string;
    readonly severity: 'error' | 'warning';
  }[];
  readonly 'held-removals': readonly { readonly application: string; readonly reason: string }[];
  /** Whether the version lists are complete; they are not made yet. */
  readonly 'history-complete': boolean;
}

/**
 * RFC 3339 UTC with milliseconds. What has not been yet, 0, is the beginning of 1970: clients take every time for a
 * time, and an empty text makes them refuse the whole document (avassa-reference 10.2).
 */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** `tenants/acme/applications/shop.yaml:3:5: what is wrong` */
export function formatProblem({ file, line, column, message }: Problem): string {
  return `${file}:${line}:${column}: ${message}`;
}
