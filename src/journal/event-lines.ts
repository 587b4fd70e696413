import { EVENT_TYPES, type EventDocument } from '../status/event-document.ts';

// Events as they lie on the disk: a JSON object a line, ids growing. A crash tears the last line at most.

export function toLine(event: EventDocument): string {
  return `${JSON.stringify(event)}\n`;
}

/** Lines that are no events, or that stand there twice because they were written again, are passed over. */
export function parseEventLines(text: string): readonly EventDocument[] {
  const events: EventDocument[] = [];
  for (const line of text.split('\n')) {
    const event = parseLine(line);
    if (event !== undefined && Number(event.id) > Number(events.at(-1)?.id ?? 0)) events.push(event);
  }
  return events;
}

function parseLine(line: string): EventDocument | undefined {
  if (!line.endsWith('}')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? Object.freeze(value) : undefined;
  } catch {
    return undefined;
  }
}

const TYPES: ReadonlySet<unknown> = new Set(EVENT_TYPES);

function isEvent(value: unknown): value is EventDocument {
  if (typeof value !== 'object' || value === null) return false;
  const { id, type, ...rest }: Readonly<Record<string, unknown>> = { ...value };
  return (
    typeof id === 'string' &&
    /^\d{1,16}$/.test(id) &&
    TYPES.has(type) &&
    typeof rest['message'] === 'string' &&
    Object.values(rest).every((text) => typeof text === 'string')
  );
}
