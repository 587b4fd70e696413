import { DockerError, type DockerPort } from '../../docker/port.ts';
import type { AuditEnd, AuditFacts, AuditTrail } from '../../journal/audit.ts';
import type { RunEnd } from '../../journal/run-document.ts';
import type { Runs } from '../../journal/runs.ts';
import { ApiError, conflict } from '../protocol/errors.ts';
import type { SessionEnd } from './client.ts';
import { createCommandResolver, type CommandResolver } from './commands.ts';
import type { HostSight } from './locate.ts';
import { createSeats, type Seats } from './seats.ts';

export interface SessionOptions {
  readonly engine: Pick<DockerPort, 'exec' | 'openExec' | 'dialFrom' | 'readLog' | 'readKeptLog'>;
  /** As it was last seen. */
  readonly host: () => HostSight;
  readonly owner: string;
  readonly audit: Pick<AuditTrail, 'begin' | 'end'>;
  readonly runs: Pick<Runs, 'begin' | 'end'>;
  readonly now: () => number;
  /** The daemon only looks. */
  readonly dryRun: boolean;
  /** Sessions, and logs that are followed, at a time. */
  readonly limit?: number;
}

/** What reaches into running instances: beside restarts the one way of a request to an engine. */
export interface Sessions extends Pick<SessionOptions, 'engine' | 'host' | 'owner' | 'now' | 'dryRun'> {
  readonly toWords: CommandResolver;
  /**
   * Opens one and keeps a record of it, which is on the disk before anything is done.
   * @throws ApiError, 409 where the engine or the other side says no
   */
  readonly open: <T>(facts: AuditFacts, connect: () => Promise<T>) => Promise<OpenSession<T>>;
  /**
   * Keeps a record of a reading, which is on the disk before anything is read.
   * @returns what ends it, with the reason; the first is the one that counts
   */
  readonly beginReading: (facts: AuditFacts) => Promise<(reason: string) => void>;
  readonly followers: Seats;
}

export interface OpenSession<T> {
  readonly connection: T;
  /** The id of its run, where it has one. */
  readonly run: string | undefined;
  /** The first end is the one that counts. */
  readonly conclude: (end: SessionEnd) => void;
}

/** More than anybody watches, and few enough for a small machine. */
const LIMIT = 200;

export function createSessions({ limit = LIMIT, audit, runs, dryRun, ...reach }: SessionOptions): Sessions {
  const seats = createSeats(limit, 'sessions');
  return {
    ...reach,
    dryRun,
    toWords: createCommandResolver(reach.engine),
    followers: createSeats(limit, 'logs that are followed'),
    async beginReading(facts) {
      const { id } = await audit.begin(facts);
      return (reason) => void audit.end(id, { reason });
    },
    async open(facts, connect) {
      if (dryRun) throw conflict('this daemon was started with --dry-run and touches nothing');
      const leave = seats.take();
      const run = await beginRun(runs, facts);
      const record = await audit.begin(run === undefined ? facts : { ...facts, run });
      const conclude = (end: SessionEnd) => {
        leave();
        void audit.end(record.id, toAuditEnd(end));
        if (run !== undefined) void runs.end(run, toRunEnd(end));
      };
      try {
        return { connection: await connect(), run, conclude };
      } catch (error) {
        const refusal = toRefusal(error);
        conclude({ reason: refusal instanceof Error ? refusal.message : String(refusal) });
        throw refusal;
      }
    },
  };
}

/** Of a command; a connection changes nothing by itself, and there may be many. */
async function beginRun(runs: SessionOptions['runs'], facts: AuditFacts): Promise<string | undefined> {
  const { action, principal, tenant, application, container } = facts;
  if (action !== 'exec' && action !== 'exec-interactive') return undefined;
  const run = await runs.begin({
    kind: action,
    trigger: 'api',
    ...(principal === undefined ? {} : { principal }),
    ...{ tenant, application, 'service-instance': facts['service-instance'] },
    ...(container === undefined ? {} : { container }),
  });
  return run.id;
}

function toAuditEnd({ reason, exitCode }: SessionEnd): AuditEnd {
  return exitCode === undefined ? { reason } : { 'exit-code': exitCode, reason };
}

/** Of a command that nobody listened to until its end nobody knows what came of it. */
function toRunEnd({ reason, exitCode }: SessionEnd): RunEnd {
  if (exitCode === undefined) return { outcome: 'cancelled', reason };
  const said = `${reason}, with exit code ${exitCode}`;
  return exitCode === 0 ? { outcome: 'succeeded', reason: said } : { outcome: 'failed', 'error-message': said };
}

/** What an engine, or who was to be connected with, says of a request is for who asked. */
export function toRefusal(error: unknown): unknown {
  if (error instanceof ApiError) return error;
  if (error instanceof DockerError) return conflict(error.message);
  const isSentence = error instanceof Error && error.name === 'Error';
  if (isSentence) return conflict(error.message);
  const isOver = error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name);
  return isOver ? conflict('it took too long, or the request was given up') : error;
}
