import type { DelayedShutdown, DesiredApplication, DesiredInstance } from '../model/desired.ts';
import { applicationKey, shortInstanceName, type ApplicationName } from '../model/names.ts';
import { sandboxOf } from '../model/observed-instance.ts';
import type { LingeringInstance, ObservedApplication, ObservedContainer, ObservedVolume } from '../model/observed.ts';
import { findText } from '../upgrade/earlier-text.ts';
import { readinessOf } from '../upgrade/readiness.ts';
import { volumesOfOtherKind } from './instance-volumes.ts';

// How old instances in delayed shutdown stand (avassa-reference 2.9): derived anew at each look from what is seen.

/** What the judgement depends on. */
export interface LingeringFacts {
  readonly name: ApplicationName;
  /** Absent: the application goes. */
  readonly desired: DesiredApplication | undefined;
  readonly observed: ObservedApplication | undefined;
  /** Of the application. */
  readonly volumes: readonly ObservedVolume[];
  /** ms since the epoch */
  readonly now: number;
}

export type LingeringStage =
  /** Its successor is not ready, so it still serves: until then, or until `until`. */
  | { readonly kind: 'needed'; readonly successor: string; readonly until: number }
  /** Its containers are to be asked to end. */
  | { readonly kind: 'due'; readonly reason: string }
  /** They were asked: they end by themselves, or are ended at `until`. */
  | { readonly kind: 'leaving'; readonly until: number }
  /** What is left of it goes. */
  | { readonly kind: 'over'; readonly reason: string };

export interface JudgedLingering {
  readonly instance: LingeringInstance;
  /** The N of its name: the one it has where nobody else wants that, else the smallest free one. */
  readonly number: number;
  readonly stage: LingeringStage;
}

/** Those of which there is something left, in the order of `ObservedApplication.lingering`. Times are ms since the epoch. */
export function judgeLingering(facts: LingeringFacts): readonly JudgedLingering[] {
  const present = (facts.observed?.lingering ?? []).filter(({ containers }) => containers.length > 0);
  if (present.length === 0) return [];
  const numbers = numberThem(facts, present);
  const judged = present.map((instance) => {
    const settings = settingsOf(instance, facts.desired);
    return { instance, settings, number: numbers.get(instance) ?? 0, stage: stageOf(instance, settings, facts) };
  });
  const crowding = beyondLimit(judged);
  return judged.map((one) => {
    const { instance, number, stage } = one;
    if (!crowding.has(one)) return { instance, number, stage };
    const reason = `no more than ${counted(one.settings?.maxInstances ?? 0)} of ${instance.service} may live on`;
    return { instance, number, stage: { kind: 'over', reason } };
  });
}

interface Settled extends JudgedLingering {
  readonly settings: DelayedShutdown | undefined;
}

function counted(instances: number): string {
  return instances === 1 ? '1 old instance' : `${instances} old instances`;
}

/** The newest text counts as long as it has the service; then what the instance was made with. */
export function settingsOf(
  { service, containers }: Pick<LingeringInstance, 'service' | 'containers'>,
  desired: DesiredApplication | undefined,
): DelayedShutdown | undefined {
  const wish = desired?.instances.find(({ name }) => name.service === service);
  return wish === undefined ? sandboxOf({ containers })?.delayedShutdown : wish.delayedShutdown;
}

/** What asks a container to end; [] is nothing. */
export function shutdownCmdOf(
  container: ObservedContainer,
  desired: DesiredApplication | undefined,
): readonly string[] {
  const { identity } = container;
  if (identity?.role !== 'container') return [];
  const wish = desired?.instances
    .find(({ name }) => name.service === identity.service)
    ?.containers.find((wanted) => wanted.container === identity.container);
  return wish?.delayedShutdownCmd ?? container.delayedShutdownCmd;
}

/** First match wins. */
function stageOf(
  instance: LingeringInstance,
  settings: DelayedShutdown | undefined,
  facts: LingeringFacts,
): LingeringStage {
  const successor = successorOf(instance, facts.desired);
  const reason = hasEnded(instance, facts.desired) ?? isInTheWay(successor, facts);
  if (reason !== undefined) return { kind: 'over', reason };
  if (settings === undefined) return { kind: 'over', reason: 'its service has no delayed shutdown any more' };
  const { timeoutMs } = settings;
  if (instance.askedAt !== undefined) {
    const until = instance.askedAt + timeoutMs;
    return facts.now < until ? { kind: 'leaving', until } : { kind: 'over', reason: 'its time is over' };
  }
  const until = instance.since + timeoutMs;
  if (successor === undefined) return { kind: 'due', reason: 'it has no successor' };
  if (successor.isReady(facts.observed)) return { kind: 'due', reason: `${successor.name} is ready` };
  if (facts.now < until) return { kind: 'needed', successor: successor.name, until };
  return { kind: 'due', reason: `${successor.name} did not get ready in time` };
}

/** Why there is nothing left to wait for; undefined: there is. */
function hasEnded({ containers }: LingeringInstance, desired: DesiredApplication | undefined): string | undefined {
  const sandbox = sandboxOf({ containers });
  if (sandbox === undefined) return 'its sandbox is gone';
  if (isAtRest(sandbox)) return 'its sandbox has ended';
  const members = containers.filter(({ identity }) => identity?.role === 'container');
  const asked = members.filter((member) => shutdownCmdOf(member, desired).length > 0);
  return (asked.length === 0 ? members : asked).every(isAtRest) ? 'it has ended' : undefined;
}

/** What the engine does not bring back, or never began. */
function isAtRest({ status }: ObservedContainer): boolean {
  return status === 'exited' || status === 'dead' || status === 'created';
}

/** Why its successor cannot be made beside it; undefined: it can. */
function isInTheWay(successor: Successor | undefined, { volumes }: LingeringFacts): string | undefined {
  if (successor?.desired === undefined) return undefined;
  const [other] = volumesOfOtherKind(successor.desired, new Map(volumes.map((volume) => [volume.name, volume])));
  return other === undefined ? undefined : `volume ${other.volume} is of another kind now`;
}

interface Successor {
  /** `web-1` */
  readonly name: string;
  /** Absent: no host can take it. */
  readonly desired: DesiredInstance | undefined;
  isReady(observed: ObservedApplication | undefined): boolean;
}

/** What has its number in the newest text. */
function successorOf(
  { service, index }: LingeringInstance,
  desired: DesiredApplication | undefined,
): Successor | undefined {
  const isIts = ({ name }: { readonly name: { readonly service: string; readonly index: number } }) =>
    name.service === service && name.index === index;
  const wish = desired?.instances.find(isIts);
  const name = shortInstanceName({ service, index });
  const text = desired === undefined ? [] : [desired];
  if (wish !== undefined) {
    const isReady = (observed: ObservedApplication | undefined) => {
      const found = observed?.instances[wish.key];
      return found !== undefined && findText(found, text) !== undefined && readinessOf(wish, found).kind === 'ready';
    };
    return { name, desired: wish, isReady };
  }
  return desired?.unplaced.some(isIts) === true ? { name, desired: undefined, isReady: () => false } : undefined;
}

/** The oldest of a service where more live on than may. One that is needed counts, but stays: it serves. */
function beyondLimit(judged: readonly Settled[]): ReadonlySet<Settled> {
  const alive = judged.filter(({ stage }) => stage.kind !== 'over');
  const services = new Set(alive.map(({ instance }) => instance.service));
  const crowding = [...services].flatMap((service) => {
    const own = alive.filter(({ instance }) => instance.service === service);
    const most = own.at(-1)?.settings?.maxInstances ?? 0;
    return own.filter(({ stage }) => stage.kind !== 'needed').slice(0, Math.max(0, own.length - most));
  });
  return new Set(crowding);
}

/** Those that can keep their number do; the oldest of the others first. */
function numberThem(
  facts: LingeringFacts,
  present: readonly LingeringInstance[],
): ReadonlyMap<LingeringInstance, number> {
  const { desired, observed } = facts;
  const wishes = [...(desired?.instances ?? []), ...(desired?.unplaced ?? [])].map(({ name }) => name);
  const taken = new Set([...wishes, ...Object.values(observed?.instances ?? {})].map(shortInstanceName));
  const numbers = new Map<LingeringInstance, number>();
  const take = (instance: LingeringInstance, number: number) => {
    taken.add(shortInstanceName({ service: instance.service, index: number }));
    numbers.set(instance, number);
  };
  const isFree = ({ service }: LingeringInstance, index: number) => !taken.has(shortInstanceName({ service, index }));
  for (const instance of present) {
    const current = currentNumber(facts.name, instance);
    if (current !== undefined && isFree(instance, current)) take(instance, current);
  }
  for (const instance of present.filter((one) => !numbers.has(one))) {
    let number = 1;
    while (!isFree(instance, number)) number += 1;
    take(instance, number);
  }
  return numbers;
}

/** The N of the name it has on the engine, its sandbox before all; undefined: somebody gave it another name. */
export function currentNumber(name: ApplicationName, instance: LingeringInstance): number | undefined {
  const named = sandboxOf(instance) ?? instance.containers[0];
  return named && numberIn(named.name, name, instance.service);
}

/** The N in the name of a container or sandbox; undefined: it is none of the service's. */
export function numberIn(container: string, name: ApplicationName, service: string): number | undefined {
  const before = `${applicationKey(name)}.${service}-`;
  if (!container.startsWith(before)) return undefined;
  const number = /^[1-9]\d{0,8}(?=\.|$)/.exec(container.slice(before.length));
  return number === null ? undefined : Number(number[0]);
}
