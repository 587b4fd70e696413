import type { DesiredApplication } from '../../src/model/desired.ts';
import { LABEL } from '../../src/model/names.ts';
import type { Step } from '../../src/model/plan.ts';
import { batchesOf, courseOf, healthyTimeOf, isSameBatch, type Course } from './oracle.ts';
import type { Moment } from './simulation.ts';
import { roleOf, type TrueInstance } from './truth.ts';

// What no step may do, judged by how things really are at the moment it begins.

export interface Situation extends Moment {
  readonly course: Course;
  /** Upgraded instances of which a container has ended before their time was over, by the ids of their sandboxes. */
  readonly failed: ReadonlyMap<string, string>;
}

interface Law {
  /** A sentence of the specification. */
  readonly says: string;
  /** In words, how this step breaks it. */
  readonly brokenBy: (step: Step, situation: Situation) => string | undefined;
}

export const LAWS = {
  'in-parallel': {
    says: 'an upgrade takes no instance down while as many of its service are down as may be at a time',
    brokenBy: (step, situation) => {
      const victim = oldVictim(step, situation);
      const most = victim && situation.course.rule && batchesOf(situation.course.rule, victim.service)?.inParallel;
      if (victim === undefined || most === undefined) return undefined;
      const down = downOf(victim, situation);
      return down.length + 1 > most ? `${down.join(', ')} of at most ${most} are down already` : undefined;
    },
  },
  'healthy-time': {
    says: 'what was upgraded has been ready for its healthy-time before an old instance of another batch is touched',
    brokenBy: (step, situation) => {
      const victim = oldVictim(step, situation);
      const { rule, application } = situation.course;
      if (victim === undefined || rule?.method !== 'per-service') return undefined;
      const hasty = application.instances
        .flatMap(({ key }) => situation.instances.get(key) ?? [])
        .filter((one) => isMade(one, situation.course) || isUnproven(one, situation.course))
        .filter((one) => !isSameBatch(rule, one, victim))
        .filter(({ readySince, service }) => (readySince ?? Infinity) + healthyTimeOf(rule, service) > situation.now);
      return hasty.length === 0 ? undefined : `${hasty.map(({ key }) => key).join(', ')} did not have the time`;
    },
  },
  order: {
    says: 'listed services come in their order, the others after them',
    brokenBy: (step, situation) => {
      const victim = oldVictim(step, situation);
      const { rule, application, isOld } = situation.course;
      if (victim === undefined || rule?.method !== 'per-service') return undefined;
      const place = (service: string) => rule.services.findIndex((one) => one.service === service) >>> 0;
      const before = application.instances
        .flatMap(({ key }) => situation.instances.get(key) ?? [])
        .filter((one) => isOld(one) && place(one.service) < place(victim.service));
      return before.length === 0 ? undefined : `${before.map(({ key }) => key).join(', ')} should have come first`;
    },
  },
  noted: {
    says: 'the beginning of an upgrade is on the engine before the first old instance is taken down',
    brokenBy: (step, situation) => {
      const { rule, begun } = situation.course;
      if (rule === undefined || oldVictim(step, situation) === undefined) return undefined;
      return begun === undefined ? 'nothing says that it has begun' : undefined;
    },
  },
  'stop-first': {
    says: 'an upgrade that stops everything starts nothing new before everything old is gone',
    brokenBy: ({ action, target }, { course, instances }) => {
      if (course.rule?.method !== 'stop-and-restart' || action.kind !== 'create-container') return undefined;
      const { application, isOld } = course;
      // One of the new version already is healed.
      if (versionOf(action.labels) !== (application.version ?? '') || instances.has(target)) return undefined;
      const left = application.instances.flatMap(({ key }) => instances.get(key) ?? []).filter(isOld);
      return left.length === 0 ? undefined : `${left.map(({ key }) => key).join(', ')} are there`;
    },
  },
  abort: {
    says: 'a failure is on the engine before anything is done to the instance that failed',
    brokenBy: ({ target, action }, { instances, failed }) => {
      const reason = failed.get(instances.get(target)?.sandbox?.id ?? '');
      return reason === undefined || action.kind === 'create-marker' ? undefined : `${target} failed: ${reason}`;
    },
  },
  stopped: {
    says: 'after an abort nothing that is old and well is taken down',
    brokenBy: (step, situation) => {
      const victim = victimOf(step, situation);
      const { isStopped, isOld, application } = situation.course;
      if (!isStopped || victim === undefined) return undefined;
      const isWished = application.instances.some(({ key }) => key === victim.key);
      return isOld(victim) || !isWished ? `${victim.key} was well` : undefined;
    },
  },
  surplus: {
    says: 'what the new version has no more goes after everything else has been upgraded',
    brokenBy: (step, situation) => {
      const victim = victimOf(step, situation);
      const { rule, application, isOld, begun } = situation.course;
      if (victim === undefined || rule?.method !== 'per-service' || begun === undefined) return undefined;
      if ([...application.instances, ...application.unplaced].some(({ key }) => key === victim.key)) return undefined;
      const left = application.instances.filter(({ key }) => {
        const one = situation.instances.get(key);
        return one === undefined || isOld(one) || (isMade(one, situation.course) && one.readySince === undefined);
      });
      return left.length === 0 ? undefined : `${left.map(({ key }) => key).join(', ')} are not upgraded yet`;
    },
  },
  gone: {
    says: 'an old version is not started again after its last instance is gone, unless it is to come back',
    brokenBy: ({ action }, { course, instances }) => {
      if (action.kind !== 'create-container') return undefined;
      const version = versionOf(action.labels);
      const runs = [...instances.values()].some((one) =>
        one.containers.some(({ labels }) => versionOf(labels) === version),
      );
      return runs || version === (course.application.version ?? '') ? undefined : `nothing of ${version} was left`;
    },
  },
  volumes: {
    says: 'no data is lost that a text still wants which runs, is wished for or may come back',
    brokenBy: ({ action, target }, situation) => {
      if (action.kind !== 'remove-volume') return undefined;
      const wanted = textsInForce(situation).some(({ instances }) =>
        instances.some(({ key, volumes }) => key === target && volumes.some(({ name }) => name === action.name)),
      );
      return wanted || action.name.endsWith('.data') ? `${action.name} was wanted` : undefined;
    },
  },
} as const satisfies Record<string, Law>;

export type LawName = keyof typeof LAWS;

/** The instance that is ready and is not any more when this step is done. */
function victimOf({ action, target }: Step, { instances }: Moment): TrueInstance | undefined {
  if (action.kind !== 'stop-container' && action.kind !== 'remove-container') return undefined;
  const instance = instances.get(target);
  if (instance?.readySince === undefined) return undefined;
  const hit = instance.containers.find(({ id }) => id === action.id);
  return hit?.status === 'running' && roleOf(hit) !== 'init-container' ? instance : undefined;
}

/** The same, where that is for an upgrade. */
function oldVictim(step: Step, situation: Situation): TrueInstance | undefined {
  const victim = victimOf(step, situation);
  const { isOld, application } = situation.course;
  const isWished = application.instances.some(({ key }) => key === victim?.key);
  return victim !== undefined && isWished && isOld(victim) ? victim : undefined;
}

/** Of its service: whoever else is down, for whatever reason, or about to be. */
function downOf(victim: TrueInstance, { course, instances, inFlight }: Situation): readonly string[] {
  const ending = new Set(
    inFlight
      .filter(({ action }) => ['stop-container', 'remove-container'].includes(action.kind))
      .map(({ target }) => target),
  );
  const others = course.application.instances.filter(
    ({ key, name }) => name.service === victim.service && key !== victim.key,
  );
  return others.map(({ key }) => key).filter((key) => ending.has(key) || instances.get(key)?.readySince === undefined);
}

/** By the upgrade that is under way. */
export function isMade({ version, upgrade }: TrueInstance, { application, begun }: Course): boolean {
  return version === (application.version ?? '') && upgrade !== '' && upgrade === begun?.stamp;
}

/** Made by an upgrade to another text of the version it goes to; a rollback goes to what had its time. */
function isUnproven({ version, upgrade }: TrueInstance, { application, isWayBack }: Course): boolean {
  if (isWayBack || version !== (application.version ?? '')) return false;
  return upgrade !== '' && !upgrade.startsWith(application.target);
}

/** What is wished for and, as long as an upgrade is not over, what was before. */
function textsInForce({ course, desired, earlier, instances }: Situation): readonly DesiredApplication[] {
  const { application, rule, isOld, isStopped, isWayBack, begun } = course;
  const old = application.instances.flatMap(({ key }) => instances.get(key) ?? []).filter(isOld);
  const isUnderWay = begun !== undefined || ((rule !== undefined || isStopped) && old.length > 0);
  const versions = new Set([...old.map(({ version }) => version), ...(begun?.from ?? [])]);
  const former = isUnderWay ? earlier.filter(({ version }) => versions.has(version ?? '')) : [];
  return [application, ...(isWayBack ? [] : [desired]), ...former];
}

function versionOf(labels: Readonly<Record<string, string>>): string {
  return labels[LABEL.applicationVersion] ?? '';
}

export function situationOf(moment: Moment, failed: ReadonlyMap<string, string>): Situation {
  return { ...moment, course: courseOf(moment), failed };
}
