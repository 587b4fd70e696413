import { remembered } from '../health/backoff.ts';
import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import { applicationKey } from '../model/names.ts';
import type { ObservedHost } from '../model/observed.ts';
import type { Attempt, Ongoing, Plan, Step } from '../model/plan.ts';
import { NO_SIGNERS, type KnownSigners } from '../model/signature-demand.ts';
import type { FailedStep } from '../upgrade/decision.ts';
import { admit, type Admission } from '../policy/admit.ts';
import { FAILURES } from '../upgrade/failure.ts';
import { freeSubnets } from './free-subnets.ts';
import { holdBack } from './hold-back.ts';
import { indexImages } from './image-presence.ts';
import { createHoldJudge, ongoingOf, type Conditions } from './judge-holds.ts';
import { planApplication, type ApplicationInput, type ApplicationPlan } from './plan-application.ts';
import { keepWords } from './keep-words.ts';
import { planImageRemovals, wantedImagesOf, type WantedImages } from './plan-image-removals.ts';
import { planLogJanitor } from './plan-log-janitor.ts';
import { planRemovals } from './plan-removals.ts';
import { planUnusedNetworks } from './plan-unused-networks.ts';
import type { PruneVerdict, Pruning } from './prune-guard.ts';
import type { RestartRequest } from './restarts.ts';
import { isStill } from './same-input.ts';
import { spareData } from './spare-data.ts';

/** Everything the plan of a host depends on. */
export interface PlanInput {
  readonly desired: DesiredSite;
  readonly observed: ObservedHost;
  /** Steps that are being carried out. */
  readonly inFlight: readonly Step[];
  readonly attempts: readonly Attempt[];
  /** Operations that have begun and are not at their end. */
  readonly ongoing: readonly Ongoing[];
  readonly networkPool: string;
  /** Of more removals than are always carried out; undefined until history was asked. */
  readonly pruneVerdict?: PruneVerdict | undefined;
  /** Restarts that are not noted on the engine yet. */
  readonly restarts?: readonly RestartRequest[];
  /** Who is known to have signed which image; default: nothing is known. */
  readonly signers?: KnownSigners | undefined;
  /** ms since the epoch */
  readonly now: number;
}

/** An application's steps with what they were planned from; passed back in, it saves planning the same again. */
interface PlannedApplication extends ApplicationPlan {
  readonly input: ApplicationInput;
}

export interface PlannedHost {
  readonly plan: Plan;
  /** Removals held for want of a verdict that allows them. */
  readonly pruning: Pruning | undefined;
  readonly applications: ReadonlyMap<string, PlannedApplication>;
  readonly conditions: Conditions;
  readonly wantedImages: WantedImages;
  /** What was planned for: the desired site without what the policies do not let be made. */
  readonly admission: Admission;
}

/**
 * What to do now, what later, and when to look again. Pure; `former` only saves work: an application none of whose
 * inputs changed keeps its steps, so a plan costs what changed.
 */
export function planHost(wishes: PlanInput, former?: PlannedHost): PlannedHost {
  const { observed } = wishes;
  const admission = admit({ ...wishes, underWay: instancesUnderWay(wishes) }, former?.admission);
  const desired = admission.admitted;
  const input = { ...wishes, desired };
  const { removable, held, pruning } = planRemovals(input);
  const keys = [...new Set([...Object.keys(desired.applications), ...removable])].sort();
  const subnets = freeSubnets(input.networkPool, takenSubnets(input));
  const images = former?.applications.values().next().value?.input.images;
  const index = images !== undefined && images.images === observed.images ? images : indexImages(observed.images);
  const holds = createHoldJudge(input, former?.conditions);
  const applications = new Map<string, PlannedApplication>();
  const blocked: Record<string, string> = {};
  const given = new Map<string, string | undefined>();
  for (const key of keys) {
    const network = desired.applications[key]?.network ?? key;
    const needed = needsNetwork(input, key);
    // Those who share a network share its range.
    const subnet = needed ? (given.get(network) ?? subnets.next().value) : undefined;
    given.set(network, subnet);
    if (needed && subnet === undefined) blocked[key] = `the network pool ${input.networkPool} is full`;
    const next = applicationInput(input, key, { images: index, subnet, hold: holds.of(key) });
    const before = former?.applications.get(key);
    applications.set(
      key,
      before !== undefined && isStill(before, next) ? before : planAnew(next, blocked[key] !== undefined),
    );
  }
  const desiredHash = (key: string) => applications.get(key)?.hash ?? '';
  const merged = mergeSteps([...applications.values()].flatMap((application) => application.steps));
  const janitor = planLogJanitor(observed.logs, input.now);
  const wantedImages = wantedImagesOf(desired, former?.wantedImages);
  const unused = [...planUnusedNetworks(desired, observed), ...planImageRemovals(desired, observed, wantedImages)];
  const all = [...keepWords([...merged, ...unused], input.ongoing, desiredHash), ...janitor.steps];
  const steps = desired.keepsData === true ? spareData(all, observed) : all;
  const timed = holdBack(steps, { attempts: input.attempts, desiredHash, now: input.now });
  const wakeAt = earliest(timed.wakeAt, janitor.wakeAt, ...[...applications.values()].map(({ until }) => until));
  const plan = { revision: desired.revision, ...timed, held, blocked, wakeAt };
  const conditions = holds.conditions();
  return { plan, pruning, applications, conditions, wantedImages, admission };
}

function instancesUnderWay({ inFlight, ongoing }: PlanInput): ReadonlySet<string> {
  return new Set([...inFlight, ...ongoing].map(({ target }) => target));
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function needsNetwork({ desired, observed, inFlight }: PlanInput, key: string): boolean {
  const application = desired.applications[key];
  if (application === undefined || application.instances.length === 0) return false;
  const present = [...(observed.applications[key]?.networks ?? []), ...observed.sharedNetworks];
  if (present.some(({ name }) => name === application.network)) return false;
  return !inFlight.some((step) => step.action.kind === 'create-network' && step.target === application.network);
}

/** Those of networks that are being made count as taken, and for a while those that the engine refused. */
function takenSubnets({ observed, inFlight, attempts, now }: PlanInput): readonly string[] {
  const making = inFlight.flatMap(({ action }) => (action.kind === 'create-network' ? [action.subnet] : []));
  const refused = attempts.flatMap((attempt) => remembered(attempt, now)?.refusedSubnets ?? []);
  return [...observed.takenSubnets, ...making, ...refused];
}

function applicationInput(
  { desired, observed, inFlight, attempts, ongoing, restarts = [], signers = NO_SIGNERS, now }: PlanInput,
  key: string,
  found: Pick<ApplicationInput, 'images' | 'subnet' | 'hold'>,
): ApplicationInput {
  const wanted = desired.applications[key];
  const seen = observed.applications[key];
  const name = wanted?.name ?? seen?.name;
  if (name === undefined) throw new TypeError(`nothing is known of application ${key}`);
  const busy = new Set(inFlight.filter((step) => step.application === key).map((step) => step.target));
  const { owner, site } = desired;
  const { sharedNetworks } = observed;
  const volumes =
    seen?.volumes ?? observed.persistentVolumes.filter(({ identity }) => applicationKey(identity) === key);
  const isCoordinated = (wanted?.upgradeFrom.length ?? 0) > 0;
  const known = { desired: wanted, earlier: desired.earlier[key] ?? NONE, observed: seen, volumes, sharedNetworks };
  const memory = {
    busy,
    freshPulls: pullsAlways(wanted) ? freshPulls(attempts, key, now) : NO_PULLS,
    mending: new Set(
      isCoordinated
        ? ongoingOf(ongoing, key)
            .filter(endsItself)
            .map(({ target }) => target)
        : [],
    ),
    ongoing: found.hold === undefined ? NONE : ongoingOf(ongoing, key),
    failedSteps: isCoordinated ? failedSteps(attempts, key) : NONE,
    signers: (wanted?.signatures.length ?? 0) === 0 ? NO_SIGNERS : signers,
    restarts: restarts.filter(({ instance }) => instance.startsWith(`${key}.`)),
  };
  return { key, name, ...known, owner, site, ...memory, now, ...found };
}

/** One that cannot begin keeps its network's place in the queue. */
function planAnew(input: ApplicationInput, isBlocked: boolean): PlannedApplication {
  const planned = planApplication(input);
  return { input, ...planned, ...(isBlocked ? { steps: [] } : {}) };
}

/** What is being made or replaced is never stopped once it has begun: if a container of it ends, it ended by itself. */
function endsItself({ intent }: Ongoing): boolean {
  return intent === 'repair' || intent === 'update';
}

const NONE: readonly never[] = [];
const NO_PULLS: ReadonlyMap<string, string> = new Map();

/** So long a pull counts as one before the creation that follows. */
const FRESH_MS = 60_000;

function pullsAlways(desired: DesiredApplication | undefined): boolean {
  const instances = desired?.instances ?? [];
  return instances.some(({ initContainers, containers }) =>
    [...initContainers, ...containers].some((one) => one.pullAlways),
  );
}

function freshPulls(attempts: readonly Attempt[], key: string, now: number): ReadonlyMap<string, string> {
  const own = attempts.filter(
    ({ application, error, at }) => application === key && error === '' && now - at < FRESH_MS,
  );
  return new Map(own.map(({ stepId, desiredHash }) => [stepId, desiredHash]));
}

/** What has failed so often that an upgrade is given up for it. */
function failedSteps(attempts: readonly Attempt[], key: string): readonly FailedStep[] {
  const failed = attempts.filter(
    ({ application, error, count }) => application === key && error !== '' && count >= FAILURES,
  );
  return failed.map(({ stepId, desiredHash, error }) => ({ stepId, desiredHash, message: error }));
}

/** Several applications may need one image: one step stays, and waits only if each of them does. */
function mergeSteps(steps: readonly Step[]): readonly Step[] {
  const merged = new Map<string, Step>();
  for (const step of steps) {
    const before = merged.get(step.id);
    if (before === undefined || before.awaits !== undefined || step.awaits === undefined) merged.set(step.id, step);
  }
  return [...merged.values()];
}
