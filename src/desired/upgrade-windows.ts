import type { UpgradeWindow } from '../model/change-rules.ts';
import type { SiteSpec, UpgradeWindowSpec } from '../model/site-spec.ts';
import { parseDaysOfWeek, parseTimeOfDay, parseWindowDuration, SITE_LOCAL } from '../spec/upgrade-window.ts';

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

/** When upgrades may begin at a site (avassa-reference 4.5); undefined: at any time. */
export function desiredWindows(site: SiteSpec): readonly UpgradeWindow[] | undefined {
  return site['application-upgrade-windows']?.map((window) => desiredWindow(window, site.timezone ?? 'UTC'));
}

function desiredWindow(window: UpgradeWindowSpec, siteZone: string): UpgradeWindow {
  const { 'days-of-week': days, 'start-time': start, duration, timezone = SITE_LOCAL } = window;
  return {
    days: days === undefined ? EVERY_DAY : parseDaysOfWeek(days),
    startMinute: parseTimeOfDay(start),
    timeZone: timezone === SITE_LOCAL ? siteZone : timezone,
    durationMs: parseWindowDuration(duration),
  };
}
