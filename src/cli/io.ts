/** What a command may touch of the process, so that a test can be the process. */
export interface CliIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether stdout is a terminal. */
  readonly isTTY: boolean;
  /** Whether stderr, where the log goes, is one. */
  readonly logsToTTY: boolean;
  readonly isRoot: boolean;
  /** A signal that aborts when the user wants to end (SIGINT, SIGTERM). */
  readonly interrupted: () => AbortSignal;
  /** The process ends with the last code set; 0 when none was. */
  readonly setExitCode: (code: number) => void;
}
