/** A call of `fairlead` that a page prints. */
export interface Call {
  readonly line: number;
  readonly words: readonly string[];
}

const PLACEHOLDER = '1234567';

/**
 * The calls in lines of a shell: `fairlead …` by itself, behind `sudo` or in a pipe, and those that `docker run` and
 * `npm run fairlead --` make. Where a page offers several words (`text|json`, `[PATH]`) the first is taken.
 * @param first the number of the first line
 */
export function callsIn(shell: string, first = 1): readonly Call[] {
  const calls: Call[] = [];
  let pending = '';
  for (const [at, line] of shell.split('\n').entries()) {
    const whole = pending + line;
    pending = whole.endsWith('\\') ? whole.slice(0, -1) : '';
    if (pending !== '') continue;
    for (const command of whole.replaceAll(/\$\([^)]*\)/g, PLACEHOLDER).split(/\s(?:\||&&|\|\||;|&)(?=\s|$)/)) {
      const words = callOf(wordsOf(command));
      if (words !== undefined) calls.push({ line: first + at, words });
    }
  }
  return calls;
}

/** As a shell cuts them, comments and redirections left out. */
function wordsOf(command: string): readonly string[] {
  const [said = ''] = command.split(/(?:^|\s)#/);
  const words = said.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words
    .filter((word) => !/^\d?>/.test(word))
    .map((word) => word.replaceAll(/["']/g, ''))
    .filter((word) => word !== '…')
    .map((word) => word.replaceAll(/[[\]]/g, '').split(/(?<=\w)\|/)[0] ?? '');
}

function callOf(words: readonly string[]): readonly string[] | undefined {
  const plain = words.filter((word, at) => !(word === 'sudo' && at === 0) && !/^[A-Z_]+=/.test(word));
  if (plain[0] === 'fairlead') return plain.slice(1);
  const [first, second] = plain;
  if (first === 'npx')
    return plain.some((word) => /^fairlead(@|$)/.test(word)) ? behind(plain, /^fairlead(@|$)/) : undefined;
  if (first === 'npm' && second === 'run' && plain.includes('fairlead')) return behind(plain, /^--$/);
  if (first === 'docker' && second === 'run') return behind(plain, /^fairlead(:\d\S*)?$/);
  return undefined;
}

/** What stands behind the last word of this form that is not the value of a flag. */
function behind(words: readonly string[], form: RegExp): readonly string[] | undefined {
  const at = words.findLastIndex(
    (word, i) => form.test(word) && !['--name', '--volume', '-v'].includes(words[i - 1] ?? ''),
  );
  return at === -1 ? undefined : words.slice(at + 1);
}
