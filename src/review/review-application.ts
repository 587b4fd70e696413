import type { ForeseenStep } from '../foresee/foresee.ts';
import type { DesiredApplication, DesiredInstance } from '../model/desired.ts';
import { shortInstanceName } from '../model/names.ts';
import type { HeldRemoval, Step } from '../model/plan.ts';
import type { UpgradeRule } from '../model/upgrade-rule.ts';
import type { ApplicationReview, FieldChange, ServiceReview, VolumeReview } from '../status/documents.ts';
import { formatDuration } from '../status/format.ts';
import { chooseRule } from '../upgrade/rule.ts';
import { classify } from './classify.ts';
import { toOperations } from './operations.ts';
import { reviewUpgrade } from './review-upgrade.ts';

/** One application at one site under two revisions, and what comes of it. */
export interface ApplicationPair {
  readonly key: string;
  readonly base: DesiredApplication | undefined;
  readonly head: DesiredApplication | undefined;
  /** Where its documents differ. */
  readonly fields: readonly FieldChange[];
  /** What is done for it, in order. */
  readonly steps: readonly ForeseenStep[];
  /** Every image that is pulled at the site. */
  readonly pulled: ReadonlySet<string>;
  readonly held: HeldRemoval | undefined;
  /** Why nothing can be done for it, or may; undefined: it can. */
  readonly hindered: string | undefined;
  /** It waits until then for a window, ms since the epoch; the times of its steps are counted from then on. */
  readonly opensAt: number | undefined;
  /** Versions that run, '' for none. */
  readonly running: readonly string[];
}

/** undefined: there is nothing to tell. */
export function reviewApplication(pair: ApplicationPair): ApplicationReview | undefined {
  const { key, base, head, fields, steps } = pair;
  if (steps.length === 0 && fields.length === 0 && base !== undefined && head !== undefined && !isHindered(pair))
    return undefined;
  const rule = coordinatedBy(pair);
  const uncoordinated = rule === undefined ? stoppedInstances(pair) : [];
  const { change, reason } = classify({ ...pair, rule, uncoordinated });
  return {
    application: key,
    change,
    reason,
    ...(base?.version === undefined ? {} : { 'from-version': base.version }),
    ...(head?.version === undefined ? {} : { 'to-version': head.version }),
    uncoordinated,
    ...(rule === undefined || head === undefined ? {} : { upgrade: reviewUpgrade(rule, { ...pair, base, head }) }),
    duration: formatDuration(Math.max(0, ...steps.map(({ at }) => at))),
    services: compareServices(base, head),
    fields,
    volumes: reviewVolumes(pair),
    pulls: imagesOf(head).filter((image) => pair.pulled.has(image)),
    operations: toOperations(steps),
  };
}

function isHindered({ held, hindered }: ApplicationPair): boolean {
  return held !== undefined || hindered !== undefined;
}

/** The entry an upgrade of what runs follows; undefined: nothing is upgraded, or without one. */
function coordinatedBy({ head, base, running, steps }: ApplicationPair): UpgradeRule | undefined {
  if (head === undefined || base === undefined || steps.length === 0) return undefined;
  const outdated = running.filter((version) => version !== (head.version ?? ''));
  return outdated.length === 0 ? undefined : chooseRule(head.upgradeFrom, outdated);
}

const OF_A_LIFE: readonly Step['action']['kind'][] = ['stop-container', 'remove-container'];

/** Instances of both revisions of which something is stopped to be made anew or started again. */
function stoppedInstances({ base, head, steps }: ApplicationPair): readonly string[] {
  const stopped = new Set(
    steps.flatMap(({ step }) =>
      OF_A_LIFE.includes(step.action.kind) && step.intent !== 'remove' ? [step.target] : [],
    ),
  );
  const before = new Set(base?.instances.map(({ key }) => key));
  const both = (head?.instances ?? []).filter(({ key }) => before.has(key) && stopped.has(key));
  return both.map(({ name }) => shortInstanceName(name));
}

function compareServices(
  base: DesiredApplication | undefined,
  head: DesiredApplication | undefined,
): readonly ServiceReview[] {
  if (base === undefined || head === undefined) return [];
  const [before, after] = [countServices(base), countServices(head)];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((service): ServiceReview[] => {
    const [from, to] = [before.get(service), after.get(service)];
    if (from === to) return [];
    const change = from === undefined ? 'added' : to === undefined ? 'removed' : 'scaled';
    return [{ service, change, from: from ?? 0, to: to ?? 0 }];
  });
}

/** Those that no host can take among them. */
function countServices({ instances, unplaced }: DesiredApplication): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of [...instances, ...unplaced]) counts.set(name.service, (counts.get(name.service) ?? 0) + 1);
  return counts;
}

/** What is made or goes, of persistent ones, and what of ephemeral ones goes; persistent ones that nobody wants stay. */
function reviewVolumes({ base, head, steps }: ApplicationPair): readonly VolumeReview[] {
  const persistent = (application: DesiredApplication | undefined) =>
    volumesOf(application).flatMap(({ name, kind }) => (kind === 'persistent' ? [name] : []));
  const [before, after] = [persistent(base), new Set(persistent(head))];
  const removed = new Set(
    steps.flatMap(({ step: { action } }) => (action.kind === 'remove-volume' ? [action.name] : [])),
  );
  const data = new Set(volumesOf(base).flatMap(({ name, kind }) => (kind === 'files' ? [] : [name])));
  const created = [...after].filter((name) => !before.includes(name));
  const left = before.filter((name) => !after.has(name) && !removed.has(name));
  const fates: readonly VolumeReview[] = [
    ...created.map((volume) => ({ volume, fate: 'created' as const })),
    ...[...removed].filter((name) => data.has(name)).map((volume) => ({ volume, fate: 'removed' as const })),
    ...left.map((volume) => ({ volume, fate: 'stays-behind' as const })),
  ];
  return fates.toSorted((a, b) => (a.volume < b.volume ? -1 : 1));
}

function volumesOf(application: DesiredApplication | undefined): DesiredInstance['volumes'] {
  return (application?.instances ?? []).flatMap(({ volumes }) => volumes);
}

/** Sorted, each once. */
export function imagesOf(application: DesiredApplication | undefined): readonly string[] {
  const containers = (application?.instances ?? []).flatMap((one) => [...one.initContainers, ...one.containers]);
  return [...new Set(containers.map(({ image }) => image))].sort();
}
