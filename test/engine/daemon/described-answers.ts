import type { OpenApiDocument } from '../../../src/api/openapi/openapi.ts';
import { createAnswerCheck, type CheckAnswer } from '../../api/described.ts';

/** By the text of the description: making one takes a while, and all daemons describe themselves alike. */
const made = new Map<string, CheckAnswer>();

/** Whether an answer is one that the daemon itself describes. */
export async function answerCheckOf(origin: string): Promise<CheckAnswer> {
  const text = await (await fetch(`${origin}/openapi.json`, { signal: AbortSignal.timeout(60_000) })).text();
  const check = made.get(text) ?? createAnswerCheck(JSON.parse(text) as OpenApiDocument);
  made.set(text, check);
  return check;
}
