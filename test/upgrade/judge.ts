import { planHost, type PlannedHost } from '../../src/plan/plan-host.ts';
import type { Plan } from '../../src/model/plan.ts';
import { isMade, LAWS, situationOf, type LawName } from './laws.ts';
import { abortedOf, courseOf, healthyTimeOf } from './oracle.ts';
import type { Planner, Watcher } from './simulation.ts';
import { keyOf, roleOf } from './truth.ts';

export interface Judge extends Watcher {
  /** The course of things was interrupted: what was seen of failures does not count any more. */
  forget(): void;
  /** Upgraded instances that failed, by the ids of their sandboxes. */
  readonly failed: ReadonlyMap<string, string>;
  /** What happened, one line each, oldest first. */
  readonly story: readonly string[];
  tell(line: string): void;
}

/** Looks on and throws when a law is broken. `laws`: only these; `planner`: whose plans are made afresh to compare. */
export function createJudge(
  laws: readonly LawName[] = Object.keys(LAWS) as LawName[],
  planner: Planner = planHost,
): Judge {
  const failed = new Map<string, string>();
  const story: string[] = [];
  let looks = 0;

  return {
    failed,
    story,
    tell: (line) => void story.push(line),
    forget: () => failed.clear(),
    begins(step, moment) {
      story.push(`${moment.now} begins: ${step.id} — ${step.reason}`);
      const situation = situationOf(moment, failed);
      if (situation.course.isStopped || abortedOf(moment.markers, moment.desired)) failed.clear();
      for (const name of laws) {
        const broken = LAWS[name].brokenBy(step, situation);
        if (broken !== undefined) throw new Error(`${LAWS[name].says}: ${step.id}, but ${broken} [${name}]`);
      }
    },
    performed: ({ id }, outcome) => void story.push(`  ${outcome}: ${id}`),
    planned(input, planned) {
      looks += 1;
      const { wakeAt } = planned.plan;
      if (wakeAt !== undefined && wakeAt <= input.now) throw new Error('the next look is in the past: it would spin');
      if (looks % 16 === 0) expectSamePlan(planned, planner(input));
    },
    fails(container, moment) {
      story.push(`${moment.now} ends: ${container.name}`);
      const instance = moment.instances.get(keyOf(container));
      if (instance?.sandbox === undefined || roleOf(container) !== 'container') return;
      const course = courseOf(moment);
      const isProven = (instance.longestReady ?? -1) >= healthyTimeOf(course.rule, instance.service);
      const isBusy = moment.inFlight.some(({ target }) => target === instance.key);
      const isWished = course.application.instances.some(({ key }) => key === instance.key);
      if (isProven || isBusy || !isWished || course.isStopped || !isMade(instance, course)) return;
      failed.set(instance.sandbox.id, `${container.name} ended`);
    },
  };
}

/** What was planned before saves work and decides nothing. */
function expectSamePlan(planned: PlannedHost, afresh: PlannedHost): void {
  const [former, fresh] = [linesOf(planned.plan), linesOf(afresh.plan)];
  const difference = former.findIndex((line, index) => line !== fresh[index]);
  if (difference < 0 && former.length === fresh.length) return;
  throw new Error(
    `planned from its former plan: ${former[difference] ?? 'less'}; afresh: ${fresh[difference] ?? 'more'}`,
  );
}

function linesOf({ steps, later }: Plan): readonly string[] {
  return [
    ...steps.map(({ id, reason, after }) => `${id} — ${reason} after ${after.join()}`),
    ...later.map(
      ({ step, at, waitingFor }) => `${step.id} — ${step.reason} waits for ${waitingFor} until ${at ?? '-'}`,
    ),
  ];
}
