/** Characters that steer a terminal, begin a line, or turn the direction in which others are shown. */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const RUNS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** What comes from a repository or an engine, with characters that steer told by their numbers. Nothing is lost. */
export function printable(text: string): string {
  return text.replace(STEERING, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

/** The same on one line, with a space in place of each run of them. */
export function onOneLine(text: string): string {
  return text.replace(RUNS, ' ');
}
