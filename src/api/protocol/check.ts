import type { ChangedKind } from '../../spec/change-document.ts';
import type { Entry, Snapshot } from '../../store/store.ts';
import type { Answer, View } from './route.ts';

// Checks of changes, as far as those have to know of them who only pass them on.

/** What a check looks at of a document that is there. */
export type CheckedEntry = Pick<Entry<object, unknown>, 'tenant' | 'name' | 'config' | 'configTag'>;

/** What of a request and of a snapshot a check follows from. */
export interface CheckView extends Pick<View, 'scope' | 'param' | 'header' | 'body'> {
  readonly snapshot: Pick<Snapshot, 'catalog' | 'tenants' | 'applications' | 'deployments'>;
}

/** A kind of configuration whose changes can be checked. */
export interface CheckedKind {
  readonly kind: ChangedKind;
  /** In the words of errors: `application deployment`. */
  readonly noun: string;
  /** Of the path of one. */
  readonly parameter: string;
  /** A name among the schemas of the API. */
  readonly schema: string;
  readonly entriesOf: (snapshot: CheckView['snapshot']) => ReadonlyMap<string, CheckedEntry>;
}

export type CheckMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A change to check, as the API has it. */
export interface AskedCheck {
  readonly method: CheckMethod;
  readonly checked: CheckedKind;
  readonly view: CheckView;
}

/** Checks a change in another thread. `asker`: who counts as one, and waits for itself. @throws ApiError */
export type CheckAside = (check: AskedCheck, asker: string, signal: AbortSignal) => Promise<Answer>;
