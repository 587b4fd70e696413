import type { DiskSpace } from './model/observed.ts';
import type { UpgradeTransition } from './upgrade/transitions.ts';
import type { Step } from './model/plan.ts';

/** The daemon's story as one union: the log and the event stream are told nothing else of what the daemon does. */
export type FairleadEvent =
  | {
      readonly kind: 'revision-fetched';
      readonly revision: string;
      readonly forced: boolean;
      readonly problems: number;
    }
  /** A commit that nobody trusted vouches for; what was in force stays. */
  | { readonly kind: 'revision-refused'; readonly revision: string; readonly error: string }
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
  /** Why nothing of it changes, in a sentence. */
  | { readonly kind: 'application-waits'; readonly host: string; readonly application: string; readonly reason: string }
  | { readonly kind: 'application-goes-on'; readonly host: string; readonly application: string }
  | { readonly kind: 'converged'; readonly host: string; readonly revision: string };

/** An engine's disk became low, or is no longer. */
type SpaceEvent<K extends string> = DiskSpace & { readonly kind: K; readonly host: string };

/** Told what happens; never throws, never waits. */
export type Narrator = (event: FairleadEvent) => void;

const UPGRADE_HEADLINES = {
  begun: 'upgrade begun',
  continued: 'upgrade continued',
  batch: 'upgrade batch begun',
  ended: 'upgrade ended',
  aborted: 'upgrade aborted',
  'rolling-back': 'upgrade rolling back',
  'rolled-back': 'upgrade rolled back',
} as const satisfies Readonly<Record<UpgradeTransition['transition'], string>>;

/** What happened in a few words, the same wherever it is told: one of a few fixed sentences. */
export function headlineOf(event: FairleadEvent): string {
  switch (event.kind) {
    case 'revision-fetched':
      return 'revision fetched';
    case 'revision-refused':
      return 'revision refused';
    case 'repository-failed':
      return 'repository cannot be read';
    case 'history-failed':
      return 'history cannot be read';
    case 'host-up':
      return 'host up';
    case 'host-down':
      return 'host down';
    case 'lease-acquired':
      return 'lease acquired';
    case 'lease-awaited':
      return 'another daemon of this owner acts here, waiting';
    case 'space-low':
      return 'disk space low';
    case 'space-ample':
      return 'disk space ample again';
    case 'step-done':
      return 'step done';
    case 'step-failed':
      return 'step failed';
    case 'upgrade':
      return UPGRADE_HEADLINES[event.transition];
    case 'removal-held':
      return 'removal held';
    case 'application-waits':
      return 'application waits';
    case 'application-goes-on':
      return 'application waits no longer';
    case 'converged':
      return 'converged';
    default:
      return event satisfies never;
  }
}
