import { fileURLToPath } from 'node:url';
import { redactUrl } from './redact-url.ts';
import { GitError } from './port.ts';

/** A repository behind an SSH server. */
export interface SshAddress {
  readonly user: string;
  /** In lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** As git-upload-pack is told it: with a slash in front, or relative to the home of the user. */
  readonly path: string;
}

export type RepositoryLocation =
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'http'; readonly url: URL }
  | { readonly kind: 'ssh'; readonly address: SshAddress };

/** The user of every forge, where none is named. */
const SSH_USER = 'git';
const SSH_PORT = 22;

/**
 * Tells a remote URL from a local path, by git's own rules (`host:path` is SSH, `./host:path` is a path).
 * @throws GitError 'not-found' for every transport but http, https, ssh and file; it tells no user and no password
 */
export function parseLocation(location: string): RepositoryLocation {
  if (/^https?:\/\//i.test(location)) return { kind: 'http', url: toUrl(location) };
  if (/^ssh:\/\//i.test(location)) return { kind: 'ssh', address: fromSshUrl(toUrl(location)) };
  if (/^file:\/\//i.test(location)) return { kind: 'local', path: toPath(location) };
  if (/^[a-z][a-z0-9+.-]*:(:|\/\/)/i.test(location)) throw unsupported(location);
  if (/^[^/\\]+:/.test(location)) return { kind: 'ssh', address: fromScpForm(location) };
  return { kind: 'local', path: location };
}

/** What people are told: without user and password. */
export function placeOf({ host, port, path }: SshAddress): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `ssh://${name}${port === SSH_PORT ? '' : `:${port}`}/${path.replace(/^\//, '')}`;
}

function toUrl(location: string): URL {
  if (!URL.canParse(location)) throw new GitError('not-found', `${redactUrl(location)} is no valid URL`);
  return new URL(location);
}

function fromSshUrl(url: URL): SshAddress {
  const shown = redactUrl(url);
  if (url.password !== '') {
    throw new GitError('not-found', `${shown} holds a password: over SSH, Fairlead shows a key (repository-ssh-key)`);
  }
  const path = decode(url.pathname, shown);
  const address = {
    user: decode(url.username, shown),
    host: url.hostname,
    port: url.port === '' ? SSH_PORT : Number(url.port),
    path: path.replace(/^\/(?=~)/, ''), // `/~ann/x` is in the home of ann
  };
  return checked(address, shown);
}

/** `[user@]host:path`; an IPv6 address stands in brackets. */
function fromScpForm(location: string): SshAddress {
  const shown = redactUrl(location);
  const [, user = '', host = '', path = ''] = /^(?:([^@:[\]]+)@)?(\[[^\]]+\]|[^:@[\]]+):(.*)$/s.exec(location) ?? [];
  return checked({ user, host, port: SSH_PORT, path }, shown);
}

function checked({ user, host, port, path }: SshAddress, shown: string): SshAddress {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (!/^[a-z0-9_.:%-]+$/.test(name) || name.startsWith('-')) {
    throw new GitError('not-found', `${shown} names no host (examples: git@host:owner/repo.git, ssh://git@host/path)`);
  }
  // git-upload-pack would take it for an option, and a line break ends a command.
  if (/^-|[\x00-\x1f\x7f]/.test(path) || /^\/*$/.test(path) || /[\x00-\x20\x7f]/.test(user)) {
    throw new GitError('not-found', `${shown} names no repository on that host`);
  }
  return { user: user === '' ? SSH_USER : user, host: name, port, path };
}

function decode(text: string, shown: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new GitError('not-found', `${shown} is no valid URL`);
  }
}

function toPath(location: string): string {
  try {
    return fileURLToPath(location);
  } catch {
    throw new GitError('not-found', `${redactUrl(location)} names no local folder`);
  }
}

function unsupported(location: string): GitError {
  return new GitError(
    'not-found',
    `only https://, http://, ssh:// (or git@host:path) and local paths are supported as a repository, not ${redactUrl(location)}`,
  );
}
