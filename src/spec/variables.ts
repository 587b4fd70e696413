// References to variables in texts (contract 8.9).

/** A `${NAME}` in a text. */
export interface Reference {
  readonly name: string;
  /** Where its `$` stands. */
  readonly offset: number;
}

/** `${NAME}`, or the literal `$${NAME}` that stands for that text. */
const PATTERN = /\$?\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The references of a text, in their order; a literal `$${NAME}` is none, nor is `${NAME:-x}` or `$NAME`. */
export function findReferences(text: string): readonly Reference[] {
  return [...text.matchAll(PATTERN)]
    .filter(([match]) => !isLiteral(match))
    .map(({ 1: name = '', index }) => ({ name, offset: index }));
}

/**
 * Replaces every `${NAME}` by its value and every `$${NAME}` by `${NAME}`. All else, and a name without a value, stays
 * as it is. What stands in a value is not looked at again.
 */
export function expandVariables(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(PATTERN, (match, name: string) =>
    isLiteral(match) ? match.slice(1) : (values.get(name) ?? match),
  );
}

function isLiteral(match: string): boolean {
  return match.startsWith('$$');
}
