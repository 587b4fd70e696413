import { LineCounter, parseDocument } from 'yaml';
import { toPlacedValue, type Flaw, type PlacedValue } from './placed-value.ts';

/** A file that cannot be used. The message has a line for each problem and quotes nothing of the file. */
export class FileProblems extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FileProblems';
  }
}

/**
 * What one of the files says that settings name, YAML or JSON. All its problems are told together.
 * @param file its name, for the problems
 * @param read refuses what is wrong at its place; what it returns then goes nowhere
 * @throws FileProblems with `file:line:column: message` for each problem
 */
export function readPlacedFile<T>(text: string, file: string, read: (contents: PlacedValue) => T): T {
  const lines = new LineCounter();
  // The parser's own messages quote the source, so only their codes are shown. Silent, it would pass over a second document.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const flaws: Flaw[] = document.errors.map(({ code, pos }) => ({
    offset: pos[0],
    message: `not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`,
  }));
  const placeOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const tell = () => new FileProblems(flaws.map(({ offset, message }) => `${placeOf(offset)}: ${message}`).join('\n'));
  if (flaws.length > 0) throw tell();
  const value = read(toPlacedValue(document.contents, 0, flaws));
  if (flaws.length > 0) throw tell();
  return value;
}
