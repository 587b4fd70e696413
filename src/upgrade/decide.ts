import { markerName, type Marker, type MarkerOf, type ObservedMarker } from '../model/markers.ts';
import { shortInstanceName } from '../model/names.ts';
import { runningVersion } from '../model/observed-instance.ts';
import { FREELY, type UpgradeDecision, type UpgradeFacts } from './decision.ts';
import { deadlineOf, failureOf, type UpgradedInstance } from './failure.ts';
import { findMarker, goalOf, outOfDate, type Goal } from './goal.ts';
import { turnsOf } from './per-service.ts';
import { progressOf, rolledBack, type UnderWay } from './progress.ts';
import { chooseRule } from './rule.ts';
import { singleStage, stagesOf, type Batch, type Stage } from './stages.ts';
import { freshStamp } from './stamp.ts';
import { standingsOf, type Standing, type Standings } from './standing.ts';
import { stopAndRestart } from './stop-and-restart.ts';
import { stopped } from './stopped.ts';

/**
 * Who may be worked on now, and what stands in the way of the rest (contract 8.2 to 8.4). A pure function of what is
 * wished, what is seen and what time it is: it remembers nothing, so a crash at any moment forgets nothing.
 */
export function decideUpgrade(facts: UpgradeFacts): UpgradeDecision {
  const goal = goalOf(facts);
  const began = findMarker(facts.markers, 'upgrade', goal.application.target);
  const standings = standingsOf(goal, began?.stamp, facts);
  const outdated = [...standings.values()].filter(({ kind }) => kind === 'outdated');
  const from = versionsOf(outdated, began);
  const rule = chooseRule(goal.application.upgradeFrom, from);
  if (goal.aborted !== undefined) return stopped(goal, { facts, standings, rule, from });
  if (rule === undefined || (outdated.length === 0 && began === undefined)) return free(goal, facts, standings);
  if (began === undefined) return beginning(goal, facts, from);
  return underWay({ goal, facts, standings, rule, began });
}

function versionsOf(outdated: readonly Standing[], began: ObservedMarker<'upgrade'> | undefined): readonly string[] {
  const running = outdated.map(({ observed }) => runningVersion(observed) ?? '');
  return [...new Set([...running, ...(began?.from ?? [])])].sort();
}

/** Decided as if it were noted already: a plan shows what follows, and nothing of it is done before it is noted. */
function noted(note: Marker, facts: UpgradeFacts): UpgradeDecision {
  const marker: ObservedMarker = { ...note, name: markerName(note, facts.owner), owner: facts.owner };
  const decision = decideUpgrade({ ...facts, markers: [...facts.markers, marker] });
  return { ...decision, notes: [note, ...decision.notes] };
}

function beginning({ application }: Goal, facts: UpgradeFacts, from: readonly string[]): UpgradeDecision {
  const { tenant, application: name } = application.name;
  const { target, version: to = '' } = application;
  const stamp = freshStamp(target, Object.values(facts.instances));
  return noted({ kind: 'upgrade', tenant, application: name, target, to, from, stamp, at: facts.now }, facts);
}

/** No upgrade, or one that needs no coordination. */
function free(goal: Goal, facts: UpgradeFacts, standings: Standings): UpgradeDecision {
  return {
    ...FREELY,
    application: goal.application,
    forget: outOfDate(goal, facts),
    progress: goal.failed && rolledBack(goal, goal.failed, standings),
  };
}

function underWay(upgrade: UnderWay): UpgradeDecision {
  const { goal, facts, standings, rule, began } = upgrade;
  const stages = stagesFor(upgrade);
  const upgraded = upgradedInstances(upgrade, stages);
  const reason = firstFailure(upgraded, facts.now);
  if (reason !== undefined) return noted(abortion(upgrade, reason), facts);
  const fallen =
    rule.method === 'per-service' || stages[0] === undefined
      ? turnsOf(stages, standings, facts.now)
      : stopAndRestart(stages[0], standings, facts.now);
  const { awaits, until } = fallen;
  const deadlines = upgraded.flatMap((instance) => deadlineOf(instance) ?? []);
  const times = [...(fallen.wakeAt === undefined ? [] : [fallen.wakeAt]), ...deadlines];
  const waits = rule.method === 'per-service' && awaits !== '';
  return {
    application: goal.application,
    upgrade: began.stamp,
    notes: [],
    forget: outOfDate(goal, facts),
    turns: fallen.turns,
    surplus: waits ? { kind: 'later', batch: '', awaits: 'the upgrade to end', until: undefined } : undefined,
    end: { marker: began, awaits, until },
    progress: progressOf(upgrade, stages, fallen),
    wakeAt: times.length === 0 ? undefined : Math.min(...times),
  };
}

function stagesFor({ goal: { application }, standings, rule }: UnderWay): readonly Stage[] {
  if (rule.method === 'stop-and-restart') return [singleStage(application)];
  const running = [...standings.values()].filter(({ observed }) => observed !== undefined);
  return stagesOf(application, rule, new Set(running.map(({ desired }) => desired.name.service)));
}

function abortion({ goal: { application }, facts, began }: UnderWay, reason: string): MarkerOf<'upgrade-aborted'> {
  const { tenant, application: name } = application.name;
  const { target, to, from } = began;
  return { kind: 'upgrade-aborted', tenant, application: name, target, to, from, reason, at: facts.now };
}

/** The first that has failed before its time was over, and why. */
function firstFailure(upgraded: readonly UpgradedInstance[], now: number): string | undefined {
  for (const instance of upgraded) {
    const failure = failureOf(instance, now);
    if (failure !== undefined) return `${shortInstanceName(instance.standing.desired.name)}: ${failure}`;
  }
  return undefined;
}

function isFollower(one: Standing, { kind, madeAt }: Standing): boolean {
  return kind === 'made' && one.madeAt > madeAt;
}

/** Those that could make it fail, in the order of the batches. */
function upgradedInstances({ goal, facts, standings, rule, began }: UnderWay, stages: readonly Stage[]) {
  const failed = facts.failedSteps.filter(({ desiredHash }) => desiredHash === goal.application.hash);
  const failedSteps = new Map(failed.map(({ stepId, message }) => [stepId, message]));
  const made = [...standings.values()].filter(({ kind }) => kind === 'made');
  const toInstance = (standing: Standing, { instances }: Batch, { healthyTimeMs }: Stage): UpgradedInstance => ({
    standing,
    busy: standing.busy || facts.ongoing.has(standing.desired.key),
    hasFollowers: made.some((one) => isFollower(one, standing) && !instances.includes(one.desired)),
    failedSteps,
    healthyTimeMs,
    progressDeadlineMs: rule.progressDeadlineMs,
    began: began.at,
  });
  return stages.flatMap((stage) =>
    stage.batches.flatMap((batch) =>
      batch.instances.flatMap(({ key }) => {
        const standing = standings.get(key);
        return standing === undefined ? [] : toInstance(standing, batch, stage);
      }),
    ),
  );
}
