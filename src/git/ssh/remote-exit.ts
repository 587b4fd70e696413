import { onOneLine } from '../../model/printable.ts';
import { GitError } from '../port.ts';
import type { RemoteExit } from './watched-channel.ts';

/** What forges and git itself complain of, first match wins. */
const COMPLAINTS: readonly (readonly [RegExp, ConstructorParameters<typeof GitError>[0]])[] = [
  [/not our ref|did not send all necessary objects/i, 'corrupt'], // a commit was asked for that it does not give
  [/not (?:be )?found|no such|does not (?:exist|appear to be)|not a git repository/i, 'not-found'],
  [/denied|not allowed|unauthori[sz]ed|forbidden|permission/i, 'unauthorized'],
];

/**
 * Why git-upload-pack on the server ended as it did. The server's words are shown: they were made for people, and it
 * knows no secret of ours.
 * @param answer the end of what it answered
 */
export function explainExit(place: string, { code, complaint }: RemoteExit, answer: string): GitError {
  const words = tidy(complaint) || tidy(/^[0-9a-f]{4}ERR (.*)/s.exec(answer)?.[1] ?? '');
  const [, kind = 'unreachable'] = COMPLAINTS.find(([pattern]) => pattern.test(words)) ?? [];
  if (words === '') {
    const why = code === undefined ? 'connection lost' : `git-upload-pack ended with ${code}`;
    return new GitError(kind, `${place} cannot be reached (${why})`);
  }
  return new GitError(kind, `${place} says: ${words}`);
}

/** The first lines that say something, on one. */
function tidy(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) =>
    onOneLine(line)
      .replace(/^remote:/, '')
      .trim(),
  );
  return lines
    .filter((line) => /\w/.test(line))
    .join('; ')
    .slice(0, 300);
}
