import { spawnSync } from 'node:child_process';
import { isatty } from 'node:tty';
import { Interruption, type CliIo, type CliTerminal, type InterruptionSignal } from './io.ts';

/** The process itself. */
export function createProcessIo(): CliIo {
  const ending = new AbortController();
  const end = (name: InterruptionSignal) => ending.abort(new Interruption(name));
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, end);
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
    interrupted: () => ending.signal,
    setExitCode: (code) => void (process.exitCode = code),
  };
}

/** What would end the process at once, and is worth living on for as long as the terminal is not what it was. */
const FATAL_WHILE_RAW = ['SIGHUP', 'SIGQUIT'] as const;

function createTerminal(end: (name: InterruptionSignal) => void): CliTerminal {
  const { stdin, stdout, stderr } = process;
  // Of a terminal that is gone nobody can be told.
  stderr.on('error', () => undefined);
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
