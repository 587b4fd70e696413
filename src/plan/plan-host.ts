import { remembered } from '../health/backoff.ts';
import type { DesiredSite } from '../model/desired.ts';
import { applicationKey } from '../model/names.ts';
import type { ObservedHost } from '../model/observed.ts';
import type { Attempt, Ongoing, Plan, Step } from '../model/plan.ts';
import { freeSubnets } from './free-subnets.ts';
import { holdBack } from './hold-back.ts';
import { indexImages } from './image-presence.ts';
import { planApplication, type ApplicationInput } from './plan-application.ts';
import { keepWords } from './keep-words.ts';
import { planLogJanitor } from './plan-log-janitor.ts';
import { planRemovals } from './plan-removals.ts';
import { planUnusedNetworks } from './plan-unused-networks.ts';
import type { PruneVerdict, Pruning } from './prune-guard.ts';

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
  /** ms since the epoch */
  readonly now: number;
}

/** An application's steps with what they were planned from; passed back in, it saves planning the same again. */
interface PlannedApplication {
  readonly input: ApplicationInput;
  readonly steps: readonly Step[];
}

export interface PlannedHost {
  readonly plan: Plan;
  /** Removals held for want of a verdict that allows them. */
  readonly pruning: Pruning | undefined;
  readonly applications: ReadonlyMap<string, PlannedApplication>;
}

/**
 * What to do now, what later, and when to look again. Pure; `former` only saves work: an application none of whose
 * inputs changed keeps its steps, so a plan costs what changed.
 */
export function planHost(input: PlanInput, former?: PlannedHost): PlannedHost {
  const { desired, observed } = input;
  const { removable, held, pruning } = planRemovals(input);
  const keys = [...new Set([...Object.keys(desired.applications), ...removable])].sort();
  const subnets = freeSubnets(input.networkPool, takenSubnets(input));
  const images = former?.applications.values().next().value?.input.images;
  const index = images !== undefined && images.images === observed.images ? images : indexImages(observed.images);
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
    const next = applicationInput(input, key, { images: index, subnet });
    const before = former?.applications.get(key);
    const same = before !== undefined && sameInput(before.input, next);
    applications.set(key, same ? before : { input: next, steps: blocked[key] ? [] : planApplication(next) });
  }
  const desiredHash = (key: string) => desired.applications[key]?.hash ?? '';
  const merged = mergeSteps([...applications.values()].flatMap((application) => application.steps));
  const janitor = planLogJanitor(observed.logs, input.now);
  const unused = planUnusedNetworks(desired, observed);
  const steps = [...keepWords([...merged, ...unused], input.ongoing, desiredHash), ...janitor.steps];
  const timed = holdBack(steps, { attempts: input.attempts, desiredHash, now: input.now });
  const wakeAt = earliest(timed.wakeAt, janitor.wakeAt);
  return { plan: { revision: desired.revision, ...timed, held, blocked, wakeAt }, pruning, applications };
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
  { desired, observed, inFlight }: PlanInput,
  key: string,
  found: Pick<ApplicationInput, 'images' | 'subnet'>,
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
  return { key, name, desired: wanted, observed: seen, volumes, sharedNetworks, owner, site, busy, ...found };
}

function sameInput(a: ApplicationInput, b: ApplicationInput): boolean {
  return (
    a.desired === b.desired &&
    a.observed === b.observed &&
    a.sharedNetworks === b.sharedNetworks &&
    a.volumes.length === b.volumes.length &&
    a.volumes.every((volume, index) => volume === b.volumes[index]) &&
    a.images === b.images &&
    a.subnet === b.subnet &&
    a.busy.size === b.busy.size &&
    [...a.busy].every((target) => b.busy.has(target))
  );
}

/** Several applications may need one image: one step stays. */
function mergeSteps(steps: readonly Step[]): readonly Step[] {
  return [...new Map(steps.map((step) => [step.id, step])).values()];
}
