import { onOneLine } from '../model/printable.ts';

/** Lines of cells without borders, each column as wide as its widest cell; `paint` colours a cell that is padded. */
export function formatTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  paint: (text: string, column: number) => string = (text) => text,
): string {
  const lines = [titles, ...rows.map((row) => row.map(printable))];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const last = titles.length - 1;
  return lines
    .map((line, index) => {
      const cells = titles.map((_, column) => {
        const text = line[column] ?? '';
        const padding = column === last ? '' : ' '.repeat((widths[column] ?? 0) - text.length);
        return (index === 0 ? text : paint(text, column)) + padding;
      });
      return `${cells.join('   ').trimEnd()}\n`;
    })
    .join('');
}

/** Messages quote what engines and repositories said: a cell stays on its line and cannot steer a terminal. */
export function printable(text: string): string {
  return onOneLine(text);
}
