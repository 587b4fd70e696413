import type { LookOutcome } from '../reconcile/looks.ts';
import type { RunDocument, RunEnd, RunFacts } from './run-document.ts';
import type { Runs } from './runs.ts';

/** A webhook that is genuine. */
export interface Delivery {
  /** The kind of webhook: `github`. */
  readonly trigger: string;
  /** Of the secret it was signed with; undefined: it has none. */
  readonly secretName: string | undefined;
  /** The same for the same delivery alone; no secret. */
  readonly digest: string;
  /** What comes of it without a look at the repository; undefined: a look. */
  readonly end: RunEnd | undefined;
}

/** Looks at the repository that somebody asks for, each with its record. */
export interface LookAction {
  /** @param principal who asks; undefined: nobody known */
  sync(principal: RunFacts['principal'] | undefined): Promise<RunDocument>;
  /** The same delivery again is the same run, and sets nothing in motion. */
  deliver(delivery: Delivery): Promise<RunDocument>;
  /** Sees to their end what an earlier daemon left: this one looks at the repository as it starts. */
  carryOn(): void;
}

export interface LookActionOptions {
  /** `Looks.ask` */
  readonly look: () => Promise<LookOutcome | undefined>;
  readonly runs: Pick<Runs, 'begin' | 'beginOnce' | 'end' | 'open'>;
  readonly branch: string;
}

/** A run is on the disk before its look is asked for: what dies in between is carried on by the next daemon. */
export function createLookAction({ look, runs, branch }: LookActionOptions): LookAction {
  async function follow({ id }: RunDocument): Promise<void> {
    const outcome = await look();
    // Else the daemon ends, and the next one sees to it.
    if (outcome !== undefined) await runs.end(id, toEnd(outcome, branch));
  }

  return {
    async sync(principal) {
      const run = await runs.begin({ kind: 'sync', trigger: 'api', ...(principal === undefined ? {} : { principal }) });
      void follow(run);
      return run;
    },
    async deliver({ trigger, secretName: name, digest, end }) {
      const who = name === undefined ? {} : { principal: { name } };
      const { run, isNew } = await runs.beginOnce({ kind: 'webhook', trigger, ...who }, digest);
      if (!isNew) return run;
      if (end === undefined) {
        void follow(run);
        return run;
      }
      void runs.end(run.id, end);
      return { ...run, ...end };
    },
    carryOn() {
      for (const { run } of runs.open()) if (run.kind === 'webhook' || run.kind === 'sync') void follow(run);
    },
  };
}

function toEnd(outcome: LookOutcome, branch: string): RunEnd {
  if (outcome.kind === 'failed') return { outcome: 'failed', 'error-message': outcome.error };
  const { revision, isNew } = outcome;
  return {
    outcome: 'succeeded',
    revision,
    reason: `${branch} is at ${revision}, ${isNew ? 'which is new' : 'as before'}`,
  };
}
