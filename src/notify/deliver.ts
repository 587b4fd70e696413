import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { waitAfter } from '../forge/ask.ts';
import { DESCRIPTION_LIMITS, setCommitStatus } from '../forge/commit-status.ts';
import { ForgeError } from '../forge/port.ts';
import type { Notice } from './changes.ts';
import { fillTemplate, slackBody, webhookBody, withoutMentions } from './notice-body.ts';
import type { NoticeTarget } from './notifications-file.ts';
import { DeliveryError } from './outbox.ts';
import { describe, shorten, type RevisionReport } from './report.ts';
import type { StatusTarget } from './status-entry.ts';

// One attempt each to hand something over. Errors name neither a secret nor the address of a target, which is one.

const TIMEOUT_MS = 10_000;
/** After a fault that says nothing about when it will be over. */
const RETRY_MS = 1_000;
/** Nobody types more by hand; a whole disk given by mistake is not read. */
const MOST_SECRET = 8_192;

/** @throws DeliveryError */
export async function deliverStatus(target: StatusTarget, report: RevisionReport, signal: AbortSignal): Promise<void> {
  const token = await readSecret('token-file', target.tokenFile);
  const { revision, state, site } = report;
  const description = shorten(describe(report), DESCRIPTION_LIMITS[target.forge]);
  const status = { revision, state, description, context: `${target.context}/${site}`, link: target.link };
  await within(signal, async (limited) => {
    await setCommitStatus(target, status, { token, signal: limited });
  });
}

/** @param link a page about it @throws DeliveryError */
export async function deliverNotice(
  target: NoticeTarget,
  notice: Notice & { readonly at: number },
  { link, now, signal }: { readonly link: string | undefined; readonly now: number; readonly signal: AbortSignal },
): Promise<void> {
  const url = await readUrl(target.urlFile);
  const body =
    target.kind === 'slack'
      ? slackBody(fillTemplate(target.template, withoutMentions(notice), link))
      : webhookBody(notice, { text: fillTemplate(target.template, notice, link), link, at: notice.at });
  const secret = target.secretFile === undefined ? undefined : await readSecret('secret-file', target.secretFile);
  const headers = secret === undefined ? {} : signatureOf(body, secret, now);
  await within(signal, async (limited) => {
    await post(url, { headers, body }, limited);
  });
}

/** As the generic webhook of this daemon takes it (docs/webhooks.md). @param now ms since the epoch */
function signatureOf(body: string, secret: string, now: number): Readonly<Record<string, string>> {
  const time = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return { 'x-fairlead-timestamp': time, 'x-fairlead-signature': `sha256=${signature}` };
}

async function post(
  url: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  signal: AbortSignal,
): Promise<void> {
  const all = { 'user-agent': 'fairlead', 'content-type': 'application/json', ...headers };
  // A redirect would take the message to somebody else.
  const response = await fetch(url, { method: 'POST', headers: all, body, redirect: 'manual', signal });
  const { status } = response;
  await response.body?.cancel();
  if (!response.ok) throw new DeliveryError(`it answers ${status}`, waitAfter(status, response.headers));
}

/** One attempt, every error of which is made one that may be told. */
async function within(signal: AbortSignal, attempt: (limited: AbortSignal) => Promise<void>): Promise<void> {
  try {
    await attempt(AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    if (error instanceof ForgeError) throw new DeliveryError(error.message, error.retryAfterMs);
    throw new DeliveryError(`it does not answer (${reasonOf(error)})`, RETRY_MS);
  }
}

/** Of `fetch`, the code alone: its messages may hold the address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if (error.name === 'TimeoutError') return `for ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : error.name;
}

async function readUrl(file: string): Promise<string> {
  const text = await readSecret('url-file', file);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return text;
  throw new DeliveryError('url-file: expected an address, https://…, without credentials', RETRY_MS);
}

/** Read anew for each use, so that it can be exchanged. */
async function readSecret(key: string, file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new DeliveryError(`${key}: cannot be read (${reason})`, RETRY_MS);
  });
  const secret = text.trim();
  if (secret !== '' && secret.length <= MOST_SECRET && !/\s/.test(secret)) return secret;
  throw new DeliveryError(`${key}: expected a file of one line with nothing else in it`, RETRY_MS);
}
