import { armDeadline, DeadlineExceeded } from './deadline.ts';
import { DockerError, type ExecResult } from './port.ts';

/** While a command of a specification runs nothing else is done to its instance, so one that hangs must not keep it. */
const COMMAND_MS = 60_000;
const LONGEST_LINE = 200;

/**
 * Runs a command that an author wrote, for a minute at the longest. `what` names it, for messages: `the command of
 * acme.shop.web-1.main for changed files`. Rejects with the DockerError of `run`, and with `refused` when it ended badly.
 */
export async function runCommand(
  run: (signal: AbortSignal) => Promise<ExecResult>,
  what: string,
  signal: AbortSignal,
): Promise<void> {
  const deadline = armDeadline(signal, COMMAND_MS);
  try {
    const { exitCode, output } = await run(deadline.signal);
    if (exitCode !== 0) throw new DockerError('refused', formatFailure(what, exitCode, output));
  } catch (error) {
    if (!(deadline.signal.reason instanceof DeadlineExceeded)) throw error;
    throw new DockerError('timeout', `${what} did not end within ${COMMAND_MS / 1000} s`, { cause: error });
  } finally {
    deadline.disarm();
  }
}

/** The output is the author's own and may hold anything: its first line is enough to tell why. */
function formatFailure(what: string, exitCode: number, output: string): string {
  const [line = ''] = output.trim().split('\n');
  const said = line === '' ? 'without output' : `saying: ${line.slice(0, LONGEST_LINE)}`;
  return `${what} failed with exit code ${exitCode}, ${said}`;
}
