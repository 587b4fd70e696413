import type { ObservedContainer } from '../model/observed.ts';

/** Five restarts within five minutes are a crash loop, until five minutes without one (contract 8.6). */
const CRASH_LOOP_RESTARTS = 5;
const CRASH_LOOP_MS = 300_000;

/**
 * Whoever restarted it. The count covers the whole life of a container, so the times tell: those that were seen, or, of
 * a container that was last started at most five minutes after it was made, that all of them lie between.
 */
export function isCrashLoop(
  { totalRestarts, restarts, createdAt, startedAt }: ObservedContainer,
  now: number,
): boolean {
  if (totalRestarts < CRASH_LOOP_RESTARTS || now - startedAt >= CRASH_LOOP_MS) return false;
  const fifthLast = restarts.at(-CRASH_LOOP_RESTARTS) ?? createdAt;
  return startedAt - fifthLast <= CRASH_LOOP_MS;
}

/** `it keeps ending: restarted 5 times, last with exit code 3; last it logged: "no such table"` */
export function crashLoopMessage(container: ObservedContainer): string {
  return `it keeps ending: restarted ${container.totalRestarts} times, last ${howItEnded(container)}`;
}

/** `with exit code 3; last it logged: "no such table"` */
export function howItEnded({ exitCode, oomKilled, lastLines }: ObservedContainer): string {
  const code = exitCode === undefined ? 'an exit code nobody saw' : `exit code ${exitCode}`;
  const how = oomKilled ? 'for lack of memory' : `with ${code}`;
  return lastLines.length === 0 ? how : `${how}; last it logged: "${withoutRepeats(lastLines).join(' / ')}"`;
}

/** A program that says one line and ends says it in every life. */
function withoutRepeats(lines: readonly string[]): readonly string[] {
  return lines.filter((line, index) => line !== lines[index - 1]);
}
