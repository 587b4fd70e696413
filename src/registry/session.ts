import { Agent, fetch, type Dispatcher, type Response } from 'undici';
import type { RegistryLogin } from '../docker/registry-credentials.ts';
import { RegistryError } from './port.ts';
import { parseChallenge, toBasic, tokenIn, toTokenRequest, type Challenge } from './token.ts';

export interface SessionOptions {
  /** `docker.io`, `ghcr.io`, `registry.local:5000` */
  readonly registry: string;
  /** Inside the registry: `library/busybox`. */
  readonly repository: string;
  /** Asked when the registry wants to know who asks. */
  readonly login: () => Promise<RegistryLogin | undefined>;
  readonly isInsecure: boolean;
  /** The way to everything but insecure registries. */
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
  /** For each answer; default: 15 s. */
  readonly timeoutMs?: number | undefined;
}

export interface RegistryRequest {
  /** Below the repository: `manifests/1.27`. */
  readonly path: string;
  readonly method?: 'GET' | 'HEAD';
  readonly accept?: string;
  /** Longer answers are not read. */
  readonly mostBytes: number;
  /** Statuses that say that there is no such thing; default: 404. */
  readonly absent?: readonly number[];
}

export interface RegistryAnswer {
  readonly headers: Response['headers'];
  readonly body: Buffer;
}

/** What is asked of one repository, one after the other, with one token. */
export interface RegistrySession {
  /** undefined: there is no such thing. @throws RegistryError */
  ask(request: RegistryRequest): Promise<RegistryAnswer | undefined>;
  close(): Promise<void>;
}

const NOT_FOUND = [404];
const TIMEOUT_MS = 15_000;
const MOST_TOKEN_BYTES = 262_144;
/** Hub answers the API elsewhere than its images are named after. */
const HUB = { name: 'docker.io', host: 'registry-1.docker.io' };

export function openSession(options: SessionOptions): RegistrySession {
  const { registry, repository, login, isInsecure, timeoutMs = TIMEOUT_MS } = options;
  const own = isInsecure ? new Agent({ connect: { rejectUnauthorized: false } }) : undefined;
  const dispatcher = own ?? options.dispatcher;
  const host = registry === HUB.name ? HUB.host : registry;
  let schemes: readonly string[] = isInsecure ? ['https', 'http'] : ['https'];
  let authorization: string | undefined;

  async function send(url: URL, init: Parameters<typeof fetch>[1], mostBytes: number) {
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      // Credentials do not travel: fetch drops Authorization when a redirect leads to another origin.
      const response = await fetch(url, { ...init, dispatcher, signal });
      return { response, body: await readBody(response, mostBytes, registry) };
    } catch (error) {
      options.signal.throwIfAborted();
      throw error instanceof RegistryError ? error : unreachable(registry, reasonOf(error, timeoutMs), error);
    }
  }

  /** The first way on which anything answers; it is kept to. */
  async function reach({ path, method = 'GET', accept, mostBytes }: RegistryRequest) {
    const headers = { ...(accept === undefined ? {} : { accept }), ...(authorization && { authorization }) };
    for (const [index, scheme] of schemes.entries()) {
      try {
        const answer = await send(
          new URL(`${scheme}://${host}/v2/${repository}/${path}`),
          { method, headers },
          mostBytes,
        );
        schemes = [scheme];
        return answer;
      } catch (error) {
        const isLast = index === schemes.length - 1;
        if (isLast || !(error instanceof RegistryError && error.code === 'unreachable')) throw error;
      }
    }
    throw new RegistryError('unreachable', `registry ${registry} cannot be reached`);
  }

  async function authorize(challenge: Challenge | undefined): Promise<string | undefined> {
    const known = await login();
    if (challenge === undefined) return undefined;
    if (challenge.kind === 'basic') return known !== undefined && 'username' in known ? toBasic(known) : undefined;
    if (!isTrustedRealm(challenge.realm, schemes)) {
      throw new RegistryError('refused', `registry ${registry} sends us for a token to an address that is not https`);
    }
    const { url, ...request } = toTokenRequest(challenge, `repository:${repository}:pull`, known);
    const { response, body } = await send(url, { ...request, redirect: 'error' }, MOST_TOKEN_BYTES);
    const token = response.ok ? tokenIn(body) : undefined;
    return token === undefined ? undefined : `Bearer ${token}`;
  }

  return {
    async ask(request) {
      let answer = await reach(request);
      if (answer.response.status === 401 && authorization === undefined) {
        authorization = await authorize(parseChallenge(answer.response.headers.get('www-authenticate')));
        if (authorization !== undefined) answer = await reach(request);
      }
      const { response, body } = answer;
      if (response.ok) return { headers: response.headers, body };
      if ((request.absent ?? NOT_FOUND).includes(response.status)) return undefined;
      throw toError(response.status, { registry, repository });
    },
    close: async () => {
      await own?.close();
    },
  };
}

/** A password goes to nobody in plain text, unless the registry itself is asked so. */
function isTrustedRealm(realm: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(realm)) return false;
  const { protocol } = new URL(realm);
  return protocol === 'https:' || (protocol === 'http:' && schemes.includes('http'));
}

async function readBody({ body }: Response, mostBytes: number, registry: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > mostBytes) throw new RegistryError('refused', `registry ${registry} sends more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toError(status: number, { registry, repository }: Pick<SessionOptions, 'registry' | 'repository'>) {
  if (status === 401 || status === 403) {
    const sentence = `registry ${registry} does not let us read ${repository} (${status}); credentials are those of the Docker config file`;
    return new RegistryError('refused', sentence);
  }
  return new RegistryError('unreachable', `registry ${registry} answers with status ${status}`);
}

function unreachable(registry: string, reason: string, cause: unknown): RegistryError {
  return new RegistryError('unreachable', `registry ${registry} cannot be reached: ${reason}`, { cause });
}

/** Of `fetch failed` the cause says more; it names addresses, and nothing of what was sent. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'for an unknown reason';
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause && cause.message === '' ? String(cause.code) : cause.message;
}
