import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { FairleadEvent } from './events.ts';
import type { UpgradeTransition } from './upgrade/transitions.ts';

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
  const { level, message, fields } = toLine(event);
  log[level](fields, message);
}

interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const UPGRADE_MESSAGES = {
  begun: 'upgrade begun',
  continued: 'upgrade continued',
  batch: 'upgrade batch begun',
  ended: 'upgrade ended',
  aborted: 'upgrade aborted',
  'rolling-back': 'upgrade rolling back',
  'rolled-back': 'upgrade rolled back',
} as const satisfies Readonly<Record<UpgradeTransition['transition'], string>>;

function toLine(event: FairleadEvent): Line {
  const fields = { ...event };
  switch (event.kind) {
    case 'revision-fetched':
      return { level: 'info', message: 'revision fetched', fields };
    case 'repository-failed':
      return { level: 'warn', message: 'repository cannot be read', fields };
    case 'history-failed':
      return { level: 'warn', message: 'history cannot be read', fields };
    case 'host-up':
      return { level: 'info', message: 'host up', fields };
    case 'host-down':
      return { level: 'warn', message: 'host down', fields };
    case 'lease-acquired':
      return { level: 'info', message: 'lease acquired', fields };
    case 'lease-awaited':
      return { level: 'warn', message: 'another daemon of this owner acts here, waiting', fields };
    case 'space-low':
      return { level: 'warn', message: 'disk space low', fields };
    case 'space-ample':
      return { level: 'info', message: 'disk space ample again', fields };
    case 'step-done': {
      const { id: step, target, intent, reason } = event.step;
      return {
        level: 'info',
        message: 'step done',
        fields: { host: event.host, step, target, intent, reason, ms: event.ms },
      };
    }
    case 'step-failed': {
      const { host, error, tries, ms } = event;
      const { id: step, target, intent, reason } = event.step;
      const fields = { host, step, target, intent, reason, error, tries, ms };
      return { level: 'error', message: 'step failed', fields };
    }
    case 'upgrade':
      return {
        level: event.transition === 'aborted' ? 'error' : 'info',
        message: UPGRADE_MESSAGES[event.transition],
        fields,
      };
    case 'removal-held':
      return { level: 'warn', message: 'removal held', fields };
    case 'converged':
      return { level: 'info', message: 'converged', fields };
    default:
      return event satisfies never;
  }
}
