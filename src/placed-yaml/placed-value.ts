import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';

/** A value of a YAML or JSON file that knows where it stands. */
export interface PlacedValue {
  /** What the author wrote, though it may look like a number: `name: 7`. Absent of lists and mappings. */
  readonly text: string | undefined;
  /** Of a list. */
  readonly items: readonly PlacedValue[] | undefined;
  /** Of a mapping, in their order. */
  readonly pairs: readonly PlacedPair[] | undefined;
  readonly has: (key: string) => boolean;
  /** What stands under a key. Where there is none it is a value that is nothing, in the place of the mapping. */
  readonly at: (key: string) => PlacedValue;
  /** Tells what is wrong with it. A message never quotes what was written: a secret may stand in the wrong place. */
  readonly refuse: (message: string) => void;
}

export interface PlacedPair {
  readonly key: PlacedValue;
  readonly value: PlacedValue;
}

/** Something that is wrong. */
export interface Flaw {
  /** In characters from the start of the file. */
  readonly offset: number;
  readonly message: string;
}

/** @param node of the parser; whatever else there is, is a value that is nothing, at the offset `around` */
export function toPlacedValue(node: unknown, around: number, flaws: Flaw[]): PlacedValue {
  const offset = offsetOf(node) ?? around;
  const toValue = (inner: unknown) => toPlacedValue(inner, offset, flaws);
  const pairsOf = ({ items }: YAMLMap) =>
    items.map(({ key, value }) => ({
      key: toValue(key),
      value: toPlacedValue(value, offsetOf(key) ?? offset, flaws),
    }));
  return {
    text: isScalar(node) ? (typeof node.value === 'string' ? node.value : node.source) : undefined,
    get items() {
      return isSeq(node) ? node.items.map(toValue) : undefined;
    },
    get pairs() {
      return isMap(node) ? pairsOf(node) : undefined;
    },
    has: (key) => isMap(node) && node.has(key),
    at: (key) => toValue(isMap(node) ? node.get(key, true) : undefined),
    refuse: (message) => void flaws.push({ offset, message }),
  };
}

function offsetOf(node: unknown): number | undefined {
  return isScalar(node) || isSeq(node) || isMap(node) ? node.range?.[0] : undefined;
}
