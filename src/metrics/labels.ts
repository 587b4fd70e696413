import { REFUSAL_REASONS, STATUS_CLASSES, WATCHED_METHODS } from '../api/http/request-watch.ts';
import type { OperStatus } from '../status/documents.ts';
import type { METRICS } from './definitions.ts';
import { SYNC_STATUSES } from './sync-status.ts';

/** What stands in a label. No label holds a secret, a path of the machine or anything a client sent. */
export interface LabelMeaning {
  readonly meaning: string;
  /** Every value there can be; absent: what bounds them is in the meaning. */
  readonly values?: readonly string[];
}

const HEALTHS = [
  ...(['running', 'admin-down', 'upgrading', 'starting', 'error', 'failed'] as const),
] as const satisfies readonly OperStatus[];

type Metric = (typeof METRICS)[keyof typeof METRICS];
type Label = Metric['labels'][number];

export const LABELS: Readonly<Record<Label, LabelMeaning>> = {
  tenant: { meaning: 'the tenant of the application' },
  application: { meaning: 'one that is specified, or runs' },
  site: { meaning: 'the site that is looked after' },
  host: { meaning: 'a host of the site, as the site names it' },
  deployment: { meaning: 'the deployment that brings the application here; absent where none does' },
  version: { meaning: 'of the specification in force, or of Fairlead; absent where there is none' },
  sync: {
    meaning:
      '`out-of-sync`: steps are left; `aborted`: an upgrade failed, and it stays as it is until the next commit; `rejected`: its newest specification is no good; `held`: its removal needs a permission; `blocked`: it cannot go on by itself; `waiting`: it is suspended, or waits for an upgrade window or for what it depends on; `unknown`: not compared yet, or its version is still looked for',
    values: SYNC_STATUSES,
  },
  health: { meaning: 'the `oper-status` of the application', values: HEALTHS },
  severity: { meaning: 'how bad a problem is', values: ['error', 'warning'] },
  outcome: {
    meaning:
      'of passes `good`, or `blind` where no engine answered or nothing was to be compared; of steps `done` or `failed`; of looks and calls `ok`, a code of [errors](errors.md), `aborted`, or `failed` for what has no code; of notifications `delivered`, `given-up` or `dropped`',
  },
  kind: { meaning: 'the kind of the action, `create-container`' },
  transition: {
    meaning: 'what came to pass',
    values: ['begun', 'continued', 'batch', 'ended', 'aborted', 'rolling-back', 'rolled-back'],
  },
  operation: { meaning: 'the call, `create-container`; one of about forty' },
  method: { meaning: 'of the request', values: WATCHED_METHODS },
  route: {
    meaning: 'the pattern of the path, `/v1/state/applications/{application}`; `none` where there is no such path',
  },
  status: { meaning: 'the class of the answer; `aborted`: the client was gone before', values: STATUS_CLASSES },
  target: { meaning: '`commit-status`, or the name of an entry of the notifications file' },
  reason: { meaning: 'why', values: REFUSAL_REASONS },
};
