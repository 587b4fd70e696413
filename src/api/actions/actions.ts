import type { LookAction } from '../../journal/look-action.ts';
import type { RestartRequest, RestartResult } from '../../journal/restart-action.ts';

/** What the API can set in motion: the one way of a request beyond the snapshot. */
export interface Actions {
  /** What becomes of it is a run. */
  readonly restart: (request: RestartRequest) => Promise<RestartResult>;
  /** A look at the repository; what becomes of it is a run. */
  readonly sync: LookAction['sync'];
}
