import { createHash, createHmac } from 'node:crypto';

// The only hasher (habit 9). Its answers are stamped on what outlives many releases of Fairlead, so:
// THE FORM OF WHAT IS HASHED MUST NEVER CHANGE FOR A SPECIFICATION THAT DOES NOT USE A NEW FIELD.
// A field at its default is left out by its maker; of a container, a change that cannot be made so is a new format
// (container-hash.ts). Volumes and files have one format for ever: their makers can only add fields.

export type Hashable =
  string | number | boolean | readonly Hashable[] | { readonly [key: string]: Hashable | undefined };

/** `1:<32 hex digits>` of a value; keys in any order, absent and undefined keys alike. */
export function configHash(value: Hashable): string {
  return `1:${digest(canonical(value))}`;
}

/** 32 hex digits. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** 16 hex digits for a name on an engine; says nothing of the text. */
export function hexDigest(text: string): string {
  return digest(text).slice(0, 16);
}

/** 16 hex digits of a value that nobody can try out who does not have the key. */
export function keyedHash(key: string, value: Hashable): string {
  return createHmac('sha256', key).update(canonical(value)).digest('hex').slice(0, 16);
}

/** JSON with sorted keys. */
export function canonical(value: Hashable): string {
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value)
    .filter((entry): entry is [string, Hashable] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

function isList(value: object): value is readonly Hashable[] {
  return Array.isArray(value);
}
