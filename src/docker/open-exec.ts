import type { EngineCalls } from './calls.ts';
import { delay } from './deadline.ts';
import { isRefusal } from './docker-errors.ts';
import { toInput, toNoInput, toOutput } from './exec-streams.ts';
import { inspectContainer } from './inspect.ts';
import type { ExecOptions, ExecSession, TerminalSize } from './port.ts';
import type { WireExec, WireExecCreated } from './wire-files.ts';

/** Somebody waits for it. */
const OPEN_MS = 30_000;
const LONGEST_PAUSE_MS = 500;
/** The command itself may hold a secret. */
const PURPOSE = 'run a command';

interface Exec {
  readonly calls: EngineCalls;
  readonly execId: string;
  readonly containerId: string;
}

/** See DockerPort.openExec. */
export async function openExec(
  calls: EngineCalls,
  { id, ...options }: ExecOptions & { readonly id: string },
  signal: AbortSignal,
): Promise<ExecSession> {
  const { tty, stdin, size } = options;
  const exec = { calls, execId: await createExec(calls, { id, ...options }, signal), containerId: id };
  const body = { Detach: false, Tty: tty, ...toConsoleSize(size) };
  const path = `/exec/${exec.execId}/start`;
  const purpose = `${PURPOSE} in container ${id}`;
  const connection = await calls.hijack({ method: 'POST', path, body, purpose, timeoutMs: OPEN_MS }, signal);
  const attachment = { connection, tty };
  const output = toOutput(attachment);
  const resize = openResizer(exec);
  // An engine of API 1.41 takes no size with the start, only once the command runs: what is typed comes after it.
  const sized = tty && size !== undefined ? resize(size).catch(() => undefined) : Promise.resolve();
  const input = stdin ? toInput(attachment, sized) : toNoInput();
  return {
    output,
    input,
    resize,
    exitCode: (until) => waitForExit(exec, until),
    close: () => {
      output.destroy();
      input.destroy();
      connection.destroy();
    },
  };
}

async function createExec(
  calls: EngineCalls,
  { id, cmd, tty, stdin, size }: ExecOptions & { readonly id: string },
  signal: AbortSignal,
): Promise<string> {
  const path = `/containers/${encodeURIComponent(id)}/exec`;
  const streams = { AttachStdin: stdin, AttachStdout: true, AttachStderr: true, Tty: tty };
  const body = { ...streams, Cmd: cmd, ...toConsoleSize(size) };
  const purpose = `${PURPOSE} in container ${id}`;
  const answer = await calls.answer({ method: 'POST', path, body, purpose, timeoutMs: OPEN_MS }, signal);
  return (answer as WireExecCreated).Id;
}

/** Since API 1.42: then the command never sees another size. */
function toConsoleSize(size: TerminalSize | undefined): object {
  return size === undefined ? {} : { ConsoleSize: [size.rows, size.columns] };
}

/** One at a time, and of those that wait only the newest: a window that is drawn larger asks many times. */
function openResizer({ calls, execId }: Exec): ExecSession['resize'] {
  const { signal } = new AbortController();
  let wanted: TerminalSize | undefined;
  let working: Promise<void> | undefined;
  const work = async () => {
    for (let size = wanted; size !== undefined; size = wanted) {
      wanted = undefined;
      const query = { h: String(size.rows), w: String(size.columns) };
      const path = `/exec/${execId}/resize`;
      try {
        await calls.answer({ method: 'POST', path, query, purpose: 'resize a terminal', timeoutMs: OPEN_MS }, signal);
      } catch (error) {
        if (!isRefusal(error, 404, 409, 500)) throw error;
      }
    }
  };
  return (size) => {
    wanted = size;
    working ??= work().finally(() => (working = undefined));
    return working;
  };
}

/** The end of the output says nothing of the process: the engine may not even have heard of its end. */
async function waitForExit({ calls, execId, containerId }: Exec, signal: AbortSignal): Promise<number | undefined> {
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const exec = await inspectExec(calls, execId, signal);
    if (exec === undefined) return undefined;
    // An engine has none of what it killed with its container, and one of what it could not begin.
    if (!exec.Running) return exec.ExitCode ?? undefined;
    // One that was killed with its container may seem to run for ever.
    if (pauseMs === LONGEST_PAUSE_MS && !(await isUp(calls, containerId, signal))) return undefined;
    await delay(pauseMs, signal);
  }
}

async function inspectExec(calls: EngineCalls, execId: string, signal: AbortSignal): Promise<WireExec | undefined> {
  try {
    const call = { method: 'GET', path: `/exec/${execId}/json`, purpose: PURPOSE } as const;
    return (await calls.answer(call, signal)) as WireExec;
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}

async function isUp(calls: EngineCalls, id: string, signal: AbortSignal): Promise<boolean> {
  const status = (await inspectContainer(calls, id, signal))?.State.Status;
  return status === 'running' || status === 'paused';
}
