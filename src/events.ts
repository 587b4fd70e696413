import type { DiskSpace } from './model/observed.ts';
import type { UpgradeTransition } from './upgrade/transitions.ts';
import type { Step } from './model/plan.ts';

/** The daemon's story as one union: the log, and later the event stream, are told nothing else. */
export type FairleadEvent =
  | {
      readonly kind: 'revision-fetched';
      readonly revision: string;
      readonly forced: boolean;
      readonly problems: number;
    }
  | { readonly kind: 'repository-failed'; readonly error: string; readonly retryInMs: number }
  /** Versions in the history of the repository are not known; nothing else suffers. */
  | { readonly kind: 'history-failed'; readonly error: string }
  | { readonly kind: 'host-up'; readonly host: string; readonly engine: string }
  | { readonly kind: 'host-down'; readonly host: string; readonly error: string }
  | { readonly kind: 'lease-acquired'; readonly host: string }
  | { readonly kind: 'lease-awaited'; readonly host: string; readonly holder: string }
  | SpaceEvent<'space-low'>
  | SpaceEvent<'space-ample'>
  | { readonly kind: 'step-done'; readonly host: string; readonly step: Step; readonly ms: number }
  | {
      readonly kind: 'step-failed';
      readonly host: string;
      readonly step: Step;
      readonly error: string;
      readonly tries: number;
      readonly ms: number;
    }
  | ({ readonly kind: 'upgrade'; readonly host: string; readonly application: string } & UpgradeTransition)
  | { readonly kind: 'removal-held'; readonly host: string; readonly application: string; readonly reason: string }
  | { readonly kind: 'converged'; readonly host: string; readonly revision: string };

/** An engine's disk became low, or is no longer. */
type SpaceEvent<K extends string> = DiskSpace & { readonly kind: K; readonly host: string };

/** Told what happens; never throws, never waits. */
export type Narrator = (event: FairleadEvent) => void;
