// Sizes, durations and rates as people write them (contract 8.10).

/** A text that is no size, duration or rate; the message completes a sentence that begins with the text itself. */
export class UnitError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnitError';
  }
}

/** Longer texts are refused before any pattern looks at them. */
const MAX_LENGTH = 64;

const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['kB', 1e3],
  ['KB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
]);

const BANDWIDTH_UNITS: ReadonlyMap<string, number> = new Map([
  ['bit/s', 1],
  ['kbit/s', 1e3],
  ['Mbit/s', 1e6],
  ['Gbit/s', 1e9],
]);

/** In the order they stand in a duration. */
const DURATION_UNITS = [
  { unit: 'd', ms: 86_400_000 },
  { unit: 'h', ms: 3_600_000 },
  { unit: 'm', ms: 60_000 },
  { unit: 's', ms: 1000 },
  { unit: 'ms', ms: 1 },
] as const;

const DURATION = new RegExp(`^${DURATION_UNITS.map(({ unit }) => `(?:(\\d+(?:\\.\\d+)?)${unit})?`).join('')}$`);

/** `64MiB`, `1.5 GB` → bytes, rounded to a whole number. @throws UnitError */
export function parseSize(text: string): number {
  return parseQuantity(text, SIZE_UNITS, 'is not a size (examples: 64MiB, 1.5 GB)');
}

/** `100Mbit/s` → bits per second, rounded to a whole number. @throws UnitError */
export function parseBandwidth(text: string): number {
  return parseQuantity(text, BANDWIDTH_UNITS, 'is not a bandwidth (examples: 100Mbit/s, 1 Gbit/s)');
}

/** `1h30m10s`, `500ms`, `2d` → ms, rounded to a whole number. Units stand in falling order, each once. @throws UnitError */
export function parseDuration(text: string): number {
  const match = text.length > MAX_LENGTH || text === '' ? null : DURATION.exec(text);
  if (match === null) throw new UnitError('is not a duration (examples: 10s, 1h30m, 500ms)');
  const ms = DURATION_UNITS.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unit.ms, 0);
  return wholeNumber(ms, 'is too long a duration');
}

const LONGEST_GRACE_MS = 86_400_000;

/** A duration of at most a day: what an engine call may wait for. @throws UnitError */
export function parseGraceTime(text: string): number {
  const ms = parseDuration(text);
  if (ms > LONGEST_GRACE_MS) throw new UnitError('is too long: at most 24h');
  return ms;
}

function parseQuantity(text: string, units: ReadonlyMap<string, number>, complaint: string): number {
  const match = text.length > MAX_LENGTH ? null : /^(\d+(?:\.\d+)?) ?([A-Za-z/]+)$/.exec(text);
  const factor = units.get(match?.[2] ?? '');
  if (match === null || factor === undefined) throw new UnitError(complaint);
  return wholeNumber(Number(match[1]) * factor, 'is too large a number');
}

function wholeNumber(value: number, complaint: string): number {
  const rounded = Math.round(value);
  if (!Number.isSafeInteger(rounded)) throw new UnitError(complaint);
  return rounded;
}
