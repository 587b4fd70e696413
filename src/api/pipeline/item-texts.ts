import { formatBody, type Format } from '../protocol/negotiate.ts';
import type { Content } from '../protocol/query.ts';
import type { GroupedList, Item, ItemGroup, Keep } from '../protocol/route.ts';
import { mapInTurns } from './turns.ts';

/** The texts of items, kept as long as what they were made from, so that a read costs what changed before it. */
export interface ItemTexts {
  /** The whole body of one item. */
  one(item: Item, content: Content, format: Format): string;
  /** The list of all of them, or of their keys: what did not change is only joined again. */
  join(groups: readonly ItemGroup[], part: ListPart, format: Format): Promise<Buffer>;
  /** The same; while nothing at all changes it is not joined again either. */
  list(list: GroupedList, part: ListPart, format: Format): Promise<Buffer>;
  readonly keep: Keep;
}

/** What of each item is listed. */
export type ListPart = Content | 'keys';

export function createItemTexts(): ItemTexts {
  const keep = createKeeping<string>();
  const keepBytes = createKeeping<Buffer>();
  // ONE for each snapshot, whatever is asked for: they are the largest of all.
  const joined = new WeakMap<object, { readonly key: string; readonly body: Buffer }>();

  const join: ItemTexts['join'] = async (groups, part, format) => {
    const pieces = await mapInTurns(groups, (group) =>
      keepBytes(group.source, `${group.form} ${part} ${format}`, () => {
        const elements = group.items().map((item) => (part === 'keys' ? item.key : item.body(part)));
        return toPiece(elements, format);
      }),
    );
    return joinPieces(pieces, format);
  };

  return {
    keep,
    join,
    one: (item, content, format) =>
      keep(item.source, `one ${item.form} ${content} ${format}`, () => formatBody(item.body(content), format)),
    list: async ({ source, form, groups }, part, format) => {
      const key = `${form} ${part} ${format}`;
      const last = joined.get(source);
      if (last?.key === key) return last.body;
      const body = await join(groups(), part, format);
      joined.set(source, { key, body });
      return body;
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
 * Elements as they stand in a list. JSON: a comma before each. YAML: lists of one element, which are one list when they
 * are written one after another.
 */
export function toPiece(elements: readonly unknown[], format: Format): Buffer {
  const texts = elements.map((element) =>
    format === 'json' ? `,${formatBody(element, format)}` : formatBody([element], format),
  );
  const text = texts.join('');
  // Memory of its own: a slice of the shared pool would hold up all of it.
  const piece = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  piece.write(text);
  return piece;
}

/** A whole list. */
export function joinPieces(pieces: readonly Buffer[], format: Format): Buffer {
  if (pieces.every(({ length }) => length === 0)) return Buffer.from(formatBody([], format));
  if (format === 'yaml') return Buffer.concat(pieces);
  const body = Buffer.concat([...pieces, CLOSING]);
  // In place of the first comma.
  body.write('[');
  return body;
}

const CLOSING = Buffer.from(']');
