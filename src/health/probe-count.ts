import type { ProbeStatus } from '../model/observed.ts';
import type { DesiredProbe } from '../model/probes.ts';

/** How the latest answers to one probe went. At most one of the two runs is not 0. */
export interface ProbeCount {
  readonly status: ProbeStatus;
  /** In a row, up to the latest answer. */
  readonly successes: number;
  readonly failures: number;
}

/** Of a probe that has not been answered. */
export const UNCOUNTED: ProbeCount = { status: 'unknown', successes: 0, failures: 0 };

/** Of a probe that is known to have succeeded without having been asked. */
export const SUCCEEDED: ProbeCount = { status: 'success', successes: 0, failures: 0 };

export type Thresholds = Pick<DesiredProbe, 'successThreshold' | 'failureThreshold'>;

/** The status turns when as many answers in a row as its threshold say so; one that says otherwise starts the row anew. */
export function countAnswer(
  count: ProbeCount,
  answer: 'success' | 'failure',
  { successThreshold, failureThreshold }: Thresholds,
): ProbeCount {
  if (answer === 'success') {
    const successes = count.successes + 1;
    return { status: successes >= successThreshold ? 'success' : count.status, successes, failures: 0 };
  }
  const failures = count.failures + 1;
  return { status: failures >= failureThreshold ? 'failure' : count.status, successes: 0, failures };
}
