import { readFile } from 'node:fs/promises';
import { nameOf } from './git-error.ts';
import { GitError } from './port.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Asked anew before each look at the server, so that a rotated password counts at once. undefined: go without. */
export type CredentialSource = (url: URL) => Promise<Credentials | undefined>;

/** One line of a credentials file; one without an address fits every server. */
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
 * Reads the format of git-credential-store, one `https://user:password@host[/path]` a line, or a single line that fits
 * every server: a bare token, or `user:password`.
 * @throws Error naming the line, never its content
 */
export function parseCredentials(text: string): readonly StoredCredential[] {
  const lines = text
    .split(/\r?\n/)
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter((line) => line.text !== '');
  const [only] = lines;
  if (lines.length === 1 && only !== undefined && !/\s|:\/\//.test(only.text)) {
    return [{ scope: 'any', ...parseBare(only.text) }];
  }
  return lines.map((line) => parseLine(line.text, line.number));
}

/** No token of a forge has a colon in it. */
function parseBare(text: string): Credentials {
  const [, username, password] = /^([^:]+):(.+)$/.exec(text) ?? [];
  if (username === undefined || password === undefined) return { username: TOKEN_USERNAME, password: text };
  return { username, password };
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

/** What a credentials file holds for proxies: only lines with the address of one, never a bare token. */
export async function findProxyCredentials(file: string | undefined): Promise<(proxy: URL) => Credentials | undefined> {
  const stored = await readStored(file);
  return (proxy) =>
    findCredentials(
      stored.filter(({ scope }) => scope !== 'any'),
      proxy,
    );
}

/** What the URL holds comes first, then the file, then the environment. */
export function createCredentialSource(options: CredentialSourceOptions): CredentialSource {
  return async (url) => {
    if (options.inUrl !== undefined && options.inUrl.password !== '') return options.inUrl;
    const wanted = new URL(url);
    wanted.username = options.inUrl?.username ?? '';
    return (
      findCredentials(await readStored(options.file), wanted) ?? fromEnvironment(options.environment ?? {}, wanted)
    );
  };
}

/** Read anew each time, so that a rotated token counts at once. @throws GitError 'unauthorized', without the content */
async function readStored(file: string | undefined): Promise<readonly StoredCredential[]> {
  if (file === undefined) return [];
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new GitError('unauthorized', `the credentials file ${file} cannot be read (${nameOf(error)})`);
  });
  try {
    return parseCredentials(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it makes no sense';
    throw new GitError('unauthorized', `the credentials file ${file} cannot be used: ${why}`);
  }
}

function fromEnvironment(environment: Readonly<Record<string, string | undefined>>, url: URL): Credentials | undefined {
  const password = environment['FAIRLEAD_REPOSITORY_PASSWORD'];
  if (password === undefined || password === '') return undefined;
  const username = decode(url.username) || environment['FAIRLEAD_REPOSITORY_USERNAME'] || TOKEN_USERNAME;
  return { username, password };
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
