/** @typedef {import('./fairlead.mjs').LogEntry} LogEntry */

/**
 * The daemon's log as a story: one line for each thing that happens, with its reason.
 *
 * @param {import('./screen.mjs').Screen} screen
 * @returns {(entry: LogEntry) => void}
 */
export function createNarrator(screen) {
  const { colors } = screen;
  return (entry) => {
    switch (entry.msg) {
      case 'api listening':
        return screen.event(`the state API listens at http://${entry.address}`);
      case 'host up':
        return screen.event(`the engine answers: ${entry.engine}`);
      case 'revision fetched':
        return screen.event(`fetched commit ${short(entry.revision)}`, problems(Number(entry.problems)));
      case 'step done':
        return screen.event(String(entry.step), `${entry.intent}: ${entry.reason}`);
      case 'step failed':
        return screen.event(colors.red(`${entry.step}: ${entry.error}`));
      case 'converged':
        return screen.event(colors.green(`nothing left to do for commit ${short(entry.revision)}`));
      case 'lease acquired':
      case 'admin token written':
      case 'stopped; what runs goes on':
        return undefined;
      default:
        return screen.event(colors.yellow([entry.msg, entry.error ?? entry.reason].filter(Boolean).join(': ')));
    }
  };
}

/** @param {unknown} revision */
export function short(revision) {
  return String(revision).slice(0, 8);
}

/** @param {number} count */
function problems(count) {
  if (count === 0) return '';
  return count === 1 ? '1 problem' : `${count} problems`;
}
