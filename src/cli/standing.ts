import { ClientError } from './client-error.ts';
import { isRow } from './get-views.ts';

/** How a commit stands, as the server tells it. */
export interface Standing {
  /** In full, where the server knows it. */
  readonly revision: string;
  /** The one in force that contains it. */
  readonly judged: string;
  readonly outcome: 'waiting' | 'applied' | 'failed';
  readonly reasons: readonly string[];
}

/** @throws ClientError when it is no such document */
export function toStanding(body: unknown): Standing {
  const { revision, outcome, reasons, 'judged-revision': judged } = isRow(body) ? body : {};
  const isKnown = outcome === 'waiting' || outcome === 'applied' || outcome === 'failed';
  if (!isKnown || !Array.isArray(reasons)) throw new ClientError('what the server sends says nothing of a revision');
  return { revision: String(revision), judged: String(judged), outcome, reasons: reasons.map(String) };
}

/** The lines a person is shown while a commit waits. */
export interface News {
  /** The same as long as it is no news: time that passes is none. */
  readonly key: string;
  readonly lines: readonly string[];
}

const MOST_LINES = 3;

export function newsOf(reasons: readonly string[]): News {
  const more = reasons.length - MOST_LINES;
  const lines = [...reasons.slice(0, MOST_LINES), ...(more > 0 ? [`and ${more} more`] : [])];
  const key = lines.join('\n').replace(/\b(?:\d+(?:\.\d+)?(?:ms|[dhms]))+\b/g, '…');
  return { key, lines };
}
