import type { Step } from '../model/plan.ts';
import type { Pull } from '../status/image-status.ts';

/** By image reference; an engine does not tell (contract 6). Lost with the process. */
export type Pulls = ReadonlyMap<string, Pull>;

/** The pulls with one that a step may have been. The same object when it was none. */
export function withPull(pulls: Pulls, { action }: Step, pull: Pull): Pulls {
  return action.kind === 'pull-image' ? new Map(pulls).set(action.image, pull) : pulls;
}
