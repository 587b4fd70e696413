import type { PlacedValue } from './placed-value.ts';

// Readers of fields of a mapping. Each refuses what does not fit, and then gives undefined.

/** Refuses each key that is none of these. */
export function checkKeys(mapping: PlacedValue, keys: readonly string[]): boolean {
  const unknown = (mapping.pairs ?? []).filter(({ key }) => !keys.includes(key.text ?? ''));
  for (const { key } of unknown) key.refuse(`unknown key, expected one of ${keys.join(', ')}`);
  return unknown.length === 0;
}

export function readText(mapping: PlacedValue, key: string): string | undefined {
  const { text, refuse } = mapping.at(key);
  if (text !== undefined && text !== '') return text;
  refuse(`${key}: expected a text`);
  return undefined;
}

/** A text, or a list of some. */
export function readTexts(mapping: PlacedValue, key: string): readonly string[] | undefined {
  const value = mapping.at(key);
  const texts = textsOf(value);
  if (texts === undefined) value.refuse(`${key}: expected a text, or a list of texts`);
  return texts;
}

/** Of a text or a list of them; undefined: it is neither, or nothing stands in it. */
export function textsOf(value: PlacedValue): readonly string[] | undefined {
  const texts = (value.items ?? [value]).map(({ text }) => text);
  const present = texts.flatMap((text) => (text === undefined || text === '' ? [] : [text]));
  return present.length > 0 && present.length === texts.length ? present : undefined;
}

/** Relative to what? The file and the daemon may be anywhere: a path says it in full. */
export function readPath(mapping: PlacedValue, key: string): string | undefined {
  const { text = '', refuse } = mapping.at(key);
  if (/^\/[^\n]*$/.test(text)) return text;
  refuse(`${key}: expected the path of a file, from / on`);
  return undefined;
}
