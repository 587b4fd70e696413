import { describe, expect, it } from 'vitest';
import { measureFunctions, median } from './sizes.ts';
import { filesOf, textOf } from './tree.ts';

const files = filesOf('src').filter((file) => file.endsWith('.ts') && !isGenerated(file));
const fileLines = 250;
const functionLines = 50;

/** Generated files say so in their head; nobody reads them. */
function isGenerated(file: string): boolean {
  return /by scripts\/generate\.ts/.test(textOf(file).split('\n').slice(0, 5).join('\n'));
}

describe('the sizes of files and functions', () => {
  it('are small as a rule: half of all functions have at most 12 lines, half of all files at most 120', () => {
    const functions = files.flatMap((file) => measureFunctions(textOf(file)).map((entry) => ({ file, ...entry })));
    const longFiles = files
      .map((file) => ({ file, lines: textOf(file).split('\n').length - 1 }))
      .filter(({ lines }) => lines > fileLines);
    const longFunctions = functions.filter(({ lines }) => lines > functionLines);
    // A report, not a gate: a long one can be right, but somebody should have looked at it.
    for (const { file, lines } of longFiles) console.info(`${file} has ${lines} lines`);
    for (const { file, line, name, lines } of longFunctions) console.info(`${file}:${line} ${name} has ${lines} lines`);

    expect(functions.length).toBeGreaterThan(100);
    expect(median(functions.map(({ lines }) => lines))).toBeLessThanOrEqual(12);
    expect(median(files.map((file) => textOf(file).split('\n').length))).toBeLessThanOrEqual(120);
  });

  it('are measured from the first line of a function to its last, inner functions too', () => {
    expect(measureFunctions('const a = () => {\n  f(function g() {});\n};\nfunction b() {}\n')).toEqual([
      { name: 'a', line: 1, lines: 3 },
      { name: 'g', line: 2, lines: 1 },
      { name: 'b', line: 4, lines: 1 },
    ]);
  });
});
