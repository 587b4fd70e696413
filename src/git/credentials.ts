import { readFile } from 'node:fs/promises';
import { GitError } from './port.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Asked anew before each look at the server, so that a rotated password counts at once. undefined: go without. */
export type CredentialSource = (url: URL) => Promise<Credentials | undefined>;

/** One line of a credentials file; a bare token fits every server. */
export interface StoredCredential extends Credentials {
  readonly scope: { readonly protocol: string; readonly host: string; readonly path: string } | 'any';
}

export interface CredentialSourceOptions {
  /** Path of a credentials file, see `parseCredentials`. */
  readonly file?: string | undefined;
  /** FAIRLEAD_REPOSITORY_USERNAME and FAIRLEAD_REPOSITORY_PASSWORD are read from here. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What stood before the @ of the repository's URL. */
  readonly inUrl?: { readonly username: string; readonly password: string } | undefined;
}

/** The user name servers accept beside a bare token (GitHub, GitLab, Gitea and Bitbucket look at the password only). */
const TOKEN_USERNAME = 'x-access-token';

/**
 * Reads the format of git-credential-store, one `https://user:password@host[/path]` a line, or a single bare token.
 * @throws Error naming the line, never its content
 */
export function parseCredentials(text: string): readonly StoredCredential[] {
  const lines = text
    .split(/\r?\n/)
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter((line) => line.text !== '');
  const [only] = lines;
  if (lines.length === 1 && only !== undefined && !/\s|:\/\//.test(only.text)) {
    return [{ scope: 'any', username: TOKEN_USERNAME, password: only.text }];
  }
  return lines.map((line) => parseLine(line.text, line.number));
}

function parseLine(line: string, number: number): StoredCredential {
  const url = URL.canParse(line) ? new URL(line) : undefined;
  if (url === undefined || !isHttp(url) || url.password === '') {
    throw new Error(`line ${number} is no https://user:password@host and no bare token`);
  }
  return {
    scope: { protocol: url.protocol, host: url.host, path: trimSlashes(url.pathname) },
    username: decode(url.username),
    password: decode(url.password),
  };
}

/** The first line that fits protocol, host with port, path prefix and, where the URL names one, the user. */
export function findCredentials(stored: readonly StoredCredential[], url: URL): Credentials | undefined {
  const user = decode(url.username);
  for (const { scope, username, password } of stored) {
    if (scope === 'any') return { username: user === '' ? username : user, password };
    const fits = scope.protocol === url.protocol && scope.host === url.host && isBelow(scope.path, url.pathname);
    if (fits && (user === '' || user === username)) return { username, password };
  }
  return undefined;
}

/** What the URL holds comes first, then the file, then the environment. */
export function createCredentialSource(options: CredentialSourceOptions): CredentialSource {
  return async (url) => {
    if (options.inUrl !== undefined && options.inUrl.password !== '') return options.inUrl;
    const wanted = new URL(url);
    wanted.username = options.inUrl?.username ?? '';
    return (await fromFile(options.file, wanted)) ?? fromEnvironment(options.environment ?? {}, wanted);
  };
}

async function fromFile(file: string | undefined, url: URL): Promise<Credentials | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new GitError('unauthorized', `the credentials file ${file} cannot be read (${code})`);
  });
  try {
    return findCredentials(parseCredentials(text), url);
  } catch (error) {
    throw new GitError('unauthorized', `the credentials file ${file} cannot be used: ${String(error)}`);
  }
}

function fromEnvironment(environment: Readonly<Record<string, string | undefined>>, url: URL): Credentials | undefined {
  const password = environment['FAIRLEAD_REPOSITORY_PASSWORD'];
  if (password === undefined || password === '') return undefined;
  const username = decode(url.username) || environment['FAIRLEAD_REPOSITORY_USERNAME'] || TOKEN_USERNAME;
  return { username, password };
}

/** The URL without user, password, query and fragment: the only form that may be shown. */
export function redactUrl(url: string | URL): string {
  const text = String(url);
  if (!text.includes('://') || !URL.canParse(text)) return text.replace(/[^/]*@/, '').replace(/[?#].*$/, '');
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  shown.search = '';
  shown.hash = '';
  return shown.href;
}

/** The value of an Authorization header. */
export function toBasicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** User and password of a URL, decoded; undefined when it has neither. */
export function credentialsInUrl(url: URL): Credentials | undefined {
  if (url.username === '' && url.password === '') return undefined;
  return { username: decode(url.username), password: decode(url.password) };
}

function isHttp(url: URL): boolean {
  return url.protocol === 'https:' || url.protocol === 'http:';
}

function isBelow(prefix: string, pathname: string): boolean {
  const path = trimSlashes(pathname);
  return prefix === '' || path === prefix || path.startsWith(`${prefix}/`);
}

function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
