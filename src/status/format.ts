import type { Problem } from '../model/problem.ts';

// Times, amounts and problems as the state documents write them.

/**
 * RFC 3339 UTC with milliseconds. What has not been yet, 0, is the beginning of 1970: clients take every time for a
 * time, and an empty text makes them refuse the whole document (avassa-reference 10.2).
 */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** `tenants/acme/applications/shop.yaml:3:5: what is wrong` */
export function formatProblem({
  file,
  line,
  column,
  message,
}: Pick<Problem, 'file' | 'line' | 'column' | 'message'>): string {
  return `${file}:${line}:${column}: ${message}`;
}

const DURATION_UNITS = [
  { unit: 'h', ms: 3_600_000 },
  { unit: 'm', ms: 60_000 },
  { unit: 's', ms: 1000 },
] as const;

/** `850ms`, `2s`, `1m5s` (contract 8.10); whole seconds from one second on. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  let left = Math.round(ms / 1000) * 1000;
  const parts = DURATION_UNITS.map(({ unit, ms: size }) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.join('');
}

const SIZE_UNITS = [
  { unit: 'TiB', bytes: 2 ** 40 },
  { unit: 'TB', bytes: 1e12 },
  { unit: 'GiB', bytes: 2 ** 30 },
  { unit: 'GB', bytes: 1e9 },
  { unit: 'MiB', bytes: 2 ** 20 },
  { unit: 'MB', bytes: 1e6 },
  { unit: 'KiB', bytes: 2 ** 10 },
  { unit: 'kB', bytes: 1e3 },
] as const;

const DECIMAL_UNITS = SIZE_UNITS.filter(({ unit }) => !unit.includes('i'));

/** `253GB`, `9.43GB`: three digits in the greatest decimal unit, for what nobody wants to know to the byte. */
export function formatRoughly(bytes: number): string {
  const rounded = Number(bytes.toPrecision(3));
  const unit = DECIMAL_UNITS.find((one) => rounded >= one.bytes);
  return unit === undefined ? `${rounded}B` : `${rounded / unit.bytes}${unit.unit}`;
}

/** `1GB`, `512MiB`: in the greatest unit there is a whole number of, so that it is exact (contract 8.10). */
export function formatSize(bytes: number): string {
  const whole = SIZE_UNITS.filter((unit) => bytes >= unit.bytes && bytes % unit.bytes === 0);
  const [unit] = whole;
  return unit === undefined ? `${bytes}B` : `${bytes / unit.bytes}${unit.unit}`;
}
