import type { UpgradeBatches, UpgradeRule } from '../model/upgrade-rule.ts';
import { parseRegexp } from '../spec/regexp.ts';

/**
 * How to upgrade what runs in these versions ('' is none); undefined: without coordination. Each version has the first
 * rule that matches it; of several, stop-and-restart beats per-service, then the smaller number in parallel and the
 * longer healthy-time (contract 8.4). Only when all of them want it the old version comes back after a failure.
 */
export function chooseRule(rules: readonly UpgradeRule[], versions: readonly string[]): UpgradeRule | undefined {
  const chosen = new Set(versions.flatMap((version) => rules.find((rule) => matches(rule, version)) ?? []));
  const [first, ...others] = [...chosen];
  return first === undefined ? undefined : others.reduce(stricter, first);
}

function matches({ versionRegexp }: UpgradeRule, version: string): boolean {
  return parseRegexp(versionRegexp)(version);
}

function stricter(a: UpgradeRule, b: UpgradeRule): UpgradeRule {
  const isStop = a.method === 'stop-and-restart' || b.method === 'stop-and-restart';
  const services = new Map(a.services.map((batches) => [batches.service, batches]));
  for (const batches of b.services)
    services.set(batches.service, stricterBatches(services.get(batches.service), batches));
  return {
    versionRegexp: a.versionRegexp,
    method: isStop ? 'stop-and-restart' : 'per-service',
    services: isStop ? [] : [...services.values()],
    progressDeadlineMs: Math.min(a.progressDeadlineMs, b.progressDeadlineMs),
    onFailure: a.onFailure === b.onFailure ? a.onFailure : 'stop',
  };
}

function stricterBatches(a: UpgradeBatches | undefined, b: UpgradeBatches): UpgradeBatches {
  if (a === undefined) return b;
  return {
    service: a.service,
    inParallel: Math.min(a.inParallel, b.inParallel),
    healthyTimeMs: Math.max(a.healthyTimeMs, b.healthyTimeMs),
  };
}
