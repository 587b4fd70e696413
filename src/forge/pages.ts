import { ask, type Answer, type ForgeApi } from './ask.ts';

/** Ten thousand comments: nobody reads further, so nobody wrote there. */
const MOST_PAGES = 100;

/**
 * Everything of a list, page by page.
 * @param next the path or address of the page after an answer; undefined after the last
 * @throws ForgeError
 */
export async function everyPage(
  api: ForgeApi,
  first: string,
  { next, signal }: { readonly next: (answer: Answer) => string | undefined; readonly signal: AbortSignal },
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const entries: Readonly<Record<string, unknown>>[] = [];
  let path: string | undefined = first;
  for (let page = 0; path !== undefined && page < MOST_PAGES; page += 1) {
    const answer: Answer = await ask(api, { method: 'GET', path }, signal);
    const body = Array.isArray(answer.body) ? (answer.body as readonly unknown[]) : [];
    entries.push(...body.filter((entry): entry is Readonly<Record<string, unknown>> => isRecord(entry)));
    path = next(answer);
  }
  return entries;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The address behind `rel="next"` (RFC 8288). */
export function nextLink({ headers }: Answer): string | undefined {
  for (const part of (headers.get('link') ?? '').split(/,\s*(?=<)/)) {
    const [, address, parameters = ''] = /^\s*<([^>]*)>(.*)$/s.exec(part) ?? [];
    if (/;\s*rel="?[^";]*\bnext\b/.test(parameters)) return address;
  }
  return undefined;
}
