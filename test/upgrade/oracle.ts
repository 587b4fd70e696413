import type { DesiredApplication, DesiredInstance } from '../../src/model/desired.ts';
import type { ObservedMarker } from '../../src/model/markers.ts';
import type { UpgradeBatches, UpgradeRule } from '../../src/model/upgrade-rule.ts';
import type { Moment } from './simulation.ts';
import type { TrueInstance } from './truth.ts';

// What contract 8.4 asks for at a moment, worked out from the engine and the texts alone. It is said here in other words
// than in src/upgrade, so that both would have to be wrong in the same way.

/** Where the application is to go, and how. */
export interface Course {
  /** The newest wish or, where that failed and is to be taken back, what was before it. */
  readonly application: DesiredApplication;
  /** How the instances that are not of its version are brought there; undefined: without coordination. */
  readonly rule: UpgradeRule | undefined;
  /** It failed too, or is not to be taken back: nothing more is upgraded. */
  readonly isStopped: boolean;
  /** The newest wish has failed, and this takes it back. */
  readonly isWayBack: boolean;
  readonly isOld: (instance: TrueInstance) => boolean;
  /** The upgrade that is under way. */
  readonly begun: ObservedMarker<'upgrade'> | undefined;
}

export function courseOf(moment: Pick<Moment, 'desired' | 'earlier' | 'instances' | 'markers'>): Course {
  const { desired, markers } = moment;
  const failed = abortedOf(markers, desired);
  const former =
    failed && mergedRule(desired.upgradeFrom, failed.from)?.onFailure === 'rollback' && formerOf(failed, moment);
  if (!failed || !former) {
    const isOld = ({ version }: TrueInstance) => version !== (desired.version ?? '');
    const rule = mergedRule(desired.upgradeFrom, versionsUnderWay(moment, desired, isOld));
    const begun = begunOf(markers, desired);
    return { application: desired, rule, begun, isStopped: failed !== undefined, isWayBack: false, isOld };
  }
  const rule = mergedRule(desired.upgradeFrom, failed.from);
  const isStopped = abortedOf(markers, former) !== undefined;
  const isOld = ({ version }: TrueInstance) => version !== (former.version ?? '');
  return { application: former, rule, begun: begunOf(markers, former), isStopped, isWayBack: true, isOld };
}

function formerOf(
  { from }: ObservedMarker<'upgrade-aborted'>,
  { desired, earlier }: Pick<Moment, 'desired' | 'earlier'>,
) {
  return earlier.find(({ version }) => version !== desired.version && from.includes(version ?? ''));
}

export function abortedOf(
  markers: readonly ObservedMarker[],
  { target }: DesiredApplication,
): ObservedMarker<'upgrade-aborted'> | undefined {
  return markers.find(
    (marker): marker is ObservedMarker<'upgrade-aborted'> =>
      marker.kind === 'upgrade-aborted' && marker.target === target,
  );
}

function begunOf(
  markers: readonly ObservedMarker[],
  { target }: DesiredApplication,
): ObservedMarker<'upgrade'> | undefined {
  return markers.find(
    (marker): marker is ObservedMarker<'upgrade'> => marker.kind === 'upgrade' && marker.target === target,
  );
}

/** Those that run and are old, and those that the upgrade began with. */
function versionsUnderWay(
  { instances, markers }: Pick<Moment, 'instances' | 'markers'>,
  application: DesiredApplication,
  isOld: (instance: TrueInstance) => boolean,
): readonly string[] {
  const running = application.instances.flatMap(({ key }) => instances.get(key) ?? []).filter(isOld);
  return [...running.map(({ version }) => version), ...(begunOf(markers, application)?.from ?? [])];
}

/** Each version picks its entry; the strictest of these counts. */
export function mergedRule(rules: readonly UpgradeRule[], versions: readonly string[]): UpgradeRule | undefined {
  const chosen = new Set<UpgradeRule>();
  for (const version of [...versions].sort()) {
    const rule = rules.find(({ versionRegexp }) => new RegExp(versionRegexp).test(version));
    if (rule !== undefined) chosen.add(rule);
  }
  const [first] = chosen;
  if (first === undefined) return undefined;
  const all = [...chosen];
  const stops = all.some(({ method }) => method === 'stop-and-restart');
  const names = [...new Set(all.flatMap(({ services }) => services.map(({ service }) => service)))];
  const services = names.map((service): UpgradeBatches => {
    const wishes = all.flatMap((rule) => rule.services.filter((one) => one.service === service));
    return {
      service,
      inParallel: Math.min(...wishes.map(({ inParallel }) => inParallel)),
      healthyTimeMs: Math.max(...wishes.map(({ healthyTimeMs }) => healthyTimeMs)),
    };
  });
  return {
    ...first,
    method: stops ? 'stop-and-restart' : 'per-service',
    services: stops ? [] : services,
    onFailure: all.every(({ onFailure }) => onFailure === 'rollback') ? 'rollback' : 'stop',
  };
}

export function batchesOf(rule: UpgradeRule, service: string): UpgradeBatches | undefined {
  return rule.services.find((one) => one.service === service);
}

export function healthyTimeOf(rule: UpgradeRule | undefined, service: string): number {
  return (rule && batchesOf(rule, service)?.healthyTimeMs) ?? 0;
}

/** Whether two instances are upgraded together. */
export function isSameBatch(rule: UpgradeRule, a: Place, b: Place): boolean {
  const [of, to] = [batchesOf(rule, a.service), batchesOf(rule, b.service)];
  if (of === undefined || to === undefined) return of === to;
  const number = ({ index }: Place) => Math.floor((index - 1) / of.inParallel);
  return a.service === b.service && number(a) === number(b);
}

export type Place = Pick<DesiredInstance['name'], 'service' | 'index'>;
