import fc from 'fast-check';
import type { Behaviour } from './behaviour.ts';
import * as histories from './histories.ts';
import { play, type PlayOptions } from './play.ts';

const EVERY_BEHAVIOUR: readonly Behaviour[] = [
  ...(['well', 'slow', 'never-ready', 'never-starts', 'hangs', 'crashes', 'crashes-at-once'] as const),
];

/** Everything that may befall: time, daemons, engines, containers, probes, calls. */
const ANYTHING = fc.oneof(
  ...[histories.TIME, histories.DAEMON_RESTARTS, histories.ENDS, histories.UNREADY],
  ...[histories.FAILING_CALLS, histories.ENGINE_RESTARTS],
);

export interface Checked {
  readonly steps: number;
  /** What was found, with the history that shows it; undefined: nothing. */
  readonly failure: string | undefined;
}

/**
 * Plays this many generated histories. The seed is fixed, so that a build says the same twice; another one is tried with
 * FAIRLEAD_MODEL_SEED.
 */
export async function checkHistories(
  methods: histories.Wishes['methods'],
  numRuns: number,
  options: PlayOptions = {},
): Promise<Checked> {
  let steps = 0;
  const wishes = { methods, behaviours: EVERY_BEHAVIOUR, happenings: ANYTHING };
  const property = fc.asyncProperty(histories.histories(wishes), async (history) => {
    steps += await play(history, options);
  });
  const seed = Number(process.env['FAIRLEAD_MODEL_SEED'] ?? '3');
  const result = await fc.check(property, { numRuns, seed, endOnFailure: options.planner !== undefined });
  if (!result.failed) return { steps, failure: undefined };
  const { errorInstance, counterexample } = result;
  const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return { steps, failure: `${message}\n${JSON.stringify(counterexample?.[0])}` };
}
