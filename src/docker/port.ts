import type { EngineInfo, ObservedContainer, ObservedImage, ObservedNetwork } from '../model/observed.ts';
import type { ActionOf } from '../model/plan.ts';

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
  listImages(signal: AbortSignal): Promise<readonly ObservedImage[]>;
  /** By reference or id. */
  inspectImage(reference: string, signal: AbortSignal): Promise<ObservedImage | undefined>;
  /**
   * What happens on the engine from now on. Yields `connected` once the stream is open, so that a list taken after it
   * misses nothing. Ends by throwing when the connection does; returns quietly when `signal` aborts.
   */
  events(signal: AbortSignal): AsyncIterable<EngineEvent>;

  /**
   * Success when an identical one exists (same owner and config-hash). Another one of this owner has the name: DockerError
   * `conflict`; somebody else's: `name-taken`, naming the holder.
   */
  createContainer(action: ActionOf<'create-container'>, signal: AbortSignal): Promise<void>;
  /** Already running is success. */
  startContainer(idOrName: string, signal: AbortSignal): Promise<void>;
  /** Waits until it has ended. Already stopped or gone is success. */
  stopContainer(id: string, graceMs: number, signal: AbortSignal): Promise<void>;
  /** Kills it when it runs. Gone, or being removed already, is success once it is gone. */
  removeContainer(id: string, signal: AbortSignal): Promise<void>;
  unpauseContainer(id: string, signal: AbortSignal): Promise<void>;
  /** DockerError `refused` where a limit would go back to 0: an engine cannot lift one from a container. */
  updateContainer(action: ActionOf<'update-container'>, signal: AbortSignal): Promise<void>;
  renameContainer(id: string, name: string, signal: AbortSignal): Promise<void>;
  /** Success when one with the same owner and tenant/application labels exists. */
  createNetwork(action: ActionOf<'create-network'>, signal: AbortSignal): Promise<void>;
  removeNetwork(id: string, signal: AbortSignal): Promise<void>;
  /** Pulls with the credentials the Docker config file has for the registry. */
  pullImage(reference: string, signal: AbortSignal): Promise<void>;
  /** Makes the sandbox image from bytes the program carries: nothing is pulled. */
  importSandboxImage(reference: string, signal: AbortSignal): Promise<void>;

  /**
   * Takes the right to act for an owner on this engine: a helper container whose fixed name can exist once and which
   * ends with this process's connection (contract 3). Needs the sandbox image.
   */
  acquireLease(owner: string, holder: string, signal: AbortSignal): Promise<Lease | LeaseTaken>;
}

export interface Lease {
  readonly kind: 'lease';
  /** Resolves, never rejects, with the reason when the lease is gone, also after `release`. */
  readonly lost: Promise<string>;
  /** IPv4 destinations of the routes of the engine's host, as CIDRs, without the default route. */
  routes(signal: AbortSignal): Promise<readonly string[]>;
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
