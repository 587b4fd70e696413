import type { EngineCalls } from './calls.ts';
import { demux } from './demux.ts';
import { isRefusal, toDockerError } from './docker-errors.ts';
import { inspectContainer } from './inspect.ts';
import { joinEntries, splitEntries, type LogEntry } from './log-entries.ts';
import { DockerError, type LogOptions, type LogRecord } from './port.ts';

/** See DockerPort.readLog. Read as fast as the records are taken; nothing of it is held but a record. */
export async function* readLog(
  calls: EngineCalls,
  { id, ...options }: LogOptions & { readonly id: string },
  signal: AbortSignal,
): AsyncIterable<LogRecord> {
  const purpose = `read the log of container ${id}`;
  try {
    const wire = await inspectContainer(calls, id, signal);
    if (wire === undefined) throw new DockerError('conflict', `cannot ${purpose}: there is no such container`);
    const path = `/containers/${encodeURIComponent(wire.Id)}/logs`;
    const stream = await calls.stream({ method: 'GET', path, query: toQuery(options), purpose }, signal);
    const entries: AsyncIterable<LogEntry> = wire.Config.Tty === true ? splitEntries(stream) : demux(stream);
    yield* joinEntries(entries);
  } catch (error) {
    if (signal.aborted) return;
    throw toReadFailure(error, purpose, calls.endpoint);
  }
}

function toQuery({ since, until, tail, follow }: LogOptions): Readonly<Record<string, string>> {
  return {
    ...{ stdout: '1', stderr: '1', timestamps: '1' },
    ...(since === undefined ? {} : { since: (since / 1000).toFixed(3) }),
    ...(until === undefined ? {} : { until: (until / 1000).toFixed(3) }),
    ...(tail === undefined ? {} : { tail: String(tail) }),
    ...(follow ? { follow: '1' } : {}),
  };
}

function toReadFailure(error: unknown, purpose: string, endpoint: string): Error {
  if (isRefusal(error, 400, 500, 501) && /does not support reading/.test(error.message)) {
    const why = 'its logging driver keeps nothing that could be read';
    return new DockerError('conflict', `cannot ${purpose}: ${why}`, { cause: error });
  }
  return toDockerError(error, purpose, endpoint);
}
