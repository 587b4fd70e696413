import { allowedMethods, type Admission, type RequestHead } from './admit.ts';
import type { CheckAside } from '../protocol/check.ts';
import { ApiError, errorBody } from '../protocol/errors.ts';
import { selectFields, type FieldSelection } from '../protocol/fields.ts';
import { joinPieces, toPiece, type ItemTexts, type ListPart } from './item-texts.ts';
import { chooseFormat, CONTENT_TYPE, formatBody, type Format } from '../protocol/negotiate.ts';
import { checkPreconditions, entityTag } from '../protocol/preconditions.ts';
import { parseSelection, type Content, type Selection } from '../protocol/query.ts';
import { toGroup, type Answer, type Item, type ItemGroup, type RequestBody, type Trailer } from '../protocol/route.ts';
import { mapInTurns } from './turns.ts';
import type { Upgrade } from '../protocol/upgrade.ts';

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | AsyncIterable<string | Uint8Array>;
  readonly trailer?: Trailer | undefined;
  /** Instead of all this: the connection becomes a WebSocket. */
  readonly upgrade?: Upgrade;
}

/** What comes after the head of a request. */
export interface RequestRest {
  readonly body: RequestBody | undefined;
  readonly incoming: AsyncIterable<Uint8Array>;
  readonly signal: () => AbortSignal;
  readonly checkAside?: CheckAside | undefined;
}

/** The answer to a request that was admitted. @throws ApiError */
export async function respond(
  { operation, route, principal, snapshot, scope }: Admission,
  head: RequestHead,
  { texts, ...rest }: RequestRest & { readonly texts: ItemTexts },
): Promise<ApiResponse> {
  if (operation === undefined) return { status: 204, headers: { allow: allowedMethods(route) }, body: '' };
  const { params, query, header, address } = head;
  const param = (name: string) => params[name] ?? '';
  const caller = { principal, address };
  const answer = await operation.answer({ snapshot, scope, query, param, header, caller, keep: texts.keep, ...rest });
  const selection = parseSelection(query);
  const format = chooseFormat(header('accept'));
  if (answer.tag === undefined) return render(answer, selection, { texts, format });
  const conditions = { ifMatch: header('if-match'), ifNoneMatch: header('if-none-match') };
  const resource = { tag: answer.tag, format };
  const tagged = { ...headersFor(CONTENT_TYPE[format]), etag: entityTag(resource) };
  switch (checkPreconditions(conditions, resource)) {
    case 'not-modified':
      return { status: 304, headers: tagged, body: '' };
    case 'failed':
      throw new ApiError(412, 'If-Match names another version of the resource', { headers: tagged });
    case 'met': {
      const { headers, ...rendered } = await render(answer, selection, { texts, format });
      return { ...rendered, headers: { ...headers, etag: tagged.etag } };
    }
  }
}

export function errorResponse({ status, message, info, headers, others }: ApiError, format: Format): ApiResponse {
  const response = textResponse(formatBody(errorBody(message, info, others), format), CONTENT_TYPE[format]);
  return { ...response, status, headers: { ...response.headers, ...headers } };
}

interface Rendering {
  readonly texts: ItemTexts;
  readonly format: Format;
}

async function render(answer: Answer, selection: Selection, rendering: Rendering): Promise<ApiResponse> {
  const { texts, format } = rendering;
  switch (answer.kind) {
    case 'value': {
      const response = textResponse(formatBody(answer.value, format), CONTENT_TYPE[format]);
      if (answer.isSecret === undefined) return response;
      return { ...response, headers: { ...response.headers, 'cache-control': 'no-store' } };
    }
    case 'accepted': {
      const response = textResponse(formatBody(answer.value, format), CONTENT_TYPE[format]);
      return { ...response, status: 202, headers: { ...response.headers, ...answer.headers } };
    }
    case 'one':
      return textResponse(renderOne(answer.item, selection, rendering), CONTENT_TYPE[format]);
    case 'list': {
      const groups = answer.items.map(toGroup);
      const whole = (part: ListPart) => texts.join(groups, part, format);
      return textResponse(await renderList({ groups: () => groups, whole }, selection, format), CONTENT_TYPE[format]);
    }
    case 'grouped-list': {
      const whole = (part: ListPart) => texts.list(answer.list, part, format);
      const { groups } = answer.list;
      return textResponse(await renderList({ groups, whole }, selection, format), CONTENT_TYPE[format]);
    }
    case 'empty':
      return { status: answer.status, headers: answer.headers ?? {}, body: '' };
    case 'text':
      return textResponse(answer.text, answer.contentType);
    case 'stream':
      return streamResponse(answer);
    case 'upgrade':
      return { status: 101, headers: {}, body: '', upgrade: answer.upgrade };
    default:
      return answer satisfies never;
  }
}

function streamResponse({ contentType, headers, chunks, trailer }: Extract<Answer, { kind: 'stream' }>): ApiResponse {
  return { status: 200, headers: { ...headersFor(contentType), ...headers }, body: chunks, trailer };
}

function renderOne(item: Item, { content, fields }: Selection, { texts, format }: Rendering): string {
  if (fields === undefined) return texts.one(item, content, format);
  return formatBody(selectFields(item.body(content), fields), format);
}

interface Listing {
  readonly groups: () => readonly ItemGroup[];
  readonly whole: (part: ListPart) => Promise<Buffer>;
}

async function renderList(
  { groups, whole }: Listing,
  { of, content, fields }: Selection,
  format: Format,
): Promise<string | Buffer> {
  switch (of) {
    case 'keys':
      return whole('keys');
    case 'count':
      return formatBody(
        groups().reduce((sum, group) => sum + group.size(), 0),
        format,
      );
    case 'bodies':
      return fields === undefined ? whole(content) : renderFields(groups(), { content, fields }, format);
    default:
      return of satisfies never;
  }
}

/** A part of each item, which nobody keeps. */
async function renderFields(
  groups: readonly ItemGroup[],
  { content, fields }: { readonly content: Content; readonly fields: FieldSelection },
  format: Format,
): Promise<string | Buffer> {
  const selected = (item: Item) => selectFields(item.body(content), fields);
  return joinPieces(await mapInTurns(groups, (group) => toPiece(group.items().map(selected), format)), format);
}

function textResponse(body: string | Buffer, contentType: string): ApiResponse {
  // The length is counted by who sends it.
  return { status: 200, headers: headersFor(contentType), body };
}

function headersFor(contentType: string): Readonly<Record<string, string>> {
  return {
    'content-type': contentType,
    'cache-control': 'no-cache',
    vary: 'Accept, Authorization',
    'x-content-type-options': 'nosniff',
  };
}
