import { readChangeText, splitTenant, type ChangeProblem, type ChangeText } from '../../spec/change-text.ts';
import { ApiError, badRequest } from '../protocol/errors.ts';
import type { CheckView } from '../protocol/check.ts';

/** A body that says how a configuration should be. */
export interface ChangeBody {
  readonly form: 'document' | 'json-patch';
  readonly text: ChangeText;
  /** The key `tenant` of it, where the site provider may say whose it is. */
  readonly tenant: string | undefined;
}

const DOCUMENT_TYPES = ['application/json', 'application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];
const JSON_PATCH_TYPES = ['application/json-patch+json', 'application/json-patch+yaml'];

/**
 * @param accepts whether a patch will do beside a document, or a part of one
 * @throws ApiError 400
 */
export function readChangeBody(view: CheckView, accepts: 'document' | 'patch'): ChangeBody {
  const { body, scope } = view;
  if (body === undefined) throw badRequest('the request has no body; send the document as JSON or YAML');
  const form = formOf(body.contentType, accepts);
  checkCoding(view);
  const read = readChangeText(body.bytes);
  if ('problem' in read) throw refused([read.problem]);
  if (scope.kind === 'tenant' || form === 'json-patch') return { form, text: read, tenant: undefined };
  return { form, ...splitTenant(read) };
}

function formOf(type: string, accepts: 'document' | 'patch'): ChangeBody['form'] {
  // Reader and schema say what the text is: a client that does not name its type need not be wrong.
  if (type === '' || DOCUMENT_TYPES.includes(type)) return 'document';
  if (accepts === 'patch' && JSON_PATCH_TYPES.includes(type)) return 'json-patch';
  const known = accepts === 'patch' ? [...DOCUMENT_TYPES, ...JSON_PATCH_TYPES] : DOCUMENT_TYPES;
  throw badRequest(`Content-Type: expected one of ${known.join(', ')}`);
}

/** Everything is UTF-8 here, and sent as it is. */
function checkCoding({ header }: CheckView): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(header('content-type') ?? '')?.[1]?.toLowerCase();
  if (charset !== undefined && !['utf-8', 'utf8', 'us-ascii'].includes(charset))
    throw badRequest('Content-Type: the charset has to be utf-8');
  const coding = header('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (coding !== 'identity') throw badRequest('Content-Encoding: not supported; send the body as it is');
}

/** More than anybody reads. */
const MOST_PROBLEMS = 100;

/** Every problem as an error of its own. */
export function refused(problems: readonly ChangeProblem[]): ApiError {
  const shown = problems.slice(0, MOST_PROBLEMS).map(({ message, place }) => {
    const { file, line, column } = place ?? {};
    return { message: file === undefined ? message : `${file}:${line}:${column}: ${message}`, info: { ...place } };
  });
  const hidden = problems.length - shown.length;
  const [first, ...others] = hidden > 0 ? [...shown, { message: `… and ${hidden} more problems`, info: {} }] : shown;
  return new ApiError(400, first?.message ?? 'the change is not valid', { info: first?.info ?? {}, others });
}
