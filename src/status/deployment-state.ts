import type { DocumentInForce } from '../model/catalog.ts';
import type { ApplicationState, DeploymentOperStatus, DeploymentState } from './documents.ts';
import { formatProblem, formatTime } from './format.ts';

export interface DeploymentFacts {
  readonly deployment: DocumentInForce<'application-deployment'>;
  /** Absent: no such application. */
  readonly application: ApplicationState | undefined;
  /** Its placement selects this site. */
  readonly selected: boolean;
  /** Why nothing is done for now: the version it pins is still looked for. */
  readonly awaited: string | undefined;
  readonly site: string;
}

/** The state document of an application deployment (avassa-reference 4.2). */
export function deploymentState(facts: DeploymentFacts): DeploymentState {
  const { spec } = facts.deployment.document;
  const { status, message: why } = judge(facts);
  const messages = [why, rejection(facts.deployment)].filter((one) => one !== undefined);
  return {
    ...spec,
    'application-version': spec['application-version'] ?? '*',
    status: {
      'oper-status': status,
      ...(messages.length === 0 ? {} : { 'error-message': messages.join('; ') }),
      ...timeout(facts),
      images: imagesOf(facts),
      'application-versions': versionsOf(facts, status),
    },
  };
}

function timeout({ application }: DeploymentFacts): Pick<DeploymentState['status'], 'wait-healthy-timeout'> {
  const left = application?.upgrade?.['wait-healthy-timeout'];
  return left === undefined ? {} : { 'wait-healthy-timeout': left };
}

function judge({ deployment, application, selected, awaited }: DeploymentFacts): {
  readonly status: DeploymentOperStatus;
  readonly message?: string | undefined;
} {
  if (application === undefined)
    return { status: 'error', message: `no application ${deployment.document.spec.application}` };
  if (selected && awaited !== undefined) return { status: 'deploying', message: awaited };
  const hold = application.waiting?.message ?? (deployment.document.spec.suspend === true ? SUSPENDED : undefined);
  if (hold !== undefined) return { status: 'blocked', message: withError(hold, application) };
  if (!selected || application['oper-status'] === 'running') return { status: 'deployed' };
  const status = application['oper-status'] === 'error' ? 'error' : 'deploying';
  return { status, message: application['error-message'] };
}

const SUSPENDED = 'it is suspended';

/** What is kept may be sick all the same. */
function withError(hold: string, { 'error-message': message }: ApplicationState): string {
  return message === undefined ? hold : `${hold}; ${message}`;
}

/** Where it is deployed follows the last good text, and head's is broken. */
function rejection({ rejected }: DeploymentFacts['deployment']): string | undefined {
  const problem = rejected?.problems[0];
  return problem === undefined
    ? undefined
    : `the newest specification is rejected and the last good one stays in force: ${formatProblem(problem)}`;
}

function imagesOf({ application, selected }: DeploymentFacts): DeploymentState['status']['images'] {
  if (!selected) return [];
  const services = application?.services ?? [];
  const containers = services.flatMap((one) => [...(one['init-containers'] ?? []), ...(one.containers ?? [])]);
  const named = new Map(containers.map((container) => [container.image, container]));
  return [...named.values()].map(({ image: name, 'image-status': { status, digest } }) => ({
    name,
    status,
    ...(digest === undefined ? {} : { digest }),
  }));
}

type Versions = DeploymentState['status']['application-versions'];

/** What runs, each version since when, and what is on its way: during an upgrade both. */
function versionsOf(facts: DeploymentFacts, status: DeploymentOperStatus): Versions {
  const { deployment, application, selected, awaited, site } = facts;
  if (!selected || application?.version === undefined) return [];
  const pinned = deployment.document.spec['application-version'] ?? '*';
  const wanted = pinned === '*' ? application.version : pinned;
  const others = [...runningVersions(application)].filter(([version]) => status !== 'deployed' && version !== wanted);
  const runs = ({ version, time }: { readonly version: string; readonly time: string }) => ({
    version,
    'deployed-to': [{ site, time }],
    'deploying-to': [],
  });
  const here = others.map(([version, time]) => runs({ version, time }));
  const present = application['service-instances'].filter(({ lingering }) => lingering === undefined);
  if (status === 'deployed' || hasCome(application, wanted))
    return [
      runs({
        version: wanted,
        time: firstStart(present) ?? application['config-modified-time'],
      }),
    ];
  const isUnknown = wanted !== application.version && awaited === undefined;
  return [
    ...here,
    ...(isUnknown || status === 'blocked' ? [] : [{ version: wanted, 'deployed-to': [], 'deploying-to': [{ site }] }]),
  ];
}

/** Everything is of this version and was started, and no upgrade is under way; whether it is well is another matter. */
function hasCome({ upgrade, 'service-instances': instances }: ApplicationState, version: string): boolean {
  const containers = instances.flatMap((instance) => instance.containers);
  const isOf = instances.every((instance) => instance['application-version'] === version);
  return (
    upgrade === undefined && isOf && containers.length > 0 && containers.every((one) => one['start-time'] !== NEVER)
  );
}

const NEVER = formatTime(0);

/** Version → when it came here; of what has never been started there is none. */
function runningVersions({ 'service-instances': instances }: ApplicationState): ReadonlyMap<string, string> {
  const versions = new Set(instances.flatMap((instance) => instance['application-version'] ?? []));
  return new Map(
    [...versions].flatMap((version) => {
      const first = firstStart(instances.filter((instance) => instance['application-version'] === version));
      return first === undefined ? [] : [[version, first] as const];
    }),
  );
}

/** As far as the containers tell; texts of times sort as the times do. */
function firstStart(instances: ApplicationState['service-instances']): string | undefined {
  const containers = instances.flatMap((instance) => instance.containers);
  return containers
    .map((container) => container['start-time'])
    .filter((time) => time !== NEVER)
    .sort()[0];
}
