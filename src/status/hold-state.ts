import { versionName } from '../model/markers.ts';
import type { Hold, Waiting } from '../upgrade/hold.ts';
import type { WaitingDocument } from './documents.ts';
import { formatTime } from './format.ts';

// What waits, and for what, in the words of the plan.

const BEGINNINGS: Readonly<Record<Exclude<Waiting, 'upgrade'>, string>> = {
  start: 'it waits to be started: ',
  change: 'a change of it waits: ',
  removal: 'its removal waits: ',
  nothing: '',
};

/** `version 2.0 waits: no upgrade window of site local is open; the next opens at 2026-03-14T02:00:00.000Z` */
export function holdSentence({ waiting, version, why, until }: Hold): string {
  const beginning = waiting === 'upgrade' ? `version ${versionName(version)} waits: ` : BEGINNINGS[waiting];
  return `${beginning}${why}${until === undefined ? '' : `; the next opens at ${formatTime(until)}`}`;
}

export function waitingDocument(hold: Hold): WaitingDocument {
  const { cause, waiting, version, until } = hold;
  return {
    what: waiting,
    cause,
    message: holdSentence(hold),
    ...(version === '' || waiting === 'removal' ? {} : { version }),
    ...(until === undefined ? {} : { until: formatTime(until) }),
  };
}

/** Versions that wait to be brought to the site. */
export function versionsWaiting(waiting: WaitingDocument | undefined): number {
  return waiting?.what === 'upgrade' ? 1 : 0;
}
