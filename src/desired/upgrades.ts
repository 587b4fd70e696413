import type { UpgradeFromSpec, UpgradeServiceSpec } from '../model/application-spec.ts';
import type { UpgradeBatches, UpgradeRule } from '../model/upgrade-rule.ts';
import { parseDuration } from '../spec/units.ts';

/** The upgrade procedures of an application, with the defaults of contract 8.4. */
export function desiredUpgrades(specs: readonly UpgradeFromSpec[]): readonly UpgradeRule[] {
  return specs.map((spec) => ({
    versionRegexp: spec['version-regexp'],
    method: spec.method,
    services: (spec.services ?? []).map(desiredBatches),
    progressDeadlineMs: parseDuration(spec['progress-deadline'] ?? '10m'),
    onFailure: spec['on-failure'] ?? 'stop',
  }));
}

function desiredBatches(spec: UpgradeServiceSpec): UpgradeBatches {
  return {
    service: spec.name,
    inParallel: spec['instances-in-parallel'] ?? 1,
    healthyTimeMs: parseDuration(spec['healthy-time'] ?? '0s'),
  };
}
