import ssh2, { type ClientChannel, type ParsedKey, type PublicKeyAuthMethod, type ServerHostKeyAlgorithm } from 'ssh2';
import { nameOf } from '../git-error.ts';
import type { Hop } from '../http/routes.ts';
import type { SshAddress } from '../location.ts';
import { GitError } from '../port.ts';
import { noKnownKey, refuseHostKey, type TrustedHost } from './host-trust.ts';
import { openSocket } from './socket.ts';
import { ALL_ALGORITHMS, algorithmsFor, fingerprintOf } from './known-hosts.ts';

export interface ConnectOptions {
  readonly address: SshAddress;
  readonly key: ParsedKey;
  readonly host: TrustedHost;
  /** The proxy on the way. */
  readonly hop: Hop | undefined;
  /** For what people are told. */
  readonly place: string;
  readonly signal: AbortSignal;
}

/** An open, authenticated connection to an SSH server. */
export interface SshConnection {
  readonly isOpen: boolean;
  /** Runs a command there. Its environment is what the server takes of it. @throws Error */
  exec(command: string, env: Readonly<Record<string, string>>): Promise<ClientChannel>;
  /** Whether it keeps the program alive. */
  hold(held: boolean): void;
  close(): void;
}

/**
 * Connects, checks the host key and shows ours: nothing is asked for and nothing else is tried.
 * @throws GitError 'unreachable' | 'untrusted' | 'unauthorized'
 */
export async function connectSsh(options: ConnectOptions): Promise<SshConnection> {
  const { address, signal } = options;
  const socket = await openSocket({ ...options, host: address.host, port: address.port });
  if (signal.aborted) socket.destroy();
  const client = new ssh2.Client();
  let isOpen = true;
  let refused: GitError | undefined;
  client.on('close', () => (isOpen = false));
  const close = () => {
    isOpen = false;
    client.destroy();
    socket.destroy();
  };
  signal.addEventListener('abort', close, { once: true });
  const showKey: PublicKeyAuthMethod = { type: 'publickey', username: address.user, key: options.key };
  try {
    await new Promise<void>((resolve, reject) => {
      // It stays: what comes later, when nobody listens any more, must not end the program.
      client.on('error', (error) => reject(refused ?? toSshError(error, options)));
      client.on('close', () => reject(unreachable(options, 'connection lost')));
      client.on('ready', resolve);
      client.connect({
        sock: socket,
        readyTimeout: 0, // the conversation has its own
        username: address.user,
        algorithms: { serverHostKey: algorithms(options.host) },
        hostVerifier: (shown: Buffer) => (refused = refuseHostKey(options.host, shown)) === undefined,
        authHandler: [showKey],
      });
    });
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
  }
  return {
    ...commandsOf(client),
    get isOpen() {
      return isOpen;
    },
    hold: (held) => {
      if (held) socket.ref();
      else socket.unref();
    },
    close,
  };
}

function commandsOf(client: ssh2.Client): Pick<SshConnection, 'exec'> {
  return {
    exec: (command, env) =>
      new Promise((resolve, reject) => {
        client.exec(command, { env: { ...env } }, (error, channel) => {
          if (error === undefined) resolve(channel);
          else reject(error);
        });
      }),
  };
}

function algorithms({ known, name }: TrustedHost): ServerHostKeyAlgorithm[] {
  const found = algorithmsFor(known, name);
  return [...(found.length === 0 ? ALL_ALGORITHMS : found)] as ServerHostKeyAlgorithm[];
}

/** By the level ssh2 gives its errors. Its words are shown where they are about the protocol: they hold no secret. */
function toSshError(error: Error & { readonly level?: string }, options: ConnectOptions): GitError {
  const { address, key, place, host } = options;
  if (error.level === 'client-authentication') {
    const shown = `${key.type} ${fingerprintOf(key.getPublicSSH())}`;
    return new GitError('unauthorized', `${place} refuses the SSH key ${shown} for the user ${address.user}`);
  }
  if (/no matching host key/.test(error.message)) return noKnownKey(host);
  return unreachable(options, 'code' in error ? nameOf(error) : error.message);
}

function unreachable({ place }: Pick<ConnectOptions, 'place'>, why: string): GitError {
  return new GitError(
    'unreachable',
    `${place} cannot be reached (${why.replace(/[\x00-\x1f\x7f]/g, ' ').slice(0, 200)})`,
  );
}
