import { GitError, type Commit } from './port.ts';

/**
 * Takes a commit object apart, in one pass: whoever may push decides how long a message or a name is, and isomorphic-git's
 * own parser takes the square of that. Parents are those that git knows, right behind the tree.
 * @param bytes without git's own header
 * @throws GitError 'corrupt'
 */
export function parseCommit(oid: string, bytes: Uint8Array): Commit {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const end = text.indexOf('\n\n');
  const [tree = '', ...headers] = (end < 0 ? text : text.slice(0, end)).split('\n');
  const others = headers.findIndex((line) => !/^parent [0-9a-f]{40}$/.test(line));
  const parents = headers.slice(0, others < 0 ? headers.length : others).map((line) => line.slice('parent '.length));
  const time = timeOf(headers.find((line) => line.startsWith('committer ')) ?? '');
  if (!tree.startsWith('tree ') || time === undefined)
    throw new GitError('corrupt', `commit ${oid} is none that git makes`);
  return { oid, parents, shallow: false, time, message: tidy(end < 0 ? '' : text.slice(end + 2)) };
}

/** `committer NAME <MAIL> SECONDS ZONE`; ms since the epoch. */
function timeOf(line: string): number | undefined {
  const [seconds = ''] = line
    .slice(line.lastIndexOf('>') + 1)
    .trim()
    .split(' ', 1);
  return /^-?\d{1,15}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/** Without carriage returns and empty lines around it, and with a line feed at its end. */
function tidy(message: string): string {
  const text = message.replaceAll('\r', '');
  let [first, end] = [0, text.length];
  while (first < end && text[first] === '\n') first += 1;
  while (end > first && text[end - 1] === '\n') end -= 1;
  return `${text.slice(first, end)}\n`;
}
