/**
 * Words as one line of a shell that gives exactly these words again. The API takes a command as one string (contract 5.4):
 * a container's shell reads it, and where there is none the server splits it as a shell would. All are quoted, so that no
 * word is taken for a keyword or an assignment.
 */
export function quoteWords(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
}
