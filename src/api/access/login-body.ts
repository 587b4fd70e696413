import { parseDocument } from 'yaml';
import { ApiError, badRequest } from '../protocol/errors.ts';
import type { RequestBody } from '../protocol/route.ts';

/** Anybody may send one, so it is small. */
const MOST_BYTES = 16 * 1024;
const LONGEST_TEXT = 1024;

/** Reads the texts of a body, JSON or YAML, whatever type it says or does not say. No error quotes it. */
export interface LoginBody {
  /** @throws ApiError 400 */
  text(key: string): string;
  /** undefined: it is absent or null. @throws ApiError 400 */
  optionalText(key: string): string | undefined;
}

/** @throws ApiError 400, 413 */
export function parseLoginBody(body: RequestBody | undefined, expected: string): LoginBody {
  if (body === undefined) throw badRequest(`a body is needed: ${expected}`);
  if (body.bytes.byteLength > MOST_BYTES) throw new ApiError(413, 'the body is larger than 16 KiB');
  const fields = parseFields(body);
  if (fields === undefined) throw badRequest(`the body is not what was expected: ${expected}, as JSON or YAML`);
  const optionalText = (key: string): string | undefined => {
    const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string' || value === '') throw badRequest(`${key}: expected a text`);
    if (value.length > LONGEST_TEXT) throw badRequest(`${key}: longer than ${LONGEST_TEXT} characters`);
    return value;
  };
  return {
    optionalText,
    text: (key) => {
      const value = optionalText(key);
      if (value === undefined) throw badRequest(`${key} is missing`);
      return value;
    },
  };
}

function parseFields({ contentType, bytes }: RequestBody): Readonly<Record<string, unknown>> | undefined {
  const text = decode(bytes);
  const json = text === undefined ? undefined : parseJson(text);
  const isJson = /[/+]json$/.test(contentType);
  const value = text !== undefined && json === undefined && !isJson ? parseYaml(text) : json;
  return isRecord(value) ? value : undefined;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Every scalar is a text, so that a password may look like a number: `password: 007`. */
function parseYaml(text: string): unknown {
  try {
    const document = parseDocument(text, { schema: 'failsafe', prettyErrors: false, logLevel: 'silent' });
    return document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 0 });
  } catch {
    // An alias, or nested too deeply.
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
