import type { EngineCalls } from './calls.ts';
import { armDeadline, DeadlineExceeded } from './deadline.ts';
import { toLostConnection } from './docker-errors.ts';
import { parseImageReference } from '../model/image-reference.ts';
import { readLines } from './lines.ts';
import { DockerError } from './port.ts';
import { readRegistryAuth } from './registry-credentials.ts';
import type { WireProgress } from './wire.ts';

/** A pull may take hours, but says something all the time. */
const IDLE_TIMEOUT_MS = 120_000;

/** Pulls and waits for the end. `configFile` is a Docker client's `config.json`; absent: no credentials. */
export async function pullImage(
  calls: EngineCalls,
  configFile: string | undefined,
  reference: string,
  signal: AbortSignal,
): Promise<void> {
  const { registry, name, tag } = parseImageReference(reference);
  const registryAuth = configFile === undefined ? undefined : await readRegistryAuth(configFile, registry, signal);
  const idle = armDeadline(signal, IDLE_TIMEOUT_MS);
  const purpose = `pull image ${reference}`;
  const query = { fromImage: name, tag };
  const call = { method: 'POST', path: '/images/create', query, purpose } as const;
  try {
    const progress = await calls.stream(registryAuth === undefined ? call : { ...call, registryAuth }, idle.signal);
    for await (const line of readLines(progress)) {
      idle.extend();
      throwProgressError(line);
    }
  } catch (error) {
    throw toPullError(idle.signal.aborted ? idle.signal.reason : error, purpose, calls.endpoint);
  } finally {
    idle.disarm();
  }
}

/** The answer begins with status 200 whatever happens later: failures come as a line. */
export function throwProgressError(line: string): void {
  const { error, errorDetail } = JSON.parse(line) as WireProgress;
  const message = errorDetail?.message ?? error;
  if (message !== undefined) throw new ProgressError(message);
}

class ProgressError extends Error {}

function toPullError(error: unknown, purpose: string, endpoint: string): unknown {
  if (error instanceof ProgressError) return new DockerError('pull-failed', `cannot ${purpose}: ${error.message}`);
  if (error instanceof DeadlineExceeded) {
    return new DockerError('pull-failed', `cannot ${purpose}: no progress for ${IDLE_TIMEOUT_MS / 1000} s`);
  }
  if (!(error instanceof DockerError)) return isBroken(error) ? toLostConnection(endpoint, error) : error;
  const isAnswer = error.code === 'refused' || error.code === 'conflict';
  return isAnswer ? new DockerError('pull-failed', error.message, { cause: error }) : error;
}

function isBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
