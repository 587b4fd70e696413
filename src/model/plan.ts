import type { Marker, ObservedMarker } from './markers.ts';
import type { SignatureDemand } from './signature-demand.ts';
import type { ArchiveEntry, DesiredContainer, DesiredFiles, DesiredVolume, Resources } from './desired.ts';

/** The plan: plain JSON between the one function that decides and the one that acts. */

/** What each kind of Docker call needs. Actions on something that exists carry its id, so a newer namesake is never hit. */
interface ActionFields {
  'import-sandbox-image': { readonly image: string };
  /**
   * `note`: written first, where it is Fairlead that brings the image; undefined where it is there already. `for`: the
   * application that wants it pulled though it is there, or signed; '' for one that is missing, whoever needs it.
   */
  'pull-image': {
    readonly image: string;
    readonly note: MarkerNote | undefined;
    readonly for: string;
    /** undefined: whoever signed it. */
    readonly signed: SignedPull | undefined;
  };
  /** With the marker that says it may go. An image that somebody uses stays, and is Fairlead's to remove no more. */
  'remove-image': { readonly image: string; readonly marker: ObservedMarker };
  'create-network': {
    readonly network: string;
    readonly subnet: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  'remove-network': { readonly network: string; readonly id: string };
  'create-container': {
    /** Where its image has to be signed, with the digest of the one that is. */
    readonly container: DesiredContainer;
    readonly labels: Readonly<Record<string, string>>;
    /** Its image is not verified yet: NEVER CARRIED OUT SO, another plan comes when it is. */
    readonly unverified?: true;
  };
  'start-container': {
    readonly name: string;
    /** Laid into its file system first. */
    readonly prepare: readonly ArchiveEntry[];
  };
  'unpause-container': { readonly name: string; readonly id: string };
  'update-container': {
    readonly name: string;
    readonly id: string;
    readonly resources: Resources;
    readonly restart: string;
  };
  'rename-container': { readonly name: string; readonly id: string };
  'stop-container': { readonly name: string; readonly id: string; readonly graceMs: number };
  /** `log`: kept first, in one step with the removal, so that neither is ever found without the other. */
  'remove-container': { readonly name: string; readonly id: string; readonly log: LogToKeep | undefined };
  /** Notes a fact on the engine, before it takes effect. */
  'create-marker': MarkerNote;
  /** Runs the commands in the containers of an old instance, `name`, and notes that it was asked to end. */
  'begin-delayed-shutdown': {
    readonly name: string;
    readonly commands: readonly CommandToRun[];
    readonly noted: MarkerNote;
  };
  'remove-marker': { readonly marker: Marker; readonly name: string };
  'create-volume': { readonly volume: DesiredVolume; readonly labels: Readonly<Record<string, string>> };
  /** `hostPath`: the folder on the host that goes with it; '' for a volume in the engine's own store. */
  'remove-volume': { readonly name: string; readonly hostPath: string };
  /** Puts a new generation into the volume `name` and switches to it at once. `id`: id or name of the sandbox. */
  'write-files': { readonly name: string; readonly id: string; readonly files: DesiredFiles };
  /** Runs `cmd` in the container because files changed, unless it is `[]`, then notes in the volumes that it knows. */
  'announce-files': {
    readonly name: string;
    readonly id: string;
    readonly cmd: readonly string[];
    readonly sandboxId: string;
    readonly notes: readonly FilesNote[];
  };
}

/** How an image comes that has to be signed. */
export interface SignedPull {
  readonly demands: readonly SignatureDemand[];
  /** The one that its tag stands for now, though the host may have a good one. */
  readonly anew: boolean;
}

/** A marker to be written. */
export interface MarkerNote {
  readonly marker: Marker;
  /** Of its volume. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface CommandToRun {
  /** Of the container on the engine. */
  readonly name: string;
  readonly id: string;
  readonly cmd: readonly string[];
}

/** Where the log of a container goes, and how much of it. */
export interface LogToKeep {
  /** The new volume's name on the engine. */
  readonly volume: string;
  /** Of the volume, but for its size, which shows only then. */
  readonly labels: Readonly<Record<string, string>>;
  /** The newest so many; 0: all. */
  readonly maxBytes: number;
  /** Older lines are left behind; ms since the epoch. */
  readonly since: number;
}

/** What is written into a `files` volume about who knows of its generation. */
export interface FilesNote {
  /** Where the sandbox has the volume. */
  readonly directory: string;
  /** The container's name inside its instance. */
  readonly container: string;
  readonly generation: string;
}

export type ActionKind = keyof ActionFields;
export type Action = { [K in ActionKind]: { readonly kind: K } & ActionFields[K] }[ActionKind];
export type ActionOf<K extends ActionKind> = Extract<Action, { kind: K }>;

/** Why an instance is worked on, in a word a person would use. */
export type Intent = 'create' | 'replace' | 'update' | 'repair' | 'remove' | 'prepare' | 'upgrade';

export interface Step {
  /** The sentence, stable across plans: `create container acme.shop.web-1.nginx`. */
  readonly id: string;
  readonly action: Action;
  /** What the step works on: an instance key, an application key for its network, or an image. One at a time each. */
  readonly target: string;
  /** Application key; '' for what several share. */
  readonly application: string;
  readonly intent: Intent;
  /** Why, decided where the decision is: `version 1.2 → 1.3`. */
  readonly reason: string;
  /** Ids of the steps that must be done first. */
  readonly after: readonly string[];
  /** What must come to pass by itself first: `init container setup ends`. Such a step is never in `Plan.steps`. */
  readonly awaits?: string;
  /** With `awaits`: when it will have come to pass, unless something happens; ms since the epoch. */
  readonly awaitsUntil?: number;
  /** It goes on beside whatever its target is in the middle of, so it keeps its own words. */
  readonly aside?: true;
}

/** A step that will be taken, but not now. */
export interface LaterStep {
  readonly step: Step;
  /** ms since the epoch; undefined: when something comes to pass. */
  readonly at: number | undefined;
  /** Why not now: `retry 3 after "no such image"`. */
  readonly waitingFor: string;
}

/** Something the plan would do but may not. */
export interface HeldRemoval {
  readonly application: string;
  readonly reason: string;
}

export interface Plan {
  readonly revision: string;
  readonly steps: readonly Step[];
  readonly later: readonly LaterStep[];
  readonly held: readonly HeldRemoval[];
  /** Application key → why it cannot go on by itself, for example a full network pool. */
  readonly blocked: Readonly<Record<string, string>>;
  /** When to look again without an event; undefined: never. */
  readonly wakeAt: number | undefined;
}

/** What is remembered of a step's earlier tries. Lost with the process, which only makes the next try earlier. */
export interface Attempt {
  readonly stepId: string;
  /** As in its step. */
  readonly application: string;
  /** Hash of the application as it was desired then: an attempt at something else does not count. */
  readonly desiredHash: string;
  readonly count: number;
  readonly at: number;
  /** '' when it succeeded: what is done again and again must not spin either. */
  readonly error: string;
  /** Of a network: the ranges (CIDRs) the engine refused. */
  readonly refusedSubnets?: readonly string[];
}

/** What a target is in the middle of, in the words it began with. Lost with the process: only words are. */
export interface Ongoing {
  readonly target: string;
  /** Hash of the application as it was desired then. */
  readonly desiredHash: string;
  readonly intent: Intent;
  readonly reason: string;
}
