import type { DesiredContainer, DesiredInstance } from '../model/desired.ts';
import { toLabels } from '../model/labels.ts';
import type { InstanceName } from '../model/names.ts';
import type { ObservedContainer, ObservedInstance } from '../model/observed.ts';
import type { Action, Intent, Step } from '../model/plan.ts';
import { judgeContainer, type Verdict } from './container-rules.ts';
import { chain, ends, type Purpose } from './steps.ts';

/** What the containers of an instance are stamped with beside their own fields. */
export interface Stamp {
  readonly owner: string;
  readonly site: string;
  readonly revision: string;
  readonly version: string | undefined;
}

export interface InstanceInput {
  readonly desired: DesiredInstance;
  readonly observed: ObservedInstance | undefined;
  readonly stamp: Stamp;
  readonly application: string;
  /** Engine ids of what has the name of the application network. */
  readonly networkIds: readonly string[];
  readonly missing: Missing;
  /** Something of the application runs in this version already: its images are not waited for as a whole any more. */
  readonly begun: boolean;
}

/** What the application still lacks, by the steps that will bring it. */
export interface Missing {
  /** Before anything is stopped, made or started. */
  readonly network: readonly string[];
  /** Image → the step that brings it. */
  readonly images: ReadonlyMap<string, string>;
}

/** Before anything is replaced by another version or text: the network and every image of the application. */
export function everything({ network, images }: Missing): readonly string[] {
  return [...network, ...images.values()];
}

/** Before these containers are made as they were: their own images. What heals waits for no image of others. */
function neededBy(containers: readonly DesiredContainer[], { network, images }: Missing): readonly string[] {
  return [...network, ...new Set(containers.flatMap(({ image }) => images.get(image) ?? []))];
}

/** The steps that bring one instance from what it is to what it should be. */
export function planInstance(input: InstanceInput): readonly Step[] {
  const sorted = sortContainers(input);
  const { sandbox } = sorted;
  if (sandbox === undefined) return rebuild(input, absentSandbox(input.observed));
  const verdict = judgeSandbox(input, sandbox);
  switch (verdict.kind) {
    case 'wait':
      return [];
    case 'make':
    case 'replace':
      return rebuild(input, verdict);
    case 'start':
      return revive(input, { ...sorted, sandbox }, verdict.reason);
    default:
      return tend(input, { ...sorted, sandbox }, verdict);
  }
}

/** Stops and removes every container of an instance that is no longer wanted: the members together, the sandbox last. */
export function planRemoval(observed: ObservedInstance, purpose: Purpose, after: readonly string[]): readonly Step[] {
  const isSandbox = (container: ObservedContainer) => container.identity?.role === 'sandbox';
  const members = observed.containers.filter((container) => !isSandbox(container));
  const removed = members.flatMap((member) => removal(member, purpose, after));
  const sandboxes = observed.containers.filter(isSandbox);
  return [...removed, ...sandboxes.flatMap((sandbox) => chain([removeAction(sandbox)], purpose, ends(removed, after)))];
}

interface Pair {
  readonly desired: DesiredContainer;
  readonly observed: ObservedContainer | undefined;
}

interface SortedContainers {
  readonly sandbox: ObservedContainer | undefined;
  readonly members: readonly Pair[];
  /** Not in the specification, or one too many of a name. */
  readonly surplus: readonly ObservedContainer[];
}

type WithSandbox = SortedContainers & { readonly sandbox: ObservedContainer };

/** Matches containers to wishes by label, never by name: somebody may have renamed one. */
function sortContainers({ desired, observed }: InstanceInput): SortedContainers {
  const left = new Set(observed?.containers ?? []);
  const take = (wanted: DesiredContainer): ObservedContainer | undefined => {
    const candidates = [...left].filter(
      ({ identity }) => identity?.role === wanted.role && identity.container === wanted.container,
    );
    const chosen = candidates.find(({ name }) => name === wanted.name) ?? candidates[0];
    if (chosen !== undefined) left.delete(chosen);
    return chosen;
  };
  const sandbox = take(desired.sandbox);
  const members = desired.containers.map((wanted) => ({ desired: wanted, observed: take(wanted) }));
  return { sandbox, members, surplus: [...left] };
}

function absentSandbox(observed: ObservedInstance | undefined): Verdict & { kind: 'make' } {
  return { kind: 'make', reason: observed === undefined ? 'it is not there' : 'its sandbox is gone' };
}

function judgeSandbox({ desired, stamp, networkIds }: InstanceInput, sandbox: ObservedContainer): Verdict {
  const { version } = stamp;
  return judgeContainer({ desired: desired.sandbox, observed: sandbox, version, sandbox: undefined, networkIds });
}

/** Everything of the instance goes, then everything comes anew. */
function rebuild(input: InstanceInput, verdict: Verdict & { kind: 'make' | 'replace' }): readonly Step[] {
  const { desired, observed, missing } = input;
  const intent = observed === undefined ? 'create' : verdict.kind === 'make' ? 'repair' : verdict.intent;
  const purpose = purposeOf(input, intent, verdict.reason);
  const own = neededBy([desired.sandbox, ...desired.containers], missing);
  const isNewVersion = intent === 'replace' || (intent === 'create' && !input.begun);
  const after = isNewVersion ? everything(missing) : own;
  const removed = observed === undefined ? [] : planRemoval(observed, purpose, after);
  const sandbox = chain(creation(desired.sandbox, input), purpose, ends(removed, after));
  const ready = ends(sandbox, after);
  return [
    ...removed,
    ...sandbox,
    ...desired.containers.flatMap((member) => chain(creation(member, input), purpose, ready)),
  ];
}

/**
 * The sandbox ended and its containers are still good: it is started, and they after it. One that runs sits in the
 * network namespace that is gone, so it is stopped first. What else is to be done is seen at the next look.
 */
function revive(input: InstanceInput, sorted: WithSandbox, reason: string): readonly Step[] {
  const purpose = purposeOf(input, 'repair', `sandbox: ${reason}`);
  const after = input.missing.network;
  const members = sorted.members.map((pair) => pair.observed).filter((member) => member !== undefined);
  const stopped = members.flatMap((member) => chain(stopActions(member), purpose, after));
  const start = (container: ObservedContainer): Action => ({ kind: 'start-container', name: container.name });
  const own = chain([start(sorted.sandbox)], purpose, ends(stopped, after));
  return [...stopped, ...own, ...members.flatMap((member) => chain([start(member)], purpose, ends(own, [])))];
}

/** The sandbox stays; each container gets what it needs, by itself. */
function tend(input: InstanceInput, sorted: WithSandbox, verdict: Verdict): readonly Step[] {
  const surplus = purposeOf(input, 'replace', 'not in its specification');
  const removed = sorted.surplus.flatMap((container) => removal(container, surplus, everything(input.missing)));
  const purpose = purposeOf(input, 'repair', `sandbox: ${reasonOf(verdict)}`);
  const own = chain(inPlace(verdict, input.desired.sandbox, sorted.sandbox), purpose, input.missing.network);
  const after = ends(own, []);
  return [
    ...removed,
    ...own,
    ...sorted.members.flatMap((pair) => planMember(input, pair, { sandbox: sorted.sandbox, after })),
  ];
}

/** The sandbox of a container, and what is done to it before anything is done to the container. */
interface Place {
  readonly sandbox: ObservedContainer;
  readonly after: readonly string[];
}

function planMember(input: InstanceInput, { desired, observed }: Pair, { sandbox, after }: Place): readonly Step[] {
  const { missing, stamp, networkIds } = input;
  const own = [...after, ...neededBy([desired], missing)];
  if (observed === undefined) {
    return chain(creation(desired, input), purposeOf(input, 'repair', `${desired.container}: it is missing`), own);
  }
  const verdict = judgeContainer({ desired, observed, version: stamp.version, sandbox, networkIds });
  const intent = verdict.kind === 'replace' ? verdict.intent : 'repair';
  const purpose = purposeOf(input, intent, `${desired.container}: ${reasonOf(verdict)}`);
  if (verdict.kind !== 'replace') {
    return chain(inPlace(verdict, desired, observed), purpose, [...after, ...missing.network]);
  }
  const removed = removal(observed, purpose, intent === 'replace' ? [...after, ...everything(missing)] : own);
  return [...removed, ...chain(creation(desired, input), purpose, ends(removed, own))];
}

function reasonOf(verdict: Verdict): string {
  return 'reason' in verdict ? verdict.reason : '';
}

/** The actions of a verdict that keeps the container. */
function inPlace(verdict: Verdict, desired: DesiredContainer, observed: ObservedContainer): readonly Action[] {
  const { id } = observed;
  switch (verdict.kind) {
    case 'keep':
    case 'wait':
      return [];
    case 'start':
      return [{ kind: 'start-container', name: observed.name }];
    case 'rejoin':
      return [...stopActions(observed), { kind: 'start-container', name: observed.name }];
    case 'unpause':
      return [{ kind: 'unpause-container', name: observed.name, id }];
    case 'update':
      return [
        { kind: 'update-container', name: observed.name, id, resources: desired.resources, restart: desired.restart },
      ];
    case 'rename':
      return [{ kind: 'rename-container', name: desired.name, id }];
    case 'make':
    case 'replace':
      throw new TypeError(`${verdict.kind} does not keep the container`);
    default:
      return verdict satisfies never;
  }
}

function creation(container: DesiredContainer, { desired, stamp }: InstanceInput): readonly Action[] {
  return [
    { kind: 'create-container', container, labels: labelsOf(container, desired.name, stamp) },
    { kind: 'start-container', name: container.name },
  ];
}

function labelsOf(container: DesiredContainer, name: InstanceName, stamp: Stamp): Readonly<Record<string, string>> {
  const { owner, site, revision, version } = stamp;
  const { role, configHash } = container;
  const identity = { owner, site, ...name, applicationVersion: version, container: container.container };
  return { ...container.userLabels, ...toLabels({ ...identity, role, revision, configHash }) };
}

function removal(container: ObservedContainer, purpose: Purpose, after: readonly string[]): readonly Step[] {
  return chain([...stopActions(container), removeAction(container)], purpose, after);
}

/** A paused process cannot hear a signal, so it is woken first. */
function stopActions(container: ObservedContainer): readonly Action[] {
  const { name, id, stopTimeoutMs: graceMs } = container;
  if (!isActive(container)) return [];
  const stop: Action = { kind: 'stop-container', name, id, graceMs };
  return container.status === 'paused' ? [{ kind: 'unpause-container', name, id }, stop] : [stop];
}

function removeAction({ name, id }: ObservedContainer): Action {
  return { kind: 'remove-container', name, id };
}

/** `Status` tells; the engine's `Running` is true for one that is between two restarts, too. */
function isActive(container: ObservedContainer | undefined): boolean {
  return container !== undefined && ['running', 'paused', 'restarting', 'unknown'].includes(container.status);
}

function purposeOf(input: InstanceInput, intent: Intent, reason: string): Purpose {
  return { target: input.desired.key, application: input.application, intent, reason };
}
