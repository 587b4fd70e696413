import { formatBody, type Format } from './negotiate.ts';
import type { Content } from './query.ts';
import type { Item, ItemGroup, Keep } from './route.ts';

/** The texts of items, kept as long as what they were made from, so that a read costs what changed before it. */
export interface ItemTexts {
  /** The whole body of one item. */
  one(item: Item, content: Content, format: Format): string;
  /** The list of all of them: what did not change is only joined again. */
  list(groups: readonly ItemGroup[], content: Content, format: Format): Buffer;
  readonly keep: Keep;
}

export function createItemTexts(): ItemTexts {
  const keep = createKeeping<string>();
  const keepBytes = createKeeping<Buffer>();
  return {
    keep,
    one: (item, content, format) =>
      keep(item.source, `one ${item.form} ${content} ${format}`, () => formatBody(item.body(content), format)),
    list: (groups, content, format) => {
      const parts = groups.map((group) =>
        keepBytes(group.source, `${group.form} ${content} ${format}`, () => toPart(group.items(), content, format)),
      );
      return joinParts(parts, format);
    },
  };
}

/** Keeps one value for each object and key. Bounded as the keys are, which no request makes up. */
function createKeeping<T>(): (source: object, key: string, make: () => T) => T {
  const kept = new WeakMap<object, Map<string, T>>();
  return (source, key, make) => {
    const values = kept.get(source) ?? new Map<string, T>();
    kept.set(source, values);
    const value = values.get(key) ?? make();
    values.set(key, value);
    return value;
  };
}

/**
 * Items as they stand in a list. JSON: a comma before each. YAML: lists of one element, which are one list when they
 * are written one after another.
 */
function toPart(items: readonly Item[], content: Content, format: Format): Buffer {
  const texts = items.map((item) => {
    const body = item.body(content);
    return format === 'json' ? `,${formatBody(body, format)}` : formatBody([body], format);
  });
  const text = texts.join('');
  // Memory of its own: a piece of the shared pool would hold up all of it.
  const part = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  part.write(text);
  return part;
}

function joinParts(parts: readonly Buffer[], format: Format): Buffer {
  if (parts.every((part) => part.length === 0)) return Buffer.from(formatBody([], format));
  if (format === 'yaml') return Buffer.concat(parts);
  const body = Buffer.concat([...parts, CLOSING]);
  // In place of the first comma.
  body.write('[');
  return body;
}

const CLOSING = Buffer.from(']');
