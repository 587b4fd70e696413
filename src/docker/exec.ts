import { StringDecoder } from 'node:string_decoder';
import type { EngineCalls } from './calls.ts';
import { armDeadline, delay } from './deadline.ts';
import { demux } from './demux.ts';
import { toDockerError } from './docker-errors.ts';
import type { ExecResult } from './port.ts';
import type { WireExec, WireExecCreated } from './wire-files.ts';

/** The caller's signal is the deadline; this only ends what nobody would ever end. */
const LONGEST_MS = 3_600_000;
const MAX_OUTPUT_BYTES = 4_096;
/** A program may close its outputs long before it ends. */
const LONGEST_PAUSE_MS = 500;
/** What a shell says for "cannot be run". */
const NEVER_RAN = 126;

/** See DockerPort.exec. Three round trips: the engine has no shorter way. */
export async function exec(
  calls: EngineCalls,
  id: string,
  cmd: readonly string[],
  signal: AbortSignal,
): Promise<ExecResult> {
  const deadline = armDeadline(signal, LONGEST_MS);
  try {
    const execId = await createExec(calls, id, cmd, deadline.signal);
    const output = await readOutput(calls, execId, deadline.signal);
    return { exitCode: await waitForExit(calls, execId, deadline.signal), output };
  } catch (error) {
    const reason: unknown = deadline.signal.aborted ? deadline.signal.reason : error;
    throw toDockerError(reason, `${PURPOSE} in container ${id}`, calls.endpoint);
  } finally {
    deadline.disarm();
  }
}

/** The command itself may hold a secret. */
const PURPOSE = 'run a command';

async function createExec(
  calls: EngineCalls,
  id: string,
  cmd: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const path = `/containers/${encodeURIComponent(id)}/exec`;
  const body = { AttachStdout: true, AttachStderr: true, Cmd: cmd };
  const answer = await calls.answer({ method: 'POST', path, body, purpose: `${PURPOSE} in container ${id}` }, signal);
  return (answer as WireExecCreated).Id;
}

/** The first bytes; the rest is read and dropped, so that the command is never held up. */
async function readOutput(calls: EngineCalls, execId: string, signal: AbortSignal): Promise<string> {
  const body = { Detach: false, Tty: false };
  const stream = await calls.stream({ method: 'POST', path: `/exec/${execId}/start`, body, purpose: PURPOSE }, signal);
  const kept: Buffer[] = [];
  let room = MAX_OUTPUT_BYTES;
  for await (const { payload } of demux(stream)) {
    if (room === 0) continue;
    kept.push(payload.subarray(0, room));
    room -= Math.min(room, payload.length);
  }
  // Unlike toString, it leaves a character out that was cut in two.
  return new StringDecoder('utf8').write(Buffer.concat(kept));
}

/** The end of the output says nothing of the process: the engine may not even have heard of its end. */
async function waitForExit(calls: EngineCalls, execId: string, signal: AbortSignal): Promise<number> {
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const answer = await calls.answer({ method: 'GET', path: `/exec/${execId}/json`, purpose: PURPOSE }, signal);
    const { Running, ExitCode } = answer as WireExec;
    if (!Running) return ExitCode ?? NEVER_RAN;
    await delay(pauseMs, signal);
  }
}
