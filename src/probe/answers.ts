import { DeadlineExceeded } from '../docker/deadline.ts';
import { DockerError } from '../docker/port.ts';
import type { ProbeAnswer } from '../health/container-health.ts';

/** Longer than this a reason is cut, in characters. */
const LONGEST_REASON = 200;

export const SUCCESS: ProbeAnswer = { kind: 'success' };
export const UNKNOWN: ProbeAnswer = { kind: 'unknown' };

export function failure(message: string): ProbeAnswer {
  return { kind: 'failure', message };
}

/** The first line that says something, as it can be shown anywhere. */
export function firstLine(output: string): string {
  const lines = output.split(/[\r\n]/).map((line) => line.replaceAll(/\p{C}+/gu, ' ').trim());
  const line = lines.find((one) => one !== '') ?? '';
  return line.length <= LONGEST_REASON ? line : `${line.slice(0, LONGEST_REASON - 1)}…`;
}

/** What this process, and not the container, ran out of. */
const OWN_SHORTAGES = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL']);

/** In the words of people who do not write system calls. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no route to it',
  ETIMEDOUT: 'no answer',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name could not be resolved',
};

/** Why a question about `subject` (`tcp 10.201.0.2:80`) came to nothing. */
export function fromError(error: unknown, subject: string): ProbeAnswer {
  if (error instanceof DockerError) return UNKNOWN;
  if (!(error instanceof Error)) return failure(`${subject}: ${firstLine(String(error))}`);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (OWN_SHORTAGES.has(code)) return UNKNOWN;
  return failure(`${subject}: ${WORDS[code] ?? firstLine(error.message)}`);
}

/** Later than this a deadline was not met by ourselves: this process was held up, or the machine was asleep. */
const GRACE_MS = 1_000;

/** What a question comes to that was ended by its signal, `elapsedMs` after it was put. */
export function fromAbort(
  reason: unknown,
  subject: string,
  { timeoutMs, elapsedMs }: { readonly timeoutMs: number; readonly elapsedMs: number },
): ProbeAnswer {
  const isOurDelay = elapsedMs > timeoutMs + GRACE_MS;
  if (!(reason instanceof DeadlineExceeded) || isOurDelay) return UNKNOWN;
  return failure(`${subject}: ${reason.message}`);
}
