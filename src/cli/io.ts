import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';

/** What a command may touch of the process, so that a test can be the process. */
export interface CliIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: { write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether stdout is a terminal. */
  readonly isTTY: boolean;
  /** Whether stderr, where the log goes, is one. */
  readonly logsToTTY: boolean;
  /** There where stdin and stdout are both one: then a person sits at it. */
  readonly terminal: CliTerminal | undefined;
  readonly isRoot: boolean;
  /** A signal that aborts when the user wants to end (SIGINT, SIGTERM); its reason is an Interruption. */
  readonly interrupted: () => AbortSignal;
  /** The process ends with the last code set; 0 when none was. */
  readonly setExitCode: (code: number) => void;
}

/** The terminal a person sits at. */
export interface CliTerminal {
  /**
   * Raw: every key comes as it is typed, Ctrl-C among them, and is not shown. Meanwhile SIGHUP and SIGQUIT interrupt, too,
   * so that nothing but SIGKILL ends the process before the terminal is what it was.
   */
  setRaw(isRaw: boolean): void;
  size(): TerminalSize;
  /** Until the function returned is called. */
  onResize(listener: () => void): () => void;
}

/** In characters. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

export type InterruptionSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT';

/** The user, or whoever ends processes, wants the command to end. */
export class Interruption extends Error {
  readonly signal: InterruptionSignal;

  constructor(signal: InterruptionSignal) {
    super(`interrupted by ${signal}`);
    this.name = 'AbortError';
    this.signal = signal;
  }
}

/** What a process ended by this signal leaves behind in a shell: 130 for Ctrl-C. */
export function interruptionCode(signal: AbortSignal): number {
  const reason: unknown = signal.reason;
  return 128 + constants.signals[reason instanceof Interruption ? reason.signal : 'SIGINT'];
}
