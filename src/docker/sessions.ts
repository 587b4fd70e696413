import type { Readable, Writable } from 'node:stream';

// What a person does with a running container: the types of DockerPort.openExec, dialFrom and readLog.

export interface ExecOptions {
  readonly cmd: readonly string[];
  readonly tty: boolean;
  /** Whether it may be written to; else it finds its stdin at the end, and what is written to `input` is dropped. */
  readonly stdin: boolean;
  /** Of its terminal, when it is known before. */
  readonly size?: TerminalSize;
}

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

export interface ExecSession {
  /**
   * stdout and stderr together, in order. Little is read ahead of its reader: a slow one makes the command wait. Ends with
   * the command or with the connection to the engine: the exit code tells which.
   */
  readonly output: Readable;
  /** Its end closes the command's stdin; at a terminal, which has no end, it types what stands for one, ^D. */
  readonly input: Writable;
  /** Of a command that has ended: no error. */
  resize(size: TerminalSize): Promise<void>;
  /** Waits for the end. undefined where the engine cannot tell any more: the container is gone. @throws DockerError */
  exitCode(signal: AbortSignal): Promise<number | undefined>;
  /** Lets go at once; the command runs on (engine-notes G). */
  close(): void;
}

export interface DialTarget {
  readonly owner: string;
  readonly protocol: 'tcp' | 'udp';
  /** IPv4 or IPv6, no name. */
  readonly address: string;
  readonly port: number;
}

export interface LogOptions {
  /** ms since the epoch, as `until`. */
  readonly since?: number;
  readonly until?: number;
  /** So many lines at the end; absent: all. */
  readonly tail?: number;
  readonly follow: boolean;
}

/** A part of a kept log, in ms since the epoch, both included. */
export interface KeptLogOptions {
  readonly owner: string;
  readonly since?: number;
  readonly until?: number;
}

export interface LogRecord {
  /** RFC 3339 with nanoseconds, as the engine gives it. */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr';
  /** Without line end. */
  readonly message: string;
}
