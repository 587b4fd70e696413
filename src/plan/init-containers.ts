import type { ObservedContainer } from '../model/observed.ts';
import type { Pair, WithSandbox } from './sort-containers.ts';

// Init containers run to their end, one after another, in each life of the sandbox, before the containers start.

/**
 * The init containers still to run in this life of the sandbox, in order; [] when all have, or when a container has been
 * started since: then they had, and one that somebody removed is not run beside the containers.
 */
export function pendingInitContainers({ sandbox, initContainers, members }: WithSandbox): readonly Pair[] {
  if (members.some(({ observed }) => observed !== undefined && livesIn(observed, sandbox))) return [];
  const next = initContainers.findIndex(({ observed }) => !hasCompleted(observed, sandbox));
  return next < 0 ? [] : initContainers.slice(next);
}

/** Whether it ended well in this life of its sandbox. */
export function hasCompleted(
  container: ObservedContainer | undefined,
  sandbox: ObservedContainer | undefined,
): boolean {
  if (container === undefined || sandbox === undefined) return false;
  return container.status === 'exited' && container.exitCode === 0 && livesIn(container, sandbox);
}

/** A sandbox in its first life has none to be older than, whatever a clock that was set back says. */
function livesIn({ startedAt }: ObservedContainer, sandbox: ObservedContainer): boolean {
  return startedAt > 0 && (sandbox.finishedAt === 0 || startedAt >= sandbox.startedAt);
}
