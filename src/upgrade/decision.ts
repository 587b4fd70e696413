import type { DesiredApplication } from '../model/desired.ts';
import type { Marker, ObservedMarker } from '../model/markers.ts';
import type { ObservedInstance } from '../model/observed.ts';
import type { UpgradeRule } from '../model/upgrade-rule.ts';

// What is decided about the upgrade of one application: who may be worked on now, and what stands in the way of the rest.

/** Everything an upgrade depends on; equal facts, equal decision. */
export interface UpgradeFacts {
  readonly owner: string;
  readonly desired: DesiredApplication;
  /** Its earlier versions, newest first, as far as they are known. */
  readonly earlier: readonly DesiredApplication[];
  /** By key. */
  readonly instances: Readonly<Record<string, ObservedInstance>>;
  readonly markers: readonly ObservedMarker[];
  /** Keys of instances a step is under way for. */
  readonly busy: ReadonlySet<string>;
  /** Keys of instances that this process is repairing or updating: what ends there may have been ended by us. */
  readonly ongoing: ReadonlySet<string>;
  readonly failedSteps: readonly FailedStep[];
  /** ms since the epoch */
  readonly now: number;
}

/** A step that has failed too often to go on hoping. */
export interface FailedStep {
  readonly stepId: string;
  /** Hash of the application as it was to be then. */
  readonly desiredHash: string;
  readonly message: string;
}

/** What may be done to an instance, or to one that the specification has no more. */
export type Turn =
  /** `batch`: as people read it, `batch 2 of 4`; '' for what is none. */
  | { readonly kind: 'now'; readonly batch: string }
  /** Its time comes; until then it is kept as it is. `until`: when that is at the latest, if nothing happens. */
  | { readonly kind: 'later'; readonly batch: string; readonly awaits: string; readonly until: number | undefined }
  /** It goes, and its successor comes when all the others have gone too. */
  | { readonly kind: 'stop' }
  /** It is kept as it is until the next commit. */
  | { readonly kind: 'stay' };

export type UpgradeState = 'upgrading' | 'aborted' | 'rolling-back' | 'rolled-back';

/** How far an upgrade is; plain data for the state, the events and the log. Versions are '' where there is none. */
export interface UpgradeProgress {
  readonly state: UpgradeState;
  readonly from: readonly string[];
  readonly to: string;
  readonly method: UpgradeRule['method'];
  /** Counted from 1; 0 when what is done belongs to no batch. */
  readonly batch: number;
  readonly batches: number;
  /** Instances of the new version that have been ready for their healthy-time. */
  readonly done: number;
  /** Instances that are not of the new version. */
  readonly left: number;
  /** `web-1 to be ready`; '' when nothing is waited for. */
  readonly waitingFor: string;
  /** When the healthy-time that is waited for is over, ms since the epoch; undefined: none is running. */
  readonly healthyAt: number | undefined;
  /** Why it was aborted; '' when it was not. */
  readonly reason: string;
  /** Keys of instances that are not of the new version and are not being worked on. */
  readonly waiting: readonly string[];
  /** Keys of instances that have to become ready, or to stay so for their healthy-time. */
  readonly proving: readonly string[];
}

export interface UpgradeDecision {
  /** What instances are brought to: the newest wish, or, after a failure, what was before it. */
  readonly application: DesiredApplication;
  /** Stamp of the upgrade that instances are made in; '' when there is none. */
  readonly upgrade: string;
  /** Written one after the other before anything else is done. */
  readonly notes: readonly Marker[];
  /** Markers that say nothing any more. */
  readonly forget: readonly ObservedMarker[];
  /** By instance key; whoever is missing may be worked on freely. */
  readonly turns: ReadonlyMap<string, Turn>;
  /** For instances that run and are not desired, where they have no turn of their own; undefined: freely. */
  readonly surplus: Turn | undefined;
  /** The marker that goes when nothing is left to be waited for; `awaits` '': now. */
  readonly end:
    { readonly marker: ObservedMarker; readonly awaits: string; readonly until: number | undefined } | undefined;
  readonly progress: UpgradeProgress | undefined;
  /** When to decide again without an event, ms since the epoch; undefined: never. */
  readonly wakeAt: number | undefined;
}

/** Nothing stands in anybody's way. */
export const FREELY = {
  upgrade: '',
  notes: [],
  forget: [],
  turns: new Map<string, Turn>(),
  surplus: undefined,
  end: undefined,
  progress: undefined,
  wakeAt: undefined,
} as const satisfies Omit<UpgradeDecision, 'application'>;
