import { formatBody, type Format } from './negotiate.ts';
import type { Content } from './query.ts';
import type { Item } from './route.ts';

/** The texts of items, kept as long as what they were made from. */
export interface ItemTexts {
  /** The whole body of one item. */
  one(item: Item, content: Content, format: Format): string;
  /** The list of them: what did not change is not made anew. */
  list(items: readonly Item[], content: Content, format: Format): string;
}

export function createItemTexts(): ItemTexts {
  const kept = new WeakMap<object, Map<string, string>>();

  const keep = (source: object, key: string, make: () => string): string => {
    const texts = kept.get(source) ?? new Map<string, string>();
    kept.set(source, texts);
    const text = texts.get(key) ?? make();
    texts.set(key, text);
    return text;
  };

  return {
    one: (item, content, format) =>
      keep(item.source, `one ${item.form} ${content} ${format}`, () => formatBody(item.body(content), format)),
    list: (items, content, format) => {
      if (items.length === 0) return formatBody([], format);
      const texts = items.map((item) =>
        keep(item.source, `element ${item.form} ${content} ${format}`, () => element(item.body(content), format)),
      );
      return format === 'json' ? `[${texts.join(',')}]` : texts.join('');
    },
  };
}

/** An item as it stands in a list: YAML lists of one element, written one after another, are one list. */
function element(body: object, format: Format): string {
  return formatBody(format === 'json' ? body : [body], format);
}
