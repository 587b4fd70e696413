import { spawnSync } from 'node:child_process';
import { isatty } from 'node:tty';
import { Interruption, type CliIo, type CliTerminal, type InterruptionSignal } from './io.ts';
import { CLOSED_CODE } from './output.ts';

/** The process itself. */
export function createProcessIo(): CliIo {
  const ending = new AbortController();
  const end = (name: InterruptionSignal) => ending.abort(new Interruption(name));
  surviveLostReaders();
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    // process.stdout.isTTY is undefined on a pipe, whatever its type says.
    isTTY: isatty(1),
    logsToTTY: isatty(2),
    terminal: isatty(0) && isatty(1) ? createTerminal(end) : undefined,
    isRoot: process.getuid?.() === 0,
    interrupted() {
      // Not before: a command that never asks is ended by the signal itself, wherever it is.
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, end).on(name, end);
      return ending.signal;
    },
    setExitCode: (code) => void (process.exitCode = code),
  };
}

/** `fairlead get events --watch | head`: the end is quiet, as SIGPIPE would have it, unless the command sees to that itself. */
function surviveLostReaders(): void {
  const { stdout, stderr } = process;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (stdout.listenerCount('error') > 1) return;
    if (error.code !== 'EPIPE') throw error;
    process.exit(CLOSED_CODE);
  });
  // Of a terminal that is gone nobody can be told.
  stderr.on('error', () => undefined);
}

/** What would end the process at once, and is worth living on for as long as the terminal is not what it was. */
const FATAL_WHILE_RAW = ['SIGHUP', 'SIGQUIT'] as const;

function createTerminal(end: (name: InterruptionSignal) => void): CliTerminal {
  const { stdin, stdout } = process;
  return {
    setRaw(isRaw) {
      for (const name of FATAL_WHILE_RAW) {
        process.off(name, end);
        if (isRaw) process.on(name, end);
      }
      stdin.setRawMode(isRaw);
      if (isRaw) passOutput();
    },
    size() {
      const [columns, rows] = stdout.getWindowSize();
      return { rows, columns };
    },
    onResize(listener) {
      // Node has read the new size by then, which it has not when SIGWINCH arrives.
      stdout.on('resize', listener);
      return () => void stdout.off('resize', listener);
    },
  };
}

/**
 * Node's raw mode is one of keys: a line feed is shown as a line feed and a return still, which breaks the screens of
 * programs that mean a line feed. Leaving raw mode takes this back with the rest. Without `stty` most is right all the same.
 */
function passOutput(): void {
  spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'], timeout: 2000 });
}
