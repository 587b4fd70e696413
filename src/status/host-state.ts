import type { ResolvedCatalog } from '../model/catalog.ts';
import type { DesiredSite } from '../model/desired.ts';
import type { DiskSpace, EngineInfo, ObservedHost } from '../model/observed.ts';
import type { Plan } from '../model/plan.ts';
import type { Verification } from '../signatures/admission.ts';
import { diskState, diskWarnings } from './disk-state.ts';
import type { HostState, RepositoryState } from './documents.ts';
import { formatTime } from './format.ts';
import { persistentVolumeStates, siteHostState } from './site-host-state.ts';

export interface HostFacts {
  /** Its name, as long as no site gives it one. */
  readonly host: string;
  readonly status: 'up' | 'down';
  readonly message: string;
  readonly engine: EngineInfo | undefined;
  readonly upSince: number;
  /** undefined: not known. */
  readonly space: DiskSpace | undefined;
  readonly observed: ObservedHost | undefined;
  readonly desired: DesiredSite | undefined;
  readonly plan: Plan | undefined;
  readonly appliedRevision: string;
}

/** A Docker host as `/v1/state/system/cluster/hosts` shows it (avassa-reference 8.2). */
export function hostState(facts: HostFacts): HostState {
  const { host, status, message, engine, upSince, space, observed, desired } = facts;
  const name = desired?.host.name ?? host;
  return {
    'cluster-hostname': name,
    hostname: name,
    'host-id': engine?.id ?? '',
    version: engine?.version ?? '',
    'maintenance-mode': 'off',
    controller: true,
    'oper-status': status,
    ...(message === '' ? {} : { 'error-message': message }),
    'started-at': formatTime(upSince),
    warnings: [...(engine === undefined ? [] : limitWarnings(engine.limits)), ...diskWarnings(space)],
    ...(space === undefined ? {} : { disk: diskState(space) }),
    ...siteHostState(desired?.host, status),
    'persistent-volumes': persistentVolumeStates(observed, desired),
  };
}

/** Limits the kernel of the host does not offer: the engine drops them, or refuses the container. */
function limitWarnings({ memory, cpus, cpuShares }: EngineInfo['limits']): readonly string[] {
  const missing = [...(memory ? [] : ['memory']), ...(cpus ? [] : ['cpus']), ...(cpuShares ? [] : ['cpu-shares'])];
  return missing.map((field) => `the kernel of this host does not enforce \`${field}\` of containers`);
}

export interface RepositoryFacts {
  readonly wantedRevision: string;
  readonly fetchedRevision: string;
  readonly fetchTime: number;
  readonly error: string;
  /** Absent: nothing has to be signed. */
  readonly verification?: Verification | undefined;
  readonly catalog: ResolvedCatalog | undefined;
}

/** Nothing suffers where history cannot be read but what waits for an older version. */
function repositoryError({ error, verification, catalog }: RepositoryFacts): Pick<RepositoryState, 'error-message'> {
  const history = catalog?.history.error ?? '';
  const messages = [
    error,
    verification?.error ?? '',
    history === '' ? '' : `history cannot be read: ${history}`,
  ].filter((one) => one !== '');
  return messages.length === 0 ? {} : { 'error-message': messages.join('; ') };
}

function verificationState(verification: Verification | undefined): Pick<RepositoryState, 'verification'> {
  if (verification === undefined) return {};
  const { mode, revision, signer, tag, error } = verification;
  return {
    verification: {
      mode,
      'verified-revision': revision,
      ...(signer === '' ? {} : { signer }),
      ...(tag === undefined ? {} : { tag }),
      ...(error === '' ? {} : { 'error-message': error }),
    },
  };
}

/** `/v1/state/repository` (contract 5.3). */
export function repositoryState(repository: RepositoryFacts, host: HostFacts): RepositoryState {
  return {
    'wanted-revision': repository.wantedRevision,
    'fetched-revision': repository.fetchedRevision,
    'applied-revision': host.appliedRevision,
    'fetch-time': formatTime(repository.fetchTime),
    ...repositoryError(repository),
    ...verificationState(repository.verification),
    problems: repository.catalog?.problems ?? [],
    'held-removals': host.plan?.held ?? [],
    'history-complete': repository.catalog?.history.isComplete ?? false,
  };
}
