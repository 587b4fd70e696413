/**
 * The values of a trailer in the last paragraph of a commit message (git-interpret-trailers(1)), in their order; its name
 * in any case.
 */
export function trailerValues(message: string, name: string): readonly string[] {
  const [subject, ...paragraphs] = message.trim().split(/\n\s*\n/);
  const last = paragraphs.at(-1) ?? (subject?.includes('\n') === true ? subject : '');
  const prefix = `${name.toLowerCase()}:`;
  return last
    .split('\n')
    .filter((line) => line.toLowerCase().startsWith(prefix))
    .map((line) => line.slice(prefix.length).trim());
}
