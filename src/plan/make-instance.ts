import type { DesiredContainer, DesiredInstance } from '../model/desired.ts';
import { toLabels, type Stamp } from '../model/labels.ts';
import { logArchiveLabels } from '../model/log-labels.ts';
import { LABEL } from '../model/names.ts';
import type { ObservedContainer, ObservedInstance } from '../model/observed.ts';
import type { Action, ActionOf, Intent, Step } from '../model/plan.ts';
import { delayedShutdownLabels, shutdownCmdLabels } from '../model/shutdown-labels.ts';
import { creationActions, planRemoval } from './container-steps.ts';
import { writeAction } from './instance-files.ts';
import { planNewVolumes, planOtherVolumes, type VolumesByName } from './instance-volumes.ts';
import { everything, neededBy, type Missing } from './missing.ts';
import { letLinger } from './plan-departure.ts';
import type { RestartWish } from './restarts.ts';
import { chain, ends, type Purpose } from './steps.ts';

export interface InstanceInput {
  readonly desired: DesiredInstance;
  readonly observed: ObservedInstance | undefined;
  /** Of the application. */
  readonly volumes: VolumesByName;
  readonly stamp: Stamp;
  readonly application: string;
  /** Engine ids of what has the name of the application network. */
  readonly networkIds: readonly string[];
  readonly missing: Missing;
  /** Stamp of the upgrade it is made in; '' where it is made in none. */
  readonly upgrade: string;
  /** Its turn in an upgrade has not come: it is kept as it is. */
  readonly waits: boolean;
  /** Something of the application runs in this version already: its images are not waited for as a whole any more. */
  readonly begun: boolean;
  /** Steps after which no old instance has the names of its containers or is in its way. */
  readonly clearing: readonly string[];
  /** An old instance serves in its place, because it has not been ready since it was made. */
  readonly isStillServed: boolean;
  /** That it be made anew, whatever it is; undefined: nobody asked for that. */
  readonly restart: RestartWish | undefined;
  /** ms since the epoch */
  readonly now: number;
}

/** Why an instance is made anew. */
export interface Cause {
  readonly intent: 'replace' | 'repair';
  readonly reason: string;
  /** It brings nothing new: only its own images are waited for. */
  readonly isRestart?: true;
}

/** Everything of the instance but its data goes, then everything comes anew. */
export function rebuild(input: InstanceInput, cause: Cause): readonly Step[] {
  const { observed } = input;
  const purpose = purposeOf(input, observed === undefined ? 'create' : cause.intent, cause.reason);
  const after = awaitedBy(input, purpose.intent, cause);
  const made = newVolumes(input, purpose, after);
  const removed = observed === undefined ? [] : planRemoval(observed, purpose, ends(made, after));
  return [...made, ...removed, ...making(input, purpose, ends([...made, ...removed], after))];
}

/** It is made anew beside what there is of it now, which lives on for a while. */
export function succeed(input: InstanceInput, cause: Cause, sandbox: ObservedContainer): readonly Step[] {
  const { desired, stamp, now } = input;
  const purpose = purposeOf(input, cause.intent, cause.reason);
  const after = awaitedBy(input, purpose.intent, cause);
  const made = newVolumes(input, purpose, after);
  const linger = letLinger(sandbox, purpose, ends(made, after), { ...stamp, name: desired.name, now });
  return [...made, linger, ...making(input, purpose, [linger.id])];
}

/** Steps before anything is stopped. What brings something new waits for every image, what heals only for its own. */
function awaitedBy(
  { desired, missing, begun }: InstanceInput,
  intent: Intent,
  { isRestart }: Cause,
): readonly string[] {
  const isNew = (intent === 'replace' && isRestart !== true) || (intent === 'create' && !begun);
  const all = [desired.sandbox, ...desired.initContainers, ...desired.containers];
  return isNew ? everything(missing) : neededBy(all, missing);
}

function newVolumes({ desired, volumes, stamp }: InstanceInput, purpose: Purpose, after: readonly string[]) {
  return planNewVolumes(desired, { present: volumes, stamp, purpose, after });
}

/** All containers of an instance of which none is left, or in the way. */
function making(input: InstanceInput, purpose: Purpose, gone: readonly string[]): readonly Step[] {
  const { desired, volumes, stamp } = input;
  const free = [...gone, ...input.clearing];
  const others = planOtherVolumes(desired, { present: volumes, stamp, purpose, after: free });
  const sandbox = chain(creation(desired.sandbox, input), purpose, ends(others, free));
  const files = desired.files.map((one) => writeAction(desired, one, { id: desired.sandbox.name }));
  const ready = [...sandbox, ...chain(files, purpose, ends(sandbox, free))];
  const start = (member: DesiredContainer) => chain(creation(member, input), purpose, ends(ready, free));
  const initial = desired.initContainers.map(start);
  const members = desired.containers.flatMap(start);
  return [...others, ...ready, ...oneByOne(initial, desired.initContainers, members)];
}

/** The first init container now; each of the others, and what comes after all, when the one before it has ended. */
export function oneByOne(
  steps: readonly (readonly Step[])[],
  initContainers: readonly DesiredContainer[],
  following: readonly Step[],
): readonly Step[] {
  const before = (index: number) => `init container ${initContainers[index]?.container ?? ''} to end`;
  const initial = steps.flatMap((own, index) => (index === 0 ? own : heldUntil(own, before(index - 1))));
  return [...initial, ...(steps.length === 0 ? following : heldUntil(following, before(steps.length - 1)))];
}

/** Stops wait for nothing: what is stopped here lives in a life of the sandbox that is over. */
function heldUntil(steps: readonly Step[], awaits: string): readonly Step[] {
  return steps.map((step) => (step.action.kind === 'stop-container' ? step : { ...step, awaits }));
}

/** Makes one container of the instance and starts it. */
export function creation(container: DesiredContainer, input: InstanceInput): readonly Action[] {
  const { desired, stamp, upgrade } = input;
  const { owner, site, revision, version } = stamp;
  const { role, configHash } = container;
  const identity = { owner, site, ...desired.name, applicationVersion: version, container: container.container };
  const isSandbox = role === 'sandbox';
  const own = {
    ...toLabels({ ...identity, role, revision, configHash, variables: isSandbox ? desired.variables.hash : '' }),
    ...logArchiveLabels(container.logArchive),
    ...shutdownCmdLabels(container.delayedShutdownCmd),
    ...(isSandbox ? delayedShutdownLabels(desired.delayedShutdown) : {}),
    ...(isSandbox && upgrade !== '' ? { [LABEL.upgrade]: upgrade } : {}),
  };
  const [create, start] = creationActions(container, { ...container.userLabels, ...own });
  return [fromVerified(create, input.missing), start];
}

/** What it is made from is then the very image that was verified, whatever its tag stands for by now. */
function fromVerified(create: ActionOf<'create-container'>, { verified }: Missing): ActionOf<'create-container'> {
  const { container } = create;
  // The image of sandboxes is Fairlead's own, and comes from no registry.
  if (verified === undefined || container.role === 'sandbox') return create;
  const image = verified.get(container.image);
  return image === undefined ? { ...create, unverified: true } : { ...create, container: { ...container, image } };
}

export function purposeOf(input: InstanceInput, intent: Intent, reason: string): Purpose {
  return { target: input.desired.key, application: input.application, intent, reason };
}
