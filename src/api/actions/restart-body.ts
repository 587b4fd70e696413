import { parseDocument } from 'yaml';
import { badRequest } from '../protocol/errors.ts';
import type { RequestBody } from '../protocol/route.ts';

const EXPECTED = 'expected nothing, {} or {"no-delayed-shutdown": true}';

/** What a restart is asked for with (seed 001). */
export interface RestartWish {
  readonly delayed: boolean;
}

/** JSON or YAML, of which JSON is a part; nothing at all is a restart as usual. @throws ApiError 400 */
export function parseRestartBody(body: RequestBody | undefined): RestartWish {
  const value = body === undefined ? null : parse(body);
  if (value === null) return { delayed: true };
  if (typeof value !== 'object' || Array.isArray(value)) throw badRequest(`the body: ${EXPECTED}`);
  const { 'no-delayed-shutdown': isDenied, ...others }: Readonly<Record<string, unknown>> = { ...value };
  const [other] = Object.keys(others);
  if (other !== undefined) throw badRequest(`the body: unknown key ${other.slice(0, 100)}; ${EXPECTED}`);
  if ('no-delayed-shutdown' in value && isDenied !== true)
    throw badRequest('no-delayed-shutdown: expected true; leave it out for a restart with delayed shutdown');
  return { delayed: isDenied !== true };
}

/** null where there is no value in it. */
function parse({ bytes }: RequestBody): unknown {
  try {
    const document = parseDocument(new TextDecoder('utf-8', { fatal: true }).decode(bytes), { logLevel: 'silent' });
    if (document.errors.length === 0) return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch {
    // No text, or an alias.
  }
  throw badRequest(`the body is neither JSON nor YAML: ${EXPECTED}`);
}
