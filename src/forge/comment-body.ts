/** The first line of a comment; nobody sees it. @param name as `COMMENT_NAME` has it */
export function markerOf(name: string): string {
  return `<!-- fairlead comment: ${name} -->`;
}

export const COMMENT_NAME = /^[a-z0-9]([a-z0-9._/-]{0,98}[a-z0-9])?$/;

/** A comment of at most so many characters: shortened at the end of a line, everything that is open there closed. */
export function toBody(
  { name, text, elsewhere }: { readonly name: string; readonly text: string; readonly elsewhere: string | undefined },
  limit: number,
): string {
  const head = `${markerOf(name)}\n`;
  const tame = withoutCommands(text);
  const whole = `${head}${tame.trimEnd()}\n`;
  if (whole.length <= limit) return whole;
  const where = elsewhere === undefined ? 'the output of the pipeline has all of it' : `[all of it](${elsewhere})`;
  const note = `_This was too long for a comment and ends here; ${where}._\n`;
  let room = limit - head.length - note.length;
  for (;;) {
    const kept = cut(tame, room);
    const body = `${head}${kept}\n\n${closing(kept)}${note}`;
    if (body.length <= limit || room <= 0) return body;
    room -= Math.max(1, body.length - limit);
  }
}

/**
 * GitLab carries out what stands behind a slash at the beginning of a line (`/merge`), and so do bots elsewhere. What is
 * shown of a change must not be able to say so: a space of no width parts the two.
 */
function withoutCommands(text: string): string {
  return text.replace(/^([^\S\n]*)\/(?=\w)/gm, '$1\u200b/');
}

/** At the end of a line where there is one near, else between two characters. */
function cut(text: string, room: number): string {
  const end = Math.max(0, room);
  const line = text.lastIndexOf('\n', end);
  if (line > end / 2) return text.slice(0, line).trimEnd();
  return text.slice(0, end).replace(/[\uD800-\uDBFF]$/, '');
}

/** What ends a block of code, a folded part, a table. */
function closing(text: string): string {
  let fence: string | undefined;
  let folded = 0;
  for (const line of text.split('\n')) {
    const [, mark] = /^\s{0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (fence === undefined && mark !== undefined) fence = mark;
    else if (fence !== undefined && mark?.startsWith(fence) === true && line.trim() === mark) fence = undefined;
    if (fence !== undefined) continue;
    folded += (line.match(/<details\b/g) ?? []).length - (line.match(/<\/details>/g) ?? []).length;
  }
  return `${fence === undefined ? '' : `${fence}\n\n`}${'</details>\n\n'.repeat(Math.max(0, folded))}`;
}
