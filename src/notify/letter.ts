import type { NoticeEvent } from './changes.ts';
import type { Outgoing } from './outbox.ts';
import type { RevisionReport } from './report.ts';

/** A report on its way. */
export interface Letter extends Outgoing {
  readonly report: RevisionReport;
  /** undefined: it is the status of a commit. */
  readonly event: NoticeEvent | undefined;
}
