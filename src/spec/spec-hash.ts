import { createHash } from 'node:crypto';
import { compareTexts } from './problems.ts';

/** sha256 (hex) of a decoded specification: order of keys, quotes, comments and layout do not count. */
export function specHash(spec: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(spec)))
    .digest('hex');
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => compareTexts(a, b));
  return entries.map(([key, child]) => [key, canonical(child)]);
}
