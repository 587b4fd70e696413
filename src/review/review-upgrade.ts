import type { ForeseenStep } from '../foresee/foresee.ts';
import type { DesiredApplication } from '../model/desired.ts';
import { shortInstanceName } from '../model/names.ts';
import type { UpgradeRule } from '../model/upgrade-rule.ts';
import type { BatchReview, UpgradeReview } from '../status/documents.ts';
import { formatDuration } from '../status/format.ts';
import { singleStage, stagesOf } from '../upgrade/stages.ts';

interface UpgradeFacts {
  readonly base: DesiredApplication | undefined;
  readonly head: DesiredApplication;
  readonly steps: readonly ForeseenStep[];
}

/** The batches in which the instances of an application follow its new version, and when each can begin. */
export function reviewUpgrade(rule: UpgradeRule, { base, head, steps }: UpgradeFacts): UpgradeReview {
  const running = new Set(base?.instances.map(({ name }) => name.service));
  const stages = rule.method === 'per-service' ? stagesOf(head, rule, running) : [singleStage(head)];
  const batches = stages.flatMap(({ batches: all, healthyTimeMs }) =>
    all
      .filter(({ number }) => number > 0)
      .map(({ number, instances }): BatchReview => {
        const keys = new Set(instances.map(({ key }) => key));
        const times = steps.flatMap(({ step, at }) => (keys.has(step.target) ? [at] : []));
        return {
          batch: number,
          instances: instances.map(({ name }) => shortInstanceName(name)),
          'healthy-time': formatDuration(healthyTimeMs),
          begins: formatDuration(times.length === 0 ? 0 : Math.min(...times)),
        };
      }),
  );
  return {
    'version-regexp': rule.versionRegexp,
    method: rule.method,
    'on-failure': rule.onFailure,
    'progress-deadline': formatDuration(rule.progressDeadlineMs),
    batches,
  };
}
