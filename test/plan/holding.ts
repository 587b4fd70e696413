import { acyclicDependencies } from '../../src/desired/dependencies.ts';
import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import type { ChangeRules, UpgradeWindow } from '../../src/model/change-rules.ts';
import type { DesiredApplication, DesiredSite } from '../../src/model/desired.ts';
import type { Plan } from '../../src/model/plan.ts';
import { desire } from '../builders.ts';

// The words in which it is told what waits.

export interface SiteWish extends Partial<ChangeRules> {
  readonly revision?: string;
  /** Earlier texts of the same applications, newest first. */
  readonly earlier?: readonly ApplicationSpec[];
  /** What was desired before. */
  readonly former?: DesiredSite;
}

const AT_ANY_TIME: ChangeRules = { suspended: {}, windows: undefined, upgradesBlocked: false };

/** The site `local` under these applications of tenant acme. */
export function wish(specs: readonly ApplicationSpec[], options: SiteWish = {}): DesiredSite {
  const { revision = 'r1', earlier = [], former, ...rules } = options;
  const site = desire(specs, { revision, ...(former === undefined ? {} : { former }) });
  const texts = earlier.flatMap((spec) => Object.values(desire([spec], { revision: 'r0' }).applications));
  const older: Record<string, DesiredApplication[]> = {};
  for (const text of texts) (older[text.key] ??= []).push(text);
  const changeRules = { ...AT_ANY_TIME, ...rules };
  return { ...site, earlier: older, changeRules, dependencies: acyclicDependencies(site.applications) };
}

/** Opens so many ms after the beginning of 1970, a Thursday, and is open for an hour. */
export function windowAt(startMinute: number): UpgradeWindow {
  return { days: [4], startMinute, timeZone: 'UTC', durationMs: 3_600_000 };
}

/** `create sandbox acme.shop.web-1 (why not now)`: what is not done now. */
export function waiting({ later }: Plan): string[] {
  return later.map(({ step, waitingFor }) => `${step.id} (${waitingFor})`);
}
