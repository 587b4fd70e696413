import { parseDuration, UnitError } from './units.ts';

// Days, times and zones as an upgrade window has them (avassa-reference 4.5).

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** A week: longer than that it would never close. */
const LONGEST_WINDOW_MS = 7 * 86_400_000;

/** What is written for the time zone of the site. */
export const SITE_LOCAL = 'site-local';

/** `Monday, Tuesday` → 1, 2: the days of the week as ISO 8601 counts them, in no case or order. @throws UnitError */
export function parseDaysOfWeek(text: string): readonly number[] {
  return text.slice(0, 1024).split(',').map(parseDay);
}

function parseDay(text: string): number {
  const index = DAYS.indexOf(text.trim().toLowerCase());
  if (index < 0) throw new UnitError('is not a list of days of the week (example: "Monday, Tuesday")');
  return index + 1;
}

/** `02:00` → minutes since midnight. @throws UnitError */
export function parseTimeOfDay(text: string): number {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null) throw new UnitError('is not a time of day (example: "02:00")');
  return Number(match[1]) * 60 + Number(match[2]);
}

/** A duration of at most a week, and some. @throws UnitError */
export function parseWindowDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms === 0) throw new UnitError('is too short: a window has to stay open for some time');
  if (ms > LONGEST_WINDOW_MS) throw new UnitError('is too long: at most 7d');
  return ms;
}

/** Says whether a time zone is known here by that name. @throws UnitError */
export function checkTimeZone(text: string): void {
  const complaint = 'is not a time zone that is known here (examples: UTC, Europe/Stockholm)';
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(text)) throw new UnitError(complaint);
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
  } catch (error) {
    if (error instanceof RangeError) throw new UnitError(complaint);
    throw error;
  }
}
