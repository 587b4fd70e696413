import type { AuditRecord } from '../status/document-types.ts';
import type { AuditFacts, AuditTrail } from './audit.ts';

/** What only looks at an instance: some programs do it all day. */
const READINGS: ReadonlySet<AuditFacts['action']> = new Set(['logs']);

/** Two trails as one. What is read has a room of its own, so that it can never push out what was done. */
export function withReadings(done: AuditTrail, read: AuditTrail): AuditTrail {
  return {
    list: () => [...done.list(), ...read.list()].sort(newestFirst),
    begin: (facts) => (READINGS.has(facts.action) ? read : done).begin(facts),
    end: async (id, how) => {
      await Promise.all([done.end(id, how), read.end(id, how)]);
    },
    settled: async () => {
      await Promise.all([done.settled(), read.settled()]);
    },
  };
}

/** Sorting is stable, and each of the two is sorted, so records of one moment keep their order within each. */
function newestFirst(a: AuditRecord, b: AuditRecord): number {
  return Date.parse(b['started-at']) - Date.parse(a['started-at']);
}
