import { isMadeFrom } from '../model/made-from.ts';
import type { ObservedContainer, ObservedInstance } from '../model/observed.ts';
import type { Intent, Step } from '../model/plan.ts';
import { judgeContainer, type Verdict } from './container-rules.ts';
import { inPlace, removal, startAction, stopActions, type InPlaceVerdict } from './container-steps.ts';
import { pendingInitContainers } from './init-containers.ts';
import { announceAction, changedFiles, noteBeforeStart, outdatedFiles, writeAction } from './instance-files.ts';
import { volumesOfOtherKind } from './instance-volumes.ts';
import { judgeValues } from './judge-values.ts';
import { creation, oneByOne, purposeOf, rebuild, succeed, type Cause, type InstanceInput } from './make-instance.ts';
import { everything, neededBy } from './missing.ts';
import { livingSandbox } from './plan-departure.ts';
import { noteRestart, RESTART_REASON } from './restarts.ts';
import { sortContainers, type Pair, type SortedContainers, type WithSandbox } from './sort-containers.ts';
import { chain, ends } from './steps.ts';

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
      return replace(input, verdict);
    case 'announce':
      throw new TypeError('a sandbox is told nothing');
    default:
      return restart(input, sandbox) ?? keep(input, { ...sorted, sandbox }, verdict);
  }
}

/** Beside what there is of it where the service has that live on, and it is good for something. */
function replace(input: InstanceInput, cause: Cause): readonly Step[] {
  const { desired, volumes, restart: wish } = input;
  const isDelayed = cause.intent === 'replace' && wish?.delayed !== false;
  const sandbox = isDelayed ? lingerable(input) : undefined;
  // Volumes cannot be made anew while somebody has them.
  const isInTheWay = volumesOfOtherKind(desired, volumes).length > 0;
  return sandbox === undefined || isInTheWay ? rebuild(input, cause) : succeed(input, cause, sandbox);
}

/** What a restart that somebody asked for comes to; undefined: nobody did. */
function restart(input: InstanceInput, sandbox: ObservedContainer): readonly Step[] | undefined {
  const { restart: wish, desired, stamp, now } = input;
  if (wish === undefined) return undefined;
  const cause: Cause = { intent: 'replace', reason: RESTART_REASON, isRestart: true };
  if (wish.kind === 'noted') return replace(input, cause);
  const purpose = purposeOf(input, cause.intent, cause.reason);
  return [noteRestart(sandbox, wish.delayed, purpose, { ...stamp, name: desired.name, now })];
}

/**
 * The sandbox stays, unless its instance lives on when one of its containers changes. One that does not run serves nobody
 * and is made anew where it is: else it would be an accident whether another one of them is started before it goes.
 */
function keep(input: InstanceInput, sorted: WithSandbox, verdict: StayVerdict): readonly Step[] {
  if (verdict.kind === 'start') return revive(input, sorted, verdict.reason);
  const sandbox = lingerable(input);
  const changed = sandbox && changedMember(sorted);
  if (changed === undefined || sandbox === undefined) return tend(input, sorted, verdict);
  return succeed(input, { intent: 'replace', reason: changed }, sandbox);
}

/** The sandbox of an instance that may live on; undefined: it may not, or serves nobody. */
function lingerable({ desired, observed, isStillServed }: InstanceInput): ObservedContainer | undefined {
  return desired.delayedShutdown === undefined || isStillServed ? undefined : livingSandbox(observed);
}

type StayVerdict = Exclude<Verdict, { kind: 'replace' | 'announce' }>;

/** Why a container that runs is to be made anew, or goes; undefined: none is. */
function changedMember({ members, surplus }: SortedContainers): string | undefined {
  const changed = members.find(
    ({ desired, observed }) => observed?.status === 'running' && !isMadeFrom(desired, observed.identity?.configHash),
  );
  if (changed !== undefined) return `${changed.desired.container}: its specification changed`;
  const known = new Set(members.map(({ desired }) => desired.container));
  const gone = surplus.find(
    ({ identity, status }) => status === 'running' && identity?.role === 'container' && !known.has(identity.container),
  );
  return gone === undefined ? undefined : `${gone.identity?.container ?? ''}: not in its specification`;
}

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
