import type { ProbeAnswer } from '../health/container-health.ts';
import type { Dial } from './dial.ts';

/** How a question is put. */
export interface Circumstances {
  readonly dial: Dial;
  /** IPv4 address of the instance; '' while it has none. */
  readonly address: string;
  readonly signal: AbortSignal;
}

/** One question to one container. Not put again before it was answered. */
export interface Question {
  /** In words: `tcp 10.201.0.2:80`. */
  subject(address: string): string;
  /** Rejects with the reason why there is no answer, which may be that of `signal`. */
  put(circumstances: Circumstances): Promise<ProbeAnswer>;
  /** Stops listening to what an earlier question left running. */
  leave(): void;
}
