import type { DesiredContainer, DesiredInstance } from '../model/desired.ts';
import { toLabels, type Stamp } from '../model/labels.ts';
import { LABEL } from '../model/names.ts';
import { logArchiveLabels } from '../model/log-labels.ts';
import type { ObservedContainer, ObservedInstance } from '../model/observed.ts';
import type { Intent, Step } from '../model/plan.ts';
import { judgeContainer, type Verdict } from './container-rules.ts';
import {
  creationActions,
  inPlace,
  planRemoval,
  removal,
  startAction,
  stopActions,
  type InPlaceVerdict,
} from './container-steps.ts';
import { pendingInitContainers } from './init-containers.ts';
import { announceAction, changedFiles, noteBeforeStart, outdatedFiles, writeAction } from './instance-files.ts';
import { planNewVolumes, planOtherVolumes, volumesOfOtherKind, type VolumesByName } from './instance-volumes.ts';
import { judgeValues } from './judge-values.ts';
import { everything, neededBy, type Missing } from './missing.ts';
import { sortContainers, type Pair, type WithSandbox } from './sort-containers.ts';
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
}

/** The steps that bring one instance from what it is to what it should be. */
export function planInstance(input: InstanceInput): readonly Step[] {
  const sorted = sortContainers(input.desired, input.observed);
  const { sandbox } = sorted;
  if (sandbox === undefined) return rebuild(input, absentSandbox(input.observed));
  const verdict = judgeSandbox(input, { ...sorted, sandbox });
  switch (verdict.kind) {
    case 'wait':
      return [];
    case 'replace':
      return rebuild(input, verdict);
    case 'start':
      return revive(input, { ...sorted, sandbox }, verdict.reason);
    case 'announce':
      throw new TypeError('a sandbox is told nothing');
    default:
      return tend(input, { ...sorted, sandbox }, verdict);
  }
}

/** Why everything of an instance is made anew. */
type Cause = Pick<Verdict & { kind: 'replace' }, 'intent' | 'reason'>;

function absentSandbox(observed: ObservedInstance | undefined): Cause {
  return { intent: 'repair', reason: observed === undefined ? 'it is not there' : 'its sandbox is gone' };
}

function judgeSandbox({ desired, stamp, networkIds, volumes, waits }: InstanceInput, sorted: WithSandbox): Verdict {
  const [other] = volumesOfOtherKind(desired, volumes);
  if (other !== undefined) {
    return { kind: 'replace', intent: 'replace', reason: `volume ${other.volume} is of another kind now` };
  }
  const { version } = stamp;
  const facts = { desired: desired.sandbox, observed: sorted.sandbox, version, networkIds };
  const verdict = judgeContainer({ ...facts, sandbox: undefined, changedFiles: [] });
  const isSettled = verdict.kind === 'wait' || verdict.kind === 'replace';
  return isSettled ? verdict : (judgeValues(desired, sorted, waits) ?? verdict);
}

/** Everything of the instance but its data goes, then everything comes anew. */
function rebuild(input: InstanceInput, cause: Cause): readonly Step[] {
  const { desired, observed, missing } = input;
  const intent = observed === undefined ? 'create' : cause.intent;
  const purpose = purposeOf(input, intent, cause.reason);
  const isNewVersion = intent === 'replace' || (intent === 'create' && !input.begun);
  const all = [desired.sandbox, ...desired.initContainers, ...desired.containers];
  const after = isNewVersion ? everything(missing) : neededBy(all, missing);
  const around = { present: input.volumes, stamp: input.stamp, purpose };
  const made = planNewVolumes(desired, { ...around, after });
  const removed = observed === undefined ? [] : planRemoval(observed, purpose, ends(made, after));
  const gone = ends([...made, ...removed], after);
  const others = planOtherVolumes(desired, { ...around, after: gone });
  const sandbox = chain(creation(desired.sandbox, input), purpose, ends(others, gone));
  const files = desired.files.map((one) => writeAction(desired, one, { id: desired.sandbox.name }));
  const ready = [...sandbox, ...chain(files, purpose, ends(sandbox, after))];
  const start = (member: DesiredContainer) => chain(creation(member, input), purpose, ends(ready, after));
  const initial = desired.initContainers.map(start);
  const members = desired.containers.flatMap(start);
  return [...made, ...removed, ...others, ...ready, ...oneByOne(initial, desired.initContainers, members)];
}

/** The first init container now; each of the others, and what comes after all, when the one before it has ended. */
function oneByOne(
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

/**
 * The sandbox ended and its containers are still good: it is started, and they after it. One that runs sits in the
 * network namespace that is gone, so it is stopped first. What else is to be done is seen at the next look.
 */
function revive(input: InstanceInput, sorted: WithSandbox, reason: string): readonly Step[] {
  const purpose = purposeOf(input, 'repair', `sandbox: ${reason}`);
  const after = input.missing.network;
  const present = (pairs: readonly Pair[]) =>
    pairs.flatMap(({ desired, observed }) => (observed === undefined ? [] : [{ desired, observed }]));
  const [initial, members] = [present(sorted.initContainers), present(sorted.members)];
  const stopped = [...initial, ...members].flatMap(({ observed }) => chain(stopActions(observed), purpose, after));
  const { sandbox } = input.desired;
  const own = chain([startAction(sandbox, sorted.sandbox)], purpose, ends(stopped, after));
  const start = ({ desired, observed }: Required<Pair> & { observed: ObservedContainer }) =>
    chain([startAction(desired, observed)], purpose, ends(own, []));
  const wishes = initial.map(({ desired }) => desired);
  return [...stopped, ...own, ...oneByOne(initial.map(start), wishes, members.flatMap(start))];
}

/** The sandbox stays; each container gets what it needs, by itself. */
function tend(input: InstanceInput, sorted: WithSandbox, verdict: InPlaceVerdict): readonly Step[] {
  const { desired, missing } = input;
  const { sandbox } = sorted;
  const surplus = purposeOf(input, 'replace', 'not in its specification');
  const removed = sorted.surplus.flatMap((container) => removal(container, surplus, everything(missing)));
  const purpose = purposeOf(input, 'repair', `sandbox: ${reasonOf(verdict)}`);
  const own = chain(inPlace(verdict, desired.sandbox, sandbox), purpose, missing.network);
  const writes = planWrites(input, sandbox, ends(own, missing.network));
  const place: Place = { sandbox, after: ends(writes, ends(own, [])) };
  const plan = (pair: Pair) => planMember(input, pair, place);
  const pending = pendingInitContainers(sorted);
  const members = sorted.members.flatMap(plan);
  const initial = oneByOne(
    pending.map((pair) => behindStops(plan(pair), members)),
    pending.map((pair) => pair.desired),
    members,
  );
  return [...removed, ...own, ...writes, ...initial];
}

/** While init containers are to run, a container that runs is of a former life of the sandbox: it is stopped first. */
function behindStops(steps: readonly Step[], members: readonly Step[]): readonly Step[] {
  const stops = members.flatMap(({ id, action }) => (action.kind === 'stop-container' ? [id] : []));
  return steps.map((step) => ({ ...step, after: [...step.after, ...stops] }));
}

/** Files that changed; the containers hear of it afterwards. */
function planWrites(input: InstanceInput, sandbox: ObservedContainer, after: readonly string[]): readonly Step[] {
  return outdatedFiles(input.desired, sandbox).flatMap((files) => {
    const purpose = purposeOf(input, 'update', `the files of ${files.volume} changed`);
    return chain([writeAction(input.desired, files, sandbox)], purpose, after);
  });
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
  const changed = changedFiles(input.desired, { desired, observed, sandbox });
  const facts = { desired, observed, version: stamp.version, sandbox, networkIds, changedFiles: changed };
  const verdict = judgeContainer(facts);
  const purpose = purposeOf(input, intentOf(verdict), `${desired.container}: ${reasonOf(verdict)}`);
  const ready = [...after, ...missing.network];
  switch (verdict.kind) {
    case 'replace': {
      // A new text waits for every image, what heals only for its own.
      const removed = removal(
        observed,
        purpose,
        verdict.intent === 'replace' ? [...after, ...everything(missing)] : own,
      );
      return [...removed, ...chain(creation(desired, input), purpose, ends(removed, own))];
    }
    case 'announce': {
      const listener = { desired, observed, sandbox };
      const action = announceAction(input.desired, listener, { cmd: verdict.cmd, volumes: changed });
      return chain([action], purpose, ready);
    }
    case 'start': {
      const notes = noteBeforeStart(input.desired, { desired, observed, sandbox });
      return chain([...notes, ...inPlace(verdict, desired, observed)], purpose, ready);
    }
    default:
      return chain(inPlace(verdict, desired, observed), purpose, ready);
  }
}

function intentOf(verdict: Verdict): Intent {
  if (verdict.kind === 'announce') return 'update';
  return verdict.kind === 'replace' || verdict.kind === 'restart' ? verdict.intent : 'repair';
}

function reasonOf(verdict: Verdict): string {
  return 'reason' in verdict ? verdict.reason : '';
}

function creation(container: DesiredContainer, { desired, stamp, upgrade }: InstanceInput) {
  const { owner, site, revision, version } = stamp;
  const { role, configHash } = container;
  const identity = { owner, site, ...desired.name, applicationVersion: version, container: container.container };
  const variables = role === 'sandbox' ? desired.variables.hash : '';
  const own = toLabels({ ...identity, role, revision, configHash, variables });
  const made = role === 'sandbox' && upgrade !== '' ? { [LABEL.upgrade]: upgrade } : {};
  const labels = { ...container.userLabels, ...own, ...logArchiveLabels(container.logArchive), ...made };
  return creationActions(container, labels);
}

function purposeOf(input: InstanceInput, intent: Intent, reason: string): Purpose {
  return { target: input.desired.key, application: input.application, intent, reason };
}
