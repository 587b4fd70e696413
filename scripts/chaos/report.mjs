/**
 * The end of a run, in words.
 *
 * @param {import('./rounds.mjs').Score} score
 * @param {readonly { text: string, before: string[] }[]} violations
 * @param {number} tookMs
 */
export function reportOf({ kills, inTheMiddle, version, interrupted, convergedMs }, violations, tookMs) {
  const details = violations.flatMap(({ text, before }, i) => [
    `\nviolation ${i + 1}: ${text}`,
    ...before.map((line) => `  ${line}`),
  ]);
  const count = violations.length === 1 ? '1 violation' : `${violations.length} violations`;
  return [
    ...details,
    '',
    `${kills} kills in ${seconds(tookMs)}, ${inTheMiddle} of them in the middle of work; ${version - 1} upgrades, ${interrupted} of them begun in the middle of another`,
    `from a kill to the end of the upgrade: median ${seconds(median(convergedMs))}, longest ${seconds(Math.max(0, ...convergedMs))}, the last ${seconds(convergedMs.at(-1) ?? 0)}`,
    violations.length === 0 ? 'no violation' : count,
  ].join('\n');
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
