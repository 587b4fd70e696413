import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import { headlineOf, type FairleadEvent } from './events.ts';

export type Log = Logger;

/** Never in a log, wherever a field of this name turns up one or two levels deep. */
const SECRET_FIELDS = ['password', 'token', 'secret', 'authorization', 'env'];

/** JSON lines on stderr, or something readable on a terminal. Synchronous: nothing is lost when the process ends. */
export function createLog(options: { readonly level?: string; readonly readable: boolean }): Log {
  const redact = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  const stream = options.readable
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l', singleLine: true })
    : pino.destination({ dest: 2, sync: true });
  return pino({ level: options.level ?? 'info', redact, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}

/** Tells the daemon's story to the log: a static message and fields, from this one place. */
export function logEvent(log: Log, event: FairleadEvent): void {
  log[levelOf(event)](fieldsOf(event), headlineOf(event));
}

function levelOf(event: FairleadEvent): 'info' | 'warn' | 'error' {
  switch (event.kind) {
    case 'revision-fetched':
    case 'host-up':
    case 'lease-acquired':
    case 'space-ample':
    case 'step-done':
    case 'application-waits':
    case 'application-goes-on':
    case 'converged':
      return 'info';
    case 'revision-refused':
    case 'repository-failed':
    case 'history-failed':
    case 'host-down':
    case 'lease-awaited':
    case 'space-low':
    case 'removal-held':
      return 'warn';
    case 'step-failed':
      return 'error';
    case 'upgrade':
      return event.transition === 'aborted' ? 'error' : 'info';
    default:
      return event satisfies never;
  }
}

/** Of a step what people read; the rest of an event as it is. */
function fieldsOf(event: FairleadEvent): Readonly<Record<string, unknown>> {
  if (event.kind !== 'step-done' && event.kind !== 'step-failed') return { ...event };
  const { id: step, target, intent, reason } = event.step;
  const fields = { host: event.host, step, target, intent, reason, ms: event.ms };
  return event.kind === 'step-done' ? fields : { ...fields, error: event.error, tries: event.tries };
}
