import { parseDocument } from 'yaml';
import { badRequest } from '../protocol/errors.ts';
import type { RequestBody } from '../protocol/route.ts';
import type { Command } from './commands.ts';

const EXPECTED = 'expected {"cmd": "ps aux"} or {"cmd": ["ps", "aux"]}';

/** JSON or YAML, of which JSON is a part. The errors do not repeat what was sent: it may hold a secret. @throws ApiError 400 */
export function parseExecBody(body: RequestBody | undefined): Command {
  const value = body === undefined ? undefined : parse(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest(`the body: ${EXPECTED}`);
  const { cmd, ...others }: Readonly<Record<string, unknown>> = { ...value };
  const [other] = Object.keys(others);
  if (other !== undefined) throw badRequest(`the body: unknown key ${other.slice(0, 100)}; ${EXPECTED}`);
  return parseCommand(cmd);
}

/** @throws ApiError 400 */
export function parseCommand(cmd: unknown): Command {
  if (typeof cmd === 'string' && cmd.trim() !== '') return checkText(cmd);
  const isList = Array.isArray(cmd) && cmd.length > 0;
  if (!isList) throw badRequest('cmd: expected a text that is not blank, or a list of texts');
  const words = cmd.filter((word): word is string => typeof word === 'string');
  if (words.length < cmd.length) throw badRequest('cmd: expected texts in the list; put numbers in quotes');
  if (words[0] === '') throw badRequest('cmd: the first of the list is the program, and it is empty');
  return words.map(checkText);
}

function checkText(text: string): string {
  if (text.includes('\0')) throw badRequest('cmd: a command cannot hold the character NUL');
  return text;
}

function parse({ bytes }: RequestBody): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false });
    if (document.errors.length === 0) return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch {
    // No text, or an alias.
  }
  throw badRequest(`the body is neither JSON nor YAML: ${EXPECTED}`);
}
