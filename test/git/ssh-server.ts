import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../scripts/setup/packages.mjs';
import { testEnvironment } from './git-repo.ts';

const run = promisify(execFile);

/** How the server behaves towards connections from now on. */
export type SshServerMode =
  | { readonly kind: 'ok' }
  | { readonly kind: 'drop' } // closes the connection without a word
  | { readonly kind: 'black-hole' } // takes the connection, never says anything
  | { readonly kind: 'cut' | 'stall'; readonly afterBytes: number }; // breaks off once it has sent as much

export interface SshServer {
  readonly port: number;
  /** `ssh://USER@127.0.0.1:PORT`; add `/` and the path of the repository. */
  readonly url: string;
  /** A line for known_hosts for each of its keys. */
  readonly knownHosts: string;
  /** Connections made to it so far. */
  connections(): number;
  /** Connections that are open. */
  openConnections(): number;
  /** Bytes it has sent so far. */
  sent(): number;
  /** What it was asked to run so far, each with the wanted version of git's protocol. */
  commands(): Promise<readonly string[]>;
  setMode(mode: SshServerMode): void;
  /** Cuts every connection that is open. */
  cutAll(): void;
  authorize(publicKey: string): Promise<void>;
  stop(): Promise<void>;
}

export interface SshServerOptions {
  /** Its own files. */
  readonly directory: string;
  /** Paths of repositories are relative to that. */
  readonly root: string;
  /** Types of its host keys, for `ssh-keygen -t`. */
  readonly hostKeys?: readonly string[];
  /** Whether clients may choose the version of git's protocol, as forges let them. */
  readonly acceptsProtocol?: boolean;
  readonly port?: number;
}

/**
 * A real `sshd` behind a socket of ours on 127.0.0.1, one process a connection, as inetd would start it: so connections
 * can be cut at a byte. Keys that are authorized may run `git-upload-pack` below the root and nothing else.
 */
export async function startSshServer(options: SshServerOptions): Promise<SshServer> {
  const { directory, hostKeys = ['ed25519'] } = options;
  await mkdir(directory, { recursive: true });
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true }); // sshd of root insists on it
  const keys = await Promise.all(hostKeys.map((type) => makeKey(path.join(directory, `host-${type}`), { type })));
  const config = path.join(directory, 'sshd_config');
  await writeFile(
    config,
    configOf(
      options,
      keys.map(({ file }) => file),
    ),
  );
  await writeFile(path.join(directory, 'authorized_keys'), '');
  const sshd = await findProgram('sshd');
  const open = new Map<Socket, ChildProcess | undefined>();
  let [connections, sent] = [0, 0];
  let mode: SshServerMode = { kind: 'ok' };

  const server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    open.set(socket, undefined);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open.get(socket)?.kill('SIGKILL');
      open.delete(socket);
    });
    if (mode.kind === 'drop') return void socket.destroy();
    if (mode.kind === 'black-hole') return void socket.resume();
    const child = spawn(sshd!, ['-i', '-e', '-f', config], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: testEnvironment(),
    });
    open.set(socket, child);
    child.stdin.on('error', () => undefined);
    socket.pipe(child.stdin);
    const limit = 'afterBytes' in mode ? { ...mode, left: mode.afterBytes } : undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      const passes = limit === undefined ? chunk.length : Math.min(limit.left, chunk.length);
      sent += passes;
      socket.write(chunk.subarray(0, passes));
      if (limit === undefined) return;
      limit.left -= passes;
      if (limit.left === 0 && limit.kind === 'cut') socket.destroy();
    });
    child.stdout.on('end', () => socket.end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const { port } = address;
  const cutAll = () => {
    for (const socket of open.keys()) socket.destroy();
  };
  return {
    port,
    url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    knownHosts: keys.map(({ publicKey }) => `[127.0.0.1]:${port} ${publicKey}\n`).join(''),
    connections: () => connections,
    openConnections: () => open.size,
    sent: () => sent,
    commands: async () =>
      (await readFile(path.join(directory, 'commands'), 'utf8').catch(() => '')).split('\n').slice(0, -1),
    setMode: (next) => (mode = next),
    cutAll,
    authorize: (publicKey) => appendFile(path.join(directory, 'authorized_keys'), authorized(options, publicKey)),
    async stop() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function configOf({ directory, acceptsProtocol = true }: SshServerOptions, hostKeys: readonly string[]): string {
  return [
    ...hostKeys.map((file) => `HostKey ${file}`),
    `AuthorizedKeysFile ${path.join(directory, 'authorized_keys')}`,
    'AuthenticationMethods publickey',
    'PermitRootLogin forced-commands-only',
    'StrictModes no',
    'UsePAM no',
    ...(acceptsProtocol ? ['AcceptEnv GIT_PROTOCOL'] : []),
    '',
  ].join('\n');
}

/** git-shell runs the server's half of git, and nothing else. */
function authorized({ directory, root }: SshServerOptions, publicKey: string): string {
  const note = `echo $SSH_ORIGINAL_COMMAND $GIT_PROTOCOL >> ${path.join(directory, 'commands')}`;
  const command = `${note}; cd ${root} && exec git-shell -c \\"$SSH_ORIGINAL_COMMAND\\"`;
  return `restrict,command="${command}" ${publicKey}\n`;
}

export interface MadeKey {
  /** Of the private half. */
  readonly file: string;
  /** Type and key, without a comment. */
  readonly publicKey: string;
}

export interface KeyOptions {
  readonly type?: string;
  readonly passphrase?: string;
  /** Further flags of ssh-keygen. */
  readonly flags?: readonly string[];
}

/** A key made by ssh-keygen. */
export async function makeKey(
  file: string,
  { type = 'ed25519', passphrase = '', flags = [] }: KeyOptions = {},
): Promise<MadeKey> {
  await run('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', '', ...flags, '-f', file]);
  return { file, publicKey: (await readFile(`${file}.pub`, 'utf8')).trim() };
}
