import type { AuditRecord } from '../status/document-types.ts';
import { isRunId } from './run-document.ts';

// Audit records as they lie on the disk: a JSON object a line, one when it begins and the whole once more when it ends.
// A crash tears the last line at most.

export function toAuditLine(record: AuditRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Lines that are no records are passed over. */
export function parseAuditLines(text: string): readonly AuditRecord[] {
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): AuditRecord | undefined {
  if (!line.endsWith('}')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isAuditRecord(value) ? Object.freeze(value) : undefined;
  } catch {
    return undefined;
  }
}

export const AUDIT_ACTIONS = [
  'exec',
  'exec-interactive',
  'connect',
  'tcp-connect',
  'restart',
  'logs',
] as const satisfies readonly AuditRecord['action'][];

const ACTIONS: ReadonlySet<unknown> = new Set(AUDIT_ACTIONS);

/** Enough to tell a record from another line, or from half of one. */
function isAuditRecord(value: unknown): value is AuditRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { id, action, ...rest }: Readonly<Record<string, unknown>> = { ...value };
  const texts = ['site', 'tenant', 'application', 'service-instance', 'started-at'].map((key) => rest[key]);
  return isRunId(id) && ACTIONS.has(action) && texts.every((text) => typeof text === 'string');
}
