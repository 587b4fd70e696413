import type { FastifyReply } from 'fastify';
import { NO_TOKEN } from './admit.ts';

/** For a server that nobody ends. */
export const NEVER = new AbortController().signal;

/** Aborts when the connection of an answer under way closes, or the server ends. */
export function signalOf({ raw }: FastifyReply, ending: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (ending.aborted) abort();
  ending.addEventListener('abort', abort, { once: true });
  raw.once('close', () => {
    ending.removeEventListener('abort', abort);
    abort();
  });
  return controller.signal;
}

/** A client that does not take its answer must not keep it in memory. */
export function cutWhenSlow({ raw }: FastifyReply, ms: number): void {
  const timer = setTimeout(() => raw.destroy(), ms).unref();
  raw.once('close', () => clearTimeout(timer));
}

/**
 * Aborts when an answer under way may not go on, with the reason in words. `whyNot` is asked every `everyMs`; where it throws
 * nobody vouches for the token.
 */
export function endWhenNot(
  { raw }: FastifyReply,
  whyNot: () => Promise<string | undefined>,
  everyMs: number,
): AbortSignal {
  const controller = new AbortController();
  const look = async () => {
    const reason = await whyNot().catch(() => NO_TOKEN);
    if (reason !== undefined) controller.abort(reason);
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  raw.once('close', () => clearInterval(timer));
  return controller.signal;
}
