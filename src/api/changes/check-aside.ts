import type { Answer, RequestBody, Scope } from '../protocol/route.ts';
import { ApiError } from '../protocol/errors.ts';
import type { AskedCheck, CheckedKind, CheckMethod, CheckView } from '../protocol/check.ts';
import { checkNow } from './checked-changes.ts';

/** The same as plain data, but for the bytes that were sent. */
export interface CheckQuestion {
  readonly method: CheckMethod;
  readonly checked: Omit<CheckedKind, 'entriesOf'>;
  readonly scope: Scope;
  /** Of the path; '' in that of the list. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly contentType: string;
  readonly snapshot: Pick<CheckView['snapshot'], 'catalog' | 'tenants'>;
  readonly entries: ReturnType<CheckedKind['entriesOf']>;
}

export type CheckReply =
  | { readonly answer: Answer }
  | { readonly refusal: Pick<ApiError, 'status' | 'message' | 'info' | 'headers' | 'others'> };

/** Those that a check looks at. */
const HEADERS = ['if-match', 'if-none-match', 'content-type', 'content-encoding'];

export function toQuestion({ method, checked, view }: AskedCheck): CheckQuestion {
  const { entriesOf, ...plain } = checked;
  const { scope, param, header, body, snapshot } = view;
  const { catalog, tenants } = snapshot;
  // What the configuration is does not matter, only whether there is one.
  const entries = [...entriesOf(snapshot)].map(
    ([key, { tenant, name, config, configTag }]) =>
      [key, { tenant, name, configTag, config: config === undefined ? undefined : NOTHING }] as const,
  );
  return {
    ...{ method, scope, name: param(checked.parameter), contentType: body?.contentType ?? '' },
    checked: plain,
    headers: Object.fromEntries(HEADERS.map((name) => [name, header(name)])),
    snapshot: { catalog, tenants },
    entries: new Map(entries),
  };
}

const NOTHING = {};

export function answerCheck(question: CheckQuestion, bytes: Uint8Array): CheckReply {
  const { method, checked, scope, name, headers, contentType, entries } = question;
  const body: RequestBody = { contentType, bytes };
  const snapshot = { ...question.snapshot, applications: new Map(), deployments: new Map() };
  const view: CheckView = { scope, snapshot, body, param: () => name, header: (one) => headers[one] };
  try {
    return { answer: checkNow(method, { ...checked, entriesOf: () => entries }, view) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { status, message, info, headers: added, others } = error;
    return { refusal: { status, message, info, headers: added, others } };
  }
}

/** @throws ApiError */
export function toAnswer(reply: CheckReply): Answer {
  if ('answer' in reply) return reply.answer;
  const { status, message, ...extra } = reply.refusal;
  throw new ApiError(status, message, extra);
}
