import type { RepositoryAccess } from './access.ts';
import { createCredentialSource, credentialsInUrl } from './credentials.ts';
import { createHttpTransport } from './http/http-transport.ts';
import { openLocalRepository } from './local.ts';
import { parseLocation, type RepositoryLocation } from './location.ts';
import { GitError, type GitPort } from './port.ts';
import { isRefName } from './ref-name.ts';
import type { GitTimeouts, RemoteRepositoryOptions } from './remote-options.ts';
import { openRemoteRepository } from './remote.ts';
import { createSshTransport } from './ssh/ssh-transport.ts';
import type { Transport } from './transport.ts';

export interface OpenRepositoryOptions {
  readonly branch: string;
  /** The folder of the repository that holds the tree of contract 2; '.' for the root. */
  readonly treePath: string;
  /** A folder of our own for the store of a remote repository; it is a cache and may vanish. */
  readonly directory: string;
  readonly access?: Partial<RepositoryAccess>;
  /** Names of proxies, and FAIRLEAD_REPOSITORY_USERNAME and FAIRLEAD_REPOSITORY_PASSWORD, are read from here. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly timeouts?: Partial<GitTimeouts>;
  readonly log?: RemoteRepositoryOptions['log'];
}

/**
 * Opens a repository by its URL or path. Nothing is read or sent yet: what is wrong with it shows at `fetch`.
 * @throws GitError 'not-found' for a transport that is not supported, 'unauthorized' for ssh without a key
 */
export function openRepository(location: string, options: OpenRepositoryOptions): GitPort {
  const { branch, treePath, directory, timeouts, log } = options;
  if (!isRefName(branch)) throw new GitError('branch-missing', `${JSON.stringify(branch)} is no name of a branch`);
  const parsed = parseLocation(location);
  if (parsed.kind === 'local') return openLocalRepository({ path: parsed.path, branch, treePath });
  const transport = createTransport(parsed, options);
  return openRemoteRepository({
    ...{ transport, branch, treePath, directory },
    ...(timeouts && { timeouts }),
    ...(log && { log }),
  });
}

function createTransport(
  location: Exclude<RepositoryLocation, { kind: 'local' }>,
  { access = {}, environment = {} }: OpenRepositoryOptions,
): Transport {
  if (location.kind === 'http') {
    const { credentialsFile, caFile, proxy: setting } = access;
    const inUrl = credentialsInUrl(location.url);
    return createHttpTransport({
      url: location.url.href,
      credentials: createCredentialSource({ file: credentialsFile, environment, inUrl }),
      proxy: { setting, environment },
      ...{ credentialsFile, caFile },
    });
  }
  const { sshKeyFile: keyFile, sshPassphraseFile: passphraseFile, knownHostsFile, proxy, credentialsFile } = access;
  if (keyFile === undefined || knownHostsFile === undefined) {
    throw new GitError('unauthorized', 'a repository over SSH needs repository-ssh-key and repository-known-hosts');
  }
  const { address } = location;
  return createSshTransport({ address, keyFile, passphraseFile, knownHostsFile, proxy, credentialsFile });
}
