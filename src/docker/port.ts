import type { Duplex } from 'node:stream';
import type { ObservedMarker } from '../model/markers.ts';
import type {
  DiskSpace,
  EngineInfo,
  ObservedContainer,
  ObservedImage,
  ObservedLog,
  ObservedNetwork,
  ObservedVolume,
} from '../model/observed.ts';
import type { ActionOf, LogToKeep } from '../model/plan.ts';
import type { DialTarget, ExecOptions, ExecSession, LogOptions, LogRecord, KeptLogOptions } from './sessions.ts';

export type {
  DialTarget,
  ExecOptions,
  ExecSession,
  KeptLogOptions,
  LogOptions,
  LogRecord,
  TerminalSize,
} from './sessions.ts';

/** Everything Fairlead asks of a Docker engine, in its own types. Adapters: engine.ts and, in tests, the fake engine. */
export interface DockerPort {
  /** Cheap sign of life. */
  ping(signal: AbortSignal): Promise<void>;
  info(signal: AbortSignal): Promise<EngineInfo>;

  /** Every container labelled with this owner, running or not, in any order. */
  listContainers(owner: string, signal: AbortSignal): Promise<readonly ObservedContainer[]>;
  /** By id or name; undefined when there is none. */
  inspectContainer(idOrName: string, signal: AbortSignal): Promise<ObservedContainer | undefined>;
  /** All networks of the engine, whoever made them. */
  listNetworks(signal: AbortSignal): Promise<readonly ObservedNetwork[]>;
  inspectNetwork(idOrName: string, signal: AbortSignal): Promise<ObservedNetwork | undefined>;
  /** Every volume labelled with this owner. */
  listVolumes(owner: string, signal: AbortSignal): Promise<readonly ObservedVolume[]>;
  /** undefined when there is none, or it is not Fairlead's. */
  inspectVolume(name: string, signal: AbortSignal): Promise<ObservedVolume | undefined>;
  /** Every kept log labelled with this owner. */
  listLogs(owner: string, signal: AbortSignal): Promise<readonly ObservedLog[]>;
  /** By the name of its volume; undefined when there is none. */
  inspectLog(name: string, signal: AbortSignal): Promise<ObservedLog | undefined>;
  /** Every marker labelled with this owner. */
  listMarkers(owner: string, signal: AbortSignal): Promise<readonly ObservedMarker[]>;
  /** By the name of its volume; undefined when there is none. */
  inspectMarker(name: string, signal: AbortSignal): Promise<ObservedMarker | undefined>;
  listImages(signal: AbortSignal): Promise<readonly ObservedImage[]>;
  /** By reference or id. */
  inspectImage(reference: string, signal: AbortSignal): Promise<ObservedImage | undefined>;
  /**
   * What happens on the engine from now on. Yields `connected` once the stream is open, so that a list taken after it
   * misses nothing. Ends by throwing when the connection does; returns quietly when `signal` aborts.
   */
  events(signal: AbortSignal): AsyncIterable<EngineEvent>;

  /**
   * Success when an identical one exists (same owner, made from the same wish). Another one of this owner has the name: DockerError
   * `conflict`; somebody else's: `name-taken`, naming the holder.
   */
  createContainer(action: ActionOf<'create-container'>, signal: AbortSignal): Promise<void>;
  /** Lays `prepare` into its file system, then starts it. Already running is success, with nothing laid. */
  startContainer(action: ActionOf<'start-container'>, signal: AbortSignal): Promise<void>;
  /** Waits until it has ended. Already stopped or gone is success. */
  stopContainer(id: string, graceMs: number, signal: AbortSignal): Promise<void>;
  /** Kills it when it runs. Gone, or being removed already, is success once it is gone. */
  removeContainer(id: string, signal: AbortSignal): Promise<void>;
  /**
   * Copies the log of a stopped container into a volume of its own; what an interrupted copy left there goes first. A
   * log that is empty, or that the engine does not show, is no failure and makes no volume.
   */
  keepLog(id: string, log: LogToKeep, signal: AbortSignal): Promise<void>;
  unpauseContainer(id: string, signal: AbortSignal): Promise<void>;
  /** DockerError `refused` where a limit would go back to 0: an engine cannot lift one from a container. */
  updateContainer(action: ActionOf<'update-container'>, signal: AbortSignal): Promise<void>;
  renameContainer(id: string, name: string, signal: AbortSignal): Promise<void>;
  /** Success when one with the same owner and tenant/application labels exists. */
  createNetwork(action: ActionOf<'create-network'>, signal: AbortSignal): Promise<void>;
  removeNetwork(id: string, signal: AbortSignal): Promise<void>;
  /**
   * Success when one with the same owner, instance and kind labels exists: data is never thrown away for a changed wish.
   * One of another kind: `refused`. Where the engine cannot enforce a size the volume is made without.
   */
  createVolume(action: ActionOf<'create-volume'>, signal: AbortSignal): Promise<void>;
  /** With its data. Gone is success; DockerError `conflict` while a container has it. */
  removeVolume(action: ActionOf<'remove-volume'>, signal: AbortSignal): Promise<void>;
  /** Success when the same one exists: a marker is never changed. */
  createMarker(action: ActionOf<'create-marker'>, signal: AbortSignal): Promise<void>;
  /** Gone is success. */
  removeMarker(action: ActionOf<'remove-marker'>, signal: AbortSignal): Promise<void>;
  /** The former generation stays readable until the new one is complete, and no reader ever finds none. */
  writeFiles(action: ActionOf<'write-files'>, signal: AbortSignal): Promise<void>;
  /**
   * DockerError `refused` with exit code and output when the command fails, `timeout` when it has not ended in a minute.
   * Without a command the container need not run.
   */
  announceFiles(action: ActionOf<'announce-files'>, signal: AbortSignal): Promise<void>;
  /**
   * Runs a command in a running container and waits for its end. When `signal` aborts nobody listens any more, but the
   * command runs on: an engine cannot end it (engine-notes G). DockerError `conflict` when the container does not run.
   */
  exec(id: string, cmd: readonly string[], signal: AbortSignal): Promise<ExecResult>;
  /**
   * Runs a command in a running container and is connected with it; `signal` ends with the opening. A program that is
   * not there is no error: it ends with 126 or 127, and says so. DockerError `conflict` when the container does not run.
   */
  openExec(id: string, options: ExecOptions, signal: AbortSignal): Promise<ExecSession>;
  /**
   * A connection opened from the network namespace of a running sandbox, which ends with the sandbox; `signal` ends with
   * the opening. Of `udp` each chunk is one datagram, both ways, and nothing but `destroy` ends it. Needs the sandbox
   * image. Rejects with a sentence, and no DockerError, when the target does not take it: `connection refused`,
   * `no answer within 30 s`, `no route to the host`. DockerError `conflict` when the sandbox does not run.
   */
  dialFrom(sandboxId: string, target: DialTarget, signal: AbortSignal): Promise<Duplex>;
  /**
   * The log of a container, running or not, oldest first. With `follow` it goes on until the container ends. Ends quietly
   * when `signal` aborts, at once; who leaves the loop while it waits for a line has to abort. DockerError `conflict` when
   * there is no such container or no log of it can be read.
   */
  readLog(id: string, options: LogOptions, signal: AbortSignal): AsyncIterable<LogRecord>;
  /**
   * What `keepLog` kept, by the name of its volume, oldest first. Ends quietly when `signal` aborts. DockerError `conflict`
   * when there is none of this owner, `timeout` when no record was taken for a minute. Until it ends the volume cannot be
   * removed: who leaves the loop while it waits for a record has to abort.
   */
  readKeptLog(volume: string, options: KeptLogOptions, signal: AbortSignal): AsyncIterable<LogRecord>;
  /** Pulls with the credentials the Docker config file has for the registry. */
  pullImage(reference: string, signal: AbortSignal): Promise<void>;
  /** Gives an image a further name, `name:tag`; whatever had it has it no more. DockerError `image-missing`. */
  tagImage(reference: string, as: { readonly name: string; readonly tag: string }, signal: AbortSignal): Promise<void>;
  /**
   * Takes away a name of an image, and the image with its last one. Gone is success; DockerError `conflict` while a
   * container, whoever made it and running or not, uses it.
   */
  removeImage(reference: string, signal: AbortSignal): Promise<void>;
  /** Makes the sandbox image from bytes the program carries: nothing is pulled. */
  importSandboxImage(reference: string, signal: AbortSignal): Promise<void>;

  /**
   * Takes the right to act for an owner on this engine: a helper container whose fixed name can exist once and which
   * ends with this process's connection (contract 3). Needs the sandbox image.
   */
  acquireLease(owner: string, holder: string, signal: AbortSignal): Promise<Lease | LeaseTaken>;
  /** Connections from the network namespace of the engine's host, by a helper container. Needs the sandbox image. */
  openRelay(owner: string, signal: AbortSignal): Promise<Relay>;
}

export interface ExecResult {
  readonly exitCode: number;
  /** Of stdout and stderr together, the first 4 KiB. */
  readonly output: string;
}

/** Goes with its process's connection, as a lease does. */
export interface Relay {
  /** Resolves when connected. Rejects with a sentence: `connection refused`, `no answer`, … */
  connect(address: string, port: number, signal: AbortSignal): Promise<Duplex>;
  /** Resolves, never rejects, with the reason when the relay is gone, also after `close`. */
  readonly lost: Promise<string>;
  close(): Promise<void>;
}

export interface Lease {
  readonly kind: 'lease';
  /** Resolves, never rejects, with the reason when the lease is gone, also after `release`. */
  readonly lost: Promise<string>;
  /** IPv4 destinations of the routes of the engine's host, as CIDRs, without the default route. */
  routes(signal: AbortSignal): Promise<readonly string[]>;
  /** Of the file system that holds the engine's data root. DockerError `refused` where it does not tell. */
  space(signal: AbortSignal): Promise<DiskSpace>;
  /** Whether this process lives in the network namespace of the engine's host, and so reaches what runs there. */
  sharesNetwork(signal: AbortSignal): Promise<boolean>;
  release(): Promise<void>;
}

export interface LeaseTaken {
  readonly kind: 'taken';
  /** Who has it, in words: `host-a pid 4711`. */
  readonly holder: string;
}

export type EngineEvent =
  | { readonly kind: 'connected' }
  | {
      readonly kind: 'container';
      /** The engine's word: create, start, die, destroy, pause, unpause, rename, update, oom, … */
      readonly action: string;
      readonly id: string;
      readonly name: string;
      /** From the container's labels; undefined: not Fairlead's. */
      readonly owner: string | undefined;
    }
  | {
      readonly kind: 'network';
      readonly action: string;
      readonly id: string;
      readonly name: string;
      /** On connect and disconnect: the container's id. */
      readonly container: string | undefined;
    }
  | { readonly kind: 'volume'; readonly action: string; readonly name: string }
  | { readonly kind: 'image'; readonly action: string; readonly reference: string };

export type DockerErrorCode =
  | 'unreachable' // no engine answers, or it went away: the host is down until it answers
  | 'timeout' // the engine did not answer in time: try again
  | 'name-taken' // something that is not ours has the name
  | 'image-missing' // the image is not on the host
  | 'pull-failed' // the registry refused or could not be reached
  | 'subnet-taken' // the address range overlaps another network
  | 'conflict' // the state of the thing forbids it: observe again
  | 'refused'; // the engine said no: the message is for the author of the specification

/** A failed call to the engine. The message is a sentence and holds no secret. */
export class DockerError extends Error {
  readonly code: DockerErrorCode;
  constructor(code: DockerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'DockerError';
    this.code = code;
  }
}
