import { fileURLToPath } from 'node:url';
import { createCredentialSource, credentialsInUrl, redactUrl } from './credentials.ts';
import { openLocalRepository } from './local.ts';
import { GitError, type GitPort } from './port.ts';
import { isRefName } from './ref-name.ts';
import { openRemoteRepository, type GitTimeouts, type RemoteRepositoryOptions } from './remote.ts';

export interface OpenRepositoryOptions {
  readonly branch: string;
  /** The folder of the repository that holds the tree of contract 2; '.' for the root. */
  readonly treePath: string;
  /** A folder of our own for the store of a remote repository; it is a cache and may vanish. */
  readonly directory: string;
  /** See `parseCredentials`. */
  readonly credentialsFile?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly timeouts?: Partial<GitTimeouts>;
  readonly log?: RemoteRepositoryOptions['log'];
}

export type RepositoryLocation =
  { readonly kind: 'local'; readonly path: string } | { readonly kind: 'remote'; readonly url: URL };

/**
 * Tells a remote URL from a local path, by git's own rules (`host:path` is SSH, `./host:path` is a path).
 * @throws GitError 'not-found' for every transport but http, https and file
 */
export function parseLocation(location: string): RepositoryLocation {
  if (/^https?:\/\//i.test(location)) {
    if (!URL.canParse(location)) throw new GitError('not-found', `${redactUrl(location)} is no valid URL`);
    return { kind: 'remote', url: new URL(location) };
  }
  if (/^file:\/\//i.test(location)) return { kind: 'local', path: toPath(location) };
  if (/^[a-z][a-z0-9+.-]*:(:|\/\/)/i.test(location) || /^[^/\\]+:/.test(location)) {
    const shown = redactUrl(location);
    throw new GitError(
      'not-found',
      `only http://, https:// and local paths are supported as a repository, not ${shown}`,
    );
  }
  return { kind: 'local', path: location };
}

function toPath(location: string): string {
  try {
    return fileURLToPath(location);
  } catch {
    throw new GitError('not-found', `${redactUrl(location)} names no local folder`);
  }
}

/**
 * Opens a repository by its URL or path. Nothing is read or sent yet: what is wrong with it shows at `fetch`.
 * @throws GitError 'not-found' for a transport that is not supported
 */
export function openRepository(location: string, options: OpenRepositoryOptions): GitPort {
  const { branch, treePath } = options;
  if (!isRefName(branch)) throw new GitError('branch-missing', `${JSON.stringify(branch)} is no name of a branch`);
  const parsed = parseLocation(location);
  if (parsed.kind === 'local') return openLocalRepository({ path: parsed.path, branch, treePath });
  const credentials = createCredentialSource({
    file: options.credentialsFile,
    environment: options.environment ?? {},
    inUrl: credentialsInUrl(parsed.url),
  });
  const { directory, timeouts, log } = options;
  return openRemoteRepository({
    url: parsed.url.href,
    branch,
    treePath,
    directory,
    credentials,
    ...(timeouts && { timeouts }),
    ...(log && { log }),
  });
}
