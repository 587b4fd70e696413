import type { DocumentInForce } from '../model/catalog.ts';
import type { DesiredApplication, UnplacedInstance } from '../model/desired.ts';
import type { ObservedApplication } from '../model/observed.ts';
import type { UpgradeProgress } from '../upgrade/decision.ts';
import { findText } from '../upgrade/earlier-text.ts';
import type { Hold } from '../upgrade/hold.ts';
import type { ApplicationState, InstanceState, OperStatus } from './documents.ts';
import { formatProblem, formatTime } from './format.ts';
import { heldInstances } from './held-instances.ts';
import { holdSentence, waitingDocument } from './hold-state.ts';
import { withImageStatus, type ImageFacts } from './image-status.ts';
import { instanceState, unplacedInstanceState } from './instance-state.ts';
import { lingeringStates } from './lingering-state.ts';
import { observedInstanceState } from './observed-instance-state.ts';
import { shortfalls } from './shortfalls.ts';
import { instanceProgress, isUnderWay, upgradeDocument, upgradeError, upgradeSentence } from './upgrade-state.ts';

/** Everything the state of one application is made from; equal facts, equal state. */
export interface ApplicationFacts extends ImageFacts {
  readonly name: string;
  readonly host: string;
  /** The text that runs, or is to. */
  readonly inForce: DocumentInForce<'application'> | undefined;
  /** Name of the deployment that brings it to this site. */
  readonly deployment: string | undefined;
  readonly desired: DesiredApplication | undefined;
  /** Its earlier versions, as far as they are known. */
  readonly earlier: readonly DesiredApplication[];
  /** undefined: there is none, nor was there one that failed. */
  readonly upgrade: UpgradeProgress | undefined;
  /** Why nothing of it changes now; undefined: nothing stands in its way. */
  readonly hold: Hold | undefined;
  readonly observed: ObservedApplication | undefined;
  /** Why it is not, or not freely, reconciled: rejected, held, blocked, unknown version. */
  readonly hindrance: string | undefined;
  /** Why it is left alone for now: its version is still looked for. */
  readonly awaited: string | undefined;
  /** When its text last changed, ms since the epoch. */
  readonly modifiedAt: number;
  readonly now: number;
}

/** The state document of an application (seed 002): the specification in force, with what is seen of it. */
export function applicationState(facts: ApplicationFacts): ApplicationState {
  const { inForce, desired, hindrance, awaited } = facts;
  const spec = inForce?.document.spec;
  const instances = [...instanceStates(facts), ...lingeringStates(facts)];
  const status = applicationStatus(facts, instances);
  const failed = facts.upgrade && upgradeError(facts.upgrade);
  const messages = [hindrance ?? awaited ?? failed ?? instanceMessage(instances), rejection(facts)].filter(
    (one) => one !== undefined,
  );
  return {
    name: facts.name,
    ...(spec === undefined ? {} : { ...spec, services: withImageStatus(spec.services, facts) }),
    'config-modified-time': formatTime(facts.modifiedAt),
    'locally-deployed': desired !== undefined || instances.length > 0,
    ...(facts.deployment === undefined ? {} : { 'application-deployment': facts.deployment }),
    'oper-status': status,
    ...(messages.length === 0 ? {} : { 'error-message': messages.join('; ') }),
    ...progressOf(facts),
    warnings: warningsOf(facts),
    'service-instances': instances,
  };
}

function progressOf({ upgrade, hold, now }: ApplicationFacts): Pick<ApplicationState, Progress> {
  const document = upgrade && upgradeDocument(upgrade, now);
  const sentences = [upgrade && upgradeSentence(upgrade, now), hold && holdSentence(hold)];
  const known = sentences.filter((one) => one !== undefined);
  return {
    ...(known.length === 0 ? {} : { progress: known.join('; ') }),
    ...(document === undefined ? {} : { upgrade: document }),
    ...(hold === undefined ? {} : { waiting: waitingDocument(hold) }),
  };
}

type Progress = 'progress' | 'upgrade' | 'waiting';

function warningsOf({ inForce, desired, observed, host }: ApplicationFacts): readonly string[] {
  const unenforced = desired === undefined ? [] : shortfalls(desired, observed, host);
  const forbidden = desired?.refused === undefined ? [] : [`nothing new is made from this text: ${desired.refused}`];
  return [...(inForce?.document.warnings ?? []), ...forbidden, ...unenforced];
}

function instanceStates(facts: ApplicationFacts): readonly InstanceState[] {
  const { desired, observed, host, failures, upgrade, now } = facts;
  if (desired === undefined) return leftRunning(facts);
  if (facts.hold !== undefined) return withUnplaced(heldInstances(facts, desired, facts.hold), facts);
  const services = facts.inForce?.document.spec.services;
  const volumes = observed?.volumes ?? [];
  const placed = desired.instances.map((instance) => {
    const { key } = instance;
    const seen = observed?.instances[key];
    // One that waits in its old version is shown as its own text wants it, where that is known.
    const text = upgrade && seen && findText(seen, facts.earlier);
    return instanceState({
      application: text?.application ?? desired,
      desired: text?.instance ?? instance,
      observed: seen,
      volumes,
      spec: services?.find(({ name }) => name === instance.name.service),
      host,
      failures,
      progress: upgrade && instanceProgress(upgrade, key, now),
      stays: upgrade !== undefined && !isUnderWay(upgrade),
      now,
    });
  });
  return withUnplaced(placed, facts);
}

/** Those that no host can take; while another version waits nobody asks for them. */
function withUnplaced(placed: readonly InstanceState[], facts: ApplicationFacts): readonly InstanceState[] {
  const { desired, hold } = facts;
  if (hold?.waiting === 'upgrade' || hold?.cause === 'suspended') return placed;
  return [...placed, ...(desired?.unplaced ?? []).map((one) => unplaced(one, facts))];
}

/** What runs of one that no host can take any more runs on, and is shown. */
function unplaced(one: UnplacedInstance, { desired, observed, host, now }: ApplicationFacts): InstanceState {
  const found = observed?.instances[one.key];
  if (observed === undefined || found === undefined) return unplacedInstanceState(one, desired?.version);
  const { name: application, volumes } = observed;
  const state = observedInstanceState({ application, observed: found, volumes, host, now });
  return { ...state, 'oper-status': 'error', 'error-message': one.reason };
}

/** Instances that are left alone or held back from removal: they run, whatever is wished. */
function leftRunning({ hindrance, awaited, hold, observed, host, now }: ApplicationFacts): readonly InstanceState[] {
  if ((hindrance ?? awaited ?? hold) === undefined || observed === undefined) return [];
  const { name: application, volumes, instances } = observed;
  return Object.values(instances).map((instance) =>
    observedInstanceState({ application, observed: instance, volumes, host, now }),
  );
}

/**
 * error when anything is wrong, else upgrading, starting, running; admin-down when not deployed, or when its deployment
 * is suspended and nothing of it runs (contract 6).
 */
function applicationStatus(
  { desired, hindrance, awaited, upgrade, hold }: ApplicationFacts,
  instances: readonly InstanceState[],
): OperStatus {
  const has = (...statuses: OperStatus[]) => instances.some((instance) => statuses.includes(instance['oper-status']));
  const hasFailed = upgrade !== undefined && upgradeError(upgrade) !== undefined;
  if (hindrance !== undefined || hasFailed || has('error', 'failed')) return 'error';
  if (hold?.cause === 'suspended' && instances.length === 0) return 'admin-down';
  if (desired === undefined && awaited === undefined && hold === undefined) return 'admin-down';
  if (desired === undefined && instances.length === 0) return 'starting';
  if (upgrade !== undefined || has('upgrading')) return 'upgrading';
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
