/** @typedef {import('./fairlead.mjs').LogEntry} LogEntry */

/**
 * The daemon's log as a story: one line for each thing that happens, with its reason. Of the steps those that match
 * `steps`.
 *
 * @param {import('./screen.mjs').Screen} screen
 * @param {RegExp} [steps]
 * @returns {(entry: LogEntry) => void}
 */
export function createNarrator(screen, steps = /./) {
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
        if (steps.test(String(entry.step))) screen.event(String(entry.step), `${entry.intent}: ${entry.reason}`);
        return;
      case 'step failed':
        return screen.event(colors.red(`${entry.step}: ${entry.error}`));
      case 'converged':
        return screen.event(colors.green(`nothing left to do for commit ${short(entry.revision)}`));
      case 'upgrade begun':
        return screen.event(`${entry.msg}: ${entry.from} → ${entry.to}`);
      case 'upgrade batch begun':
        return screen.event(`batch ${entry.batch} of ${entry.batches}`);
      case 'upgrade ended':
      case 'upgrade rolled back':
        return screen.event(colors.green(`${entry.msg}: all is of ${entry.to}`));
      case 'upgrade aborted':
      case 'upgrade rolling back':
        return screen.event(colors.red(`${entry.msg}: ${entry.from} → ${entry.to}`), String(entry.reason));
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
