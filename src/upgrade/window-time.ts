import { Temporal } from 'temporal-polyfill';
import type { UpgradeWindow } from '../model/change-rules.ts';

/** Whether an upgrade may begin now; if not, when the next window opens, ms since the epoch. */
export type Opening = { readonly isOpen: true } | { readonly isOpen: false; readonly opensAt: number };

const DAY_MS = 86_400_000;
const DAYS_OF_WEEK = 7;

/** It opens on a local day that a change of the clock may have moved by so many days, at the most, from that of `now`. */
const SLACK_DAYS = 1;

/** Windows are open together where they overlap. At least one is given, and each opens at least once a week. */
export function openingAt(windows: readonly UpgradeWindow[], now: number): Opening {
  const starts = windows.flatMap((window) =>
    startsAround(window, now).map((at) => ({ at, until: at + window.durationMs })),
  );
  if (starts.some(({ at, until }) => at <= now && now < until)) return { isOpen: true };
  const opensAt = starts.map(({ at }) => at).filter((at) => at > now);
  return { isOpen: false, opensAt: Math.min(...opensAt) };
}

/** When it opens: from the earliest that could leave it open still to the next, ms since the epoch. */
function startsAround({ days, startMinute, timeZone, durationMs }: UpgradeWindow, now: number): readonly number[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate();
  const before = Math.ceil(durationMs / DAY_MS) + SLACK_DAYS;
  const offsets = Array.from({ length: before + DAYS_OF_WEEK + SLACK_DAYS + 1 }, (_, index) => index - before);
  const time = Temporal.PlainTime.from({ hour: Math.floor(startMinute / 60), minute: startMinute % 60 });
  return offsets
    .map((offset) => today.add({ days: offset }))
    .filter(({ dayOfWeek }) => days.includes(dayOfWeek))
    .map((date) => date.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds);
}
