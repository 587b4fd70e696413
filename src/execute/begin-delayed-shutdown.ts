import { delay } from '../docker/deadline.ts';
import { DockerError, type DockerPort } from '../docker/port.ts';
import { runCommand } from '../docker/run-command.ts';
import type { ActionOf, CommandToRun } from '../model/plan.ts';

/** An engine tells the end of a command before that of the container which it ended. */
const LONGEST_END_MS = 1_000;
const PAUSE_MS = 50;

/**
 * Asks the containers of an old instance to come to their end, side by side, then notes that they were asked, whatever
 * they answered: a command that fails must not be run again and again. Killed between the two, the next daemon asks a
 * second time. A container that has ended, before or because of it, has done what was asked.
 * @throws DockerError with the first failure, once it is noted; `unreachable` before that: nothing was asked then
 */
export async function beginDelayedShutdown(
  docker: DockerPort,
  { commands, noted }: ActionOf<'begin-delayed-shutdown'>,
  signal: AbortSignal,
): Promise<void> {
  const failures = await Promise.all(commands.map((command) => ask(docker, command, signal)));
  signal.throwIfAborted();
  await docker.createMarker({ kind: 'create-marker', ...noted }, signal);
  const failure = failures.find((one) => one !== undefined);
  if (failure !== undefined) throw failure;
}

/** The failure that counts; undefined: none. */
async function ask(
  docker: DockerPort,
  { name, id, cmd }: CommandToRun,
  signal: AbortSignal,
): Promise<DockerError | undefined> {
  try {
    const run = (inTime: AbortSignal) => docker.exec(id, cmd, inTime);
    await runCommand(run, `the delayed-shutdown-cmd of ${name}`, signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof DockerError) || error.code === 'unreachable') throw error;
    return (await ends(docker, id, signal)) ? undefined : error;
  }
}

async function ends(docker: DockerPort, id: string, signal: AbortSignal): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += PAUSE_MS) {
    if ((await docker.inspectContainer(id, signal))?.status !== 'running') return true;
    if (waitedMs >= LONGEST_END_MS) return false;
    await delay(PAUSE_MS, signal);
  }
}
