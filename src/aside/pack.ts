import { Deserializer, Serializer } from 'node:v8';

/** So long a value may be packed before others have a turn, ms. */
const LONGEST_TURN_MS = 10;
/** A collection of more entries is packed entry by entry. */
const MANY = 20;
/** So deep such collections are looked for. */
const DEPTH = 3;

/**
 * A value as bytes for another thread: plain data, maps and sets, as structured cloning knows them. To clone thousands of
 * applications in one go holds up everybody else for 100 ms; so this gives others a turn in between. The value must not
 * change meanwhile. What is one object in it is one object in the copy, too.
 */
export async function pack(value: unknown): Promise<Uint8Array<ArrayBuffer>> {
  const parts = [...partsOf(value, DEPTH)];
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeUint32(parts.length);
  let began = performance.now();
  // What was written once is only referred to from then on, so the whole is short at the end.
  for (const part of parts) {
    if (performance.now() - began >= LONGEST_TURN_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    }
    serializer.writeValue(part);
  }
  serializer.writeValue(value);
  return new Uint8Array(serializer.releaseBuffer());
}

/** The value, without prototypes. */
export function unpack(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  for (let left = deserializer.readUint32(); left > 0; left -= 1) deserializer.readValue();
  return deserializer.readValue();
}

/** The entries of large collections in it. */
function* partsOf(value: unknown, depth: number): Generator<object> {
  if (!isObject(value)) return;
  const entries: readonly unknown[] = value instanceof Map ? [...value.values()] : Object.values(value);
  if (entries.length > MANY) yield* entries.filter(isObject);
  else if (depth > 0) for (const entry of entries) yield* partsOf(entry, depth - 1);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
