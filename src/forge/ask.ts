import { ForgeError } from './port.ts';

/** An API and what proves who asks. */
export interface ForgeApi {
  /** Without a slash at its end. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Stands in the headers; is taken out of whatever is told. */
  readonly token: string;
}

export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the API, or the whole address of a further page. */
  readonly path: string;
  readonly body?: unknown;
}

export interface Answer {
  readonly headers: Headers;
  /** Parsed JSON; undefined where there is none. */
  readonly body: unknown;
}

const TIMEOUT_MS = 30_000;
/** A page of 100 comments of GitHub at their longest, in bytes of UTF-8, has less. */
const MOST_BYTES = 32 * 1024 * 1024;
const SHOWN = 300;
/** After a fault that says nothing about when it will be over. */
const RETRY_MS = 2_000;

/**
 * Asks once. Redirects are not followed: they would take the token along.
 * @throws ForgeError unless the answer is one of success
 */
export async function ask(api: ForgeApi, question: Question, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await send(api, question, signal);
    const text = await readLimited(response);
    if (!response.ok) throw refusal(response, text);
    return { headers: response.headers, body: parseJson(text) };
  } catch (error) {
    signal.throwIfAborted();
    throw toForgeError(api, error);
  }
}

function send(api: ForgeApi, { method, path, body }: Question, signal: AbortSignal): Promise<Response> {
  const target = new URL(path.startsWith('/') ? `${api.url}${path}` : path);
  if (target.origin !== new URL(api.url).origin)
    throw new ForgeError(`the forge names a further page at ${target.origin}, where the token does not belong`);
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  return fetch(target, {
    method,
    headers: { 'user-agent': 'fairlead', ...api.headers, ...type },
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  // Leaving the loop ends the answer.
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new ForgeError(`it answers with more than ${MOST_BYTES / 1024 / 1024} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** In the words of the forge, where it has any. */
function refusal(response: Response, text: string): ForgeError {
  const { status, headers } = response;
  if (status >= 300 && status < 400)
    return new ForgeError('it sends elsewhere; name the API itself (--api, or the key api)', { status });
  const said = saidIn(parseJson(text));
  const words = said === '' ? '' : `: ${said.slice(0, SHOWN)}`;
  return new ForgeError(`it answers ${status}${words}`, { status, retryAfterMs: waitAfter(status, headers) });
}

/** How long to wait before asking again, ms; undefined: it makes no sense. GitHub limits with 403 or 429, others with 429. */
export function waitAfter(status: number, headers: Headers): number | undefined {
  if (status >= 500) return retryAfter(headers) ?? RETRY_MS;
  if (status !== 403 && status !== 429) return undefined;
  const named = retryAfter(headers);
  if (named !== undefined) return named;
  if (headers.get('x-ratelimit-remaining') === '0') return untilReset(headers);
  return status === 429 ? RETRY_MS : undefined;
}

function retryAfter(headers: Headers): number | undefined {
  const seconds = /^\d+$/.exec(headers.get('retry-after') ?? '')?.[0];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function untilReset(headers: Headers): number {
  const at = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000;
  return Number.isNaN(at) ? RETRY_MS : Math.max(0, at - Date.now());
}

/** `{message: "…"}`, `{message: {note: ["…"]}}`, `{error: "…"}`; what GitHub calls errors in detail stands behind. */
function saidIn(body: unknown): string {
  if (typeof body === 'string') return body;
  if (Array.isArray(body)) return body.map(saidIn).filter(Boolean).join('; ');
  if (typeof body !== 'object' || body === null) return '';
  const { message, error, errors, ...others }: Readonly<Record<string, unknown>> = { ...body };
  const named = [message ?? error, errors].map(saidIn).filter(Boolean);
  return named.length > 0 ? named.join(': ') : Object.values(others).filter(Array.isArray).map(saidIn).join('; ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toForgeError({ url, token }: ForgeApi, error: unknown): ForgeError {
  const mask = (text: string) => (token === '' ? text : text.replaceAll(token, '***'));
  const { origin } = new URL(url);
  if (error instanceof ForgeError)
    return new ForgeError(mask(`${origin}: ${error.message}`), {
      ...(error.status === undefined ? {} : { status: error.status }),
      retryAfterMs: error.retryAfterMs,
    });
  return new ForgeError(mask(`${origin} does not answer (${reasonOf(error)})`), { retryAfterMs: RETRY_MS });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `for ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return error.message;
}
