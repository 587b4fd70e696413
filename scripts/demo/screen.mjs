import picocolors from 'picocolors';

/**
 * Where the demo speaks. Times are counted from the last chapter; colours only on a terminal.
 *
 * @typedef {ReturnType<typeof createScreen>} Screen
 */
export function createScreen(output = process.stdout) {
  const colors = picocolors.createColors(Boolean(output.isTTY) && !process.env.NO_COLOR);
  let began = performance.now();
  const write = (/** @type {string} */ line) => void output.write(`${line}\n`);
  const stamp = () => colors.dim(`${((performance.now() - began) / 1000).toFixed(2).padStart(6)} s`);
  return {
    colors,
    /** @param {string} title */
    chapter(title) {
      began = performance.now();
      write(`\n${colors.bold(title)}`);
    },
    /** A line of the running story, with the time. @param {string} text @param {string} [why] */
    event(text, why = '') {
      write(`${stamp()}  ${why === '' ? text : `${text.padEnd(48)} ${colors.dim(why)}`}`);
    },
    /** @param {string} text */
    say: (text) => write(text),
    /** A command as one would type it. @param {string} line */
    command: (line) => write(`\n${colors.cyan(`$ ${line}`)}`),
    /** What a command printed. @param {string} text @param {number} [most] lines shown */
    block(text, most = Infinity) {
      const lines = text.trimEnd().split('\n');
      for (const line of lines.slice(0, most)) write(`  ${line}`);
      if (lines.length > most) write(colors.dim(`  … ${lines.length - most} more lines`));
    },
    /** Milliseconds since the chapter began. */
    elapsed: () => performance.now() - began,
  };
}
