import type { DelayedShutdown } from './desired.ts';
import type { Labels } from './labels.ts';
import { LABEL } from './names.ts';

// Labels about delayed shutdown, for when the specification is gone: on a sandbox how its instance may live on, on a
// container how it is asked to end.

/** `io.fairlead.delayed-shutdown` of a sandbox: `<timeout in ms> <most instances>`. */
export function delayedShutdownLabels(delayed: DelayedShutdown | undefined): Labels {
  return delayed === undefined ? {} : { [LABEL.delayedShutdown]: `${delayed.timeoutMs} ${delayed.maxInstances}` };
}

/** The inverse of `delayedShutdownLabels`; undefined for what it would not write. */
export function delayedShutdownFromLabels(labels: Labels): DelayedShutdown | undefined {
  const [, timeoutMs, maxInstances] = /^(\d{1,15}) (\d{1,9})$/.exec(labels[LABEL.delayedShutdown] ?? '') ?? [];
  return timeoutMs === undefined ? undefined : { timeoutMs: Number(timeoutMs), maxInstances: Number(maxInstances) };
}

/** `io.fairlead.delayed-shutdown-cmd` of a container: a JSON list; none where there is no command. */
export function shutdownCmdLabels(cmd: readonly string[]): Labels {
  return cmd.length === 0 ? {} : { [LABEL.delayedShutdownCmd]: JSON.stringify(cmd) };
}

/** The inverse of `shutdownCmdLabels`; [] for what it would not write. */
export function shutdownCmdFromLabels(labels: Labels): readonly string[] {
  const text = labels[LABEL.delayedShutdownCmd];
  if (text === undefined) return []; // as nearly all are: a thrown error for each look would cost
  const cmd = parseJson(text);
  return Array.isArray(cmd) && cmd.every((word) => typeof word === 'string') ? cmd : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
