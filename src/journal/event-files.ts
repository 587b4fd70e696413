import type { EventDocument } from '../status/event-document.ts';
import { parseEventLines, toLine } from './event-lines.ts';
import { openLineFiles, type LineFiles, type LineFilesOptions, type OpenedLineFiles } from './line-files.ts';

/** The newest events, kept over restarts. */
export type EventFiles = LineFiles<EventDocument>;

export type EventFilesOptions = Omit<LineFilesOptions<EventDocument>, 'toLine' | 'parse'>;

/** What an earlier daemon left, and the files to go on with. */
export type OpenedEventFiles = OpenedLineFiles<EventDocument>;

export function openEventFiles(options: EventFilesOptions): Promise<OpenedEventFiles> {
  return openLineFiles({ ...options, toLine, parse: parseEventLines });
}
