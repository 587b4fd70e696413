import type { ContainerSpec, ServiceSpec } from '../model/application-spec.ts';
import type { DocumentInForce } from '../model/catalog.ts';
import type { DesiredApplication } from '../model/desired.ts';
import type { ApplicationName } from '../model/names.ts';
import type { ObservedApplication, ObservedImage, ObservedInstance } from '../model/observed.ts';
import type { ImageIndex } from '../plan/image-presence.ts';
import {
  formatProblem,
  formatTime,
  type ApplicationState,
  type ImageStatus,
  type InstanceState,
  type OperStatus,
} from './documents.ts';
import { instanceState, observedInstanceState } from './instance-state.ts';

/** Everything the state of one application is made from; equal facts, equal state. */
export interface ApplicationFacts {
  readonly name: string;
  readonly host: string;
  readonly inForce: DocumentInForce<'application'> | undefined;
  /** Name of the deployment that brings it to this site. */
  readonly deployment: string | undefined;
  readonly desired: DesiredApplication | undefined;
  readonly observed: ObservedApplication | undefined;
  /** Why it is not, or not freely, reconciled: rejected, held, blocked, unknown version. */
  readonly hindrance: string | undefined;
  /** Failed steps that concern it: id → message. */
  readonly failures: ReadonlyMap<string, string>;
  readonly images: ImageIndex;
  /** Images being pulled now. */
  readonly pulling: ReadonlySet<string>;
  /** When its text last changed, ms since the epoch. */
  readonly modifiedAt: number;
  readonly now: number;
}

/** The state document of an application (seed 002): the specification in force, with what is seen of it. */
export function applicationState(facts: ApplicationFacts): ApplicationState {
  const { inForce, desired, hindrance } = facts;
  const instances = instanceStates(facts);
  const status = applicationStatus(facts, instances);
  const messages = [hindrance ?? instanceMessage(instances), rejection(facts)].filter((one) => one !== undefined);
  return {
    name: facts.name,
    ...(inForce === undefined ? {} : withImageStatus(inForce, facts)),
    'config-modified-time': formatTime(facts.modifiedAt),
    'locally-deployed': desired !== undefined || instances.length > 0,
    ...(facts.deployment === undefined ? {} : { 'application-deployment': facts.deployment }),
    'oper-status': status,
    ...(messages.length === 0 ? {} : { 'error-message': messages.join('; ') }),
    warnings: inForce?.document.warnings ?? [],
    'service-instances': instances,
  };
}

function instanceStates(facts: ApplicationFacts): readonly InstanceState[] {
  const { desired, observed, host, failures, now } = facts;
  if (desired === undefined) return runsOn(facts).map(([name, one]) => observedInstanceState(name, one, { host, now }));
  return desired.instances.map((instance) =>
    instanceState({
      application: desired,
      desired: instance,
      observed: observed?.instances[instance.key],
      host,
      failures,
      now,
    }),
  );
}

/** Instances that are left alone or held back from removal: they run, whatever is wished. */
function runsOn({ hindrance, observed }: ApplicationFacts): readonly (readonly [ApplicationName, ObservedInstance])[] {
  if (hindrance === undefined || observed === undefined) return [];
  return Object.values(observed.instances).map((instance) => [observed.name, instance]);
}

/** error when anything is wrong, else upgrading, starting, running; admin-down when not deployed (contract 6). */
function applicationStatus({ desired, hindrance }: ApplicationFacts, instances: readonly InstanceState[]): OperStatus {
  const has = (...statuses: OperStatus[]) => instances.some((instance) => statuses.includes(instance['oper-status']));
  if (hindrance !== undefined || has('error', 'failed')) return 'error';
  if (desired === undefined) return 'admin-down';
  if (has('upgrading')) return 'upgrading';
  return has('starting') ? 'starting' : 'running';
}

/** Why the status is what it is: that of an instance in error before that of one that only waits. */
function instanceMessage(instances: readonly InstanceState[]): string | undefined {
  const telling = instances.filter((instance) => instance['error-message'] !== undefined);
  const chosen = telling.find(({ 'oper-status': status }) => status === 'error' || status === 'failed') ?? telling[0];
  return chosen === undefined ? undefined : `${chosen.name}: ${chosen['error-message'] ?? ''}`;
}

/** What counts is the last good text, and head's is broken: said, though nothing that runs suffers. */
function rejection({ inForce, desired }: ApplicationFacts): string | undefined {
  const problem = inForce?.rejected?.problems[0];
  if (problem === undefined) return undefined;
  const lastGood = desired === undefined ? 'stays in force' : 'runs';
  return `the newest specification is rejected and the last good one ${lastGood}: ${formatProblem(problem)}`;
}

function withImageStatus({ document }: DocumentInForce<'application'>, facts: ApplicationFacts) {
  const container = (spec: ContainerSpec) => ({ ...spec, 'image-status': imageStatus(spec.image, facts) });
  const service = (spec: ServiceSpec) => ({
    ...spec,
    ...(spec.containers === undefined ? {} : { containers: spec.containers.map(container) }),
  });
  return { ...document.spec, services: document.spec.services.map(service) };
}

/** Of one image on the host (contract 6). */
export function imageStatus(image: string, { images, pulling, failures }: ApplicationFacts): ImageStatus {
  const found = images.find(image);
  if (found !== undefined) return { status: 'present', digest: digestOf(found) };
  if (pulling.has(image)) return { status: 'pulling' };
  const failure = failures.get(`pull image ${image}`);
  return failure === undefined ? { status: 'missing' } : { status: 'error', 'error-message': failure };
}

function digestOf({ digests, id }: ObservedImage): string {
  return digests[0]?.split('@')[1] ?? id;
}
