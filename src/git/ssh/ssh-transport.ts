import { readFile } from 'node:fs/promises';
import type { ClientChannel } from 'ssh2';
import { findProxyCredentials } from '../credentials.ts';
import { nameOf } from '../git-error.ts';
import { chooseProxy } from '../http/proxy.ts';
import type { Hop } from '../http/routes.ts';
import { placeOf, type SshAddress } from '../location.ts';
import { GitError } from '../port.ts';
import { settles } from '../serial.ts';
import type { OpenLine, Transport } from '../transport.ts';
import type { Wire } from '../wire.ts';
import { connectSsh, type SshConnection } from './connection.ts';
import { parseKnownHosts } from './known-hosts.ts';
import { createKeySource, type KeyFiles, type PrivateKey } from './private-key.ts';
import { SshLine } from './ssh-line.ts';

export interface SshTransportOptions extends KeyFiles {
  readonly address: SshAddress;
  readonly knownHostsFile: string;
  /** The address of a proxy that tunnels, or `none`. Those of the environment do not count for SSH, as with git. */
  readonly proxy?: string | undefined;
  /** Lines for proxies in it count for them. */
  readonly credentialsFile?: string | undefined;
}

/** What a connection was made with: where that has changed, a new one is made. */
interface Means {
  readonly key: PrivateKey;
  /** Text of known_hosts. */
  readonly known: string;
  readonly hop: Hop | undefined;
}

interface Kept {
  readonly connection: SshConnection;
  readonly means: Means;
  /** ms of `performance.now()` */
  readonly since: number;
}

/** The connection is kept between polls for that long, and closed when nobody asks for as long. */
const KEEP_MS = 120_000;
/** No connection gets older: a key that was taken back at the server counts by then. */
const MAX_AGE_MS = 15 * 60_000;
/** How long a kept connection may take to begin: it may have died without a word. */
const WAKE_MS = 5_000;

/** git-upload-pack over SSH: one connection, kept between polls, and further ones while that is in use. */
export function createSshTransport(options: SshTransportOptions): Transport {
  return new SshTransport(options);
}

class SshTransport implements Transport {
  readonly place: string;
  /** isomorphic-git knows http only; no such host is ever asked for. */
  readonly url: string;
  readonly #options: SshTransportOptions;
  readonly #readKey: () => Promise<PrivateKey>;
  #kept: Kept | undefined;
  #closing: NodeJS.Timeout | undefined;

  constructor(options: SshTransportOptions) {
    const { user, host, port, path } = options.address;
    this.place = placeOf(options.address);
    this.url = `http://ssh.invalid/${encodeURIComponent(`${user}@${host}:${port}:${path}`)}`;
    this.#options = options;
    this.#readKey = createKeySource(options);
  }

  async open(wire: Wire): Promise<OpenLine> {
    wire.touch();
    const means = await this.#readMeans();
    wire.throwIfBroken(); // or the connection would never be given back
    let used = this.#take(means);
    const hangUp = () => used?.connection.close();
    wire.signal.addEventListener('abort', hangUp, { once: true });
    const connect = async () => (used = await this.#connect(means, wire));
    const line = new SshLine({ wire, start: (env) => this.#start(env, { kept: used, connect }) });
    return {
      http: line,
      headers: {},
      end: (whole) => {
        wire.signal.removeEventListener('abort', hangUp);
        line.end();
        if (used === undefined) return;
        if (whole) this.#keep(used);
        else used.connection.close();
      },
    };
  }

  /** A kept connection that does not wake is given up without a word: the server may close it at any time. */
  async #start(
    env: Readonly<Record<string, string>>,
    { kept, connect }: { readonly kept: Kept | undefined; readonly connect: () => Promise<Kept> },
  ): Promise<ClientChannel> {
    const command = `git-upload-pack ${quote(this.#options.address.path)}`;
    if (kept?.connection.isOpen === true) {
      const starting = kept.connection.exec(command, env);
      const awake = (await settles(starting, WAKE_MS)) && (await starting.catch(() => undefined));
      if (awake) return awake;
      kept.connection.close();
    }
    return await (await connect()).connection.exec(command, env);
  }

  async #connect(means: Means, wire: Wire): Promise<Kept> {
    const { address, knownHostsFile: file } = this.#options;
    const host = { name: address, known: parseKnownHosts(means.known), file };
    const { key } = means.key;
    const connection = await connectSsh({ address, key, host, hop: means.hop, place: this.place, signal: wire.signal });
    return { connection, means, since: performance.now() };
  }

  /** The kept connection, for one conversation alone. */
  #take(means: Means): Kept | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    clearTimeout(this.#closing);
    if (kept === undefined) return undefined;
    if (isSame(kept.means, means) && kept.connection.isOpen && performance.now() - kept.since < MAX_AGE_MS) {
      kept.connection.hold(true);
      return kept;
    }
    kept.connection.close();
    return undefined;
  }

  #keep(used: Kept): void {
    if (this.#kept !== undefined || !used.connection.isOpen) {
      used.connection.close();
      return;
    }
    used.connection.hold(false);
    this.#kept = used;
    this.#closing = setTimeout(() => {
      this.#kept = undefined;
      used.connection.close();
    }, KEEP_MS).unref();
  }

  async #readMeans(): Promise<Means> {
    const { knownHostsFile: file } = this.#options;
    const known = await readFile(file, 'utf8').catch((error: unknown) => {
      if (nameOf(error) === 'ENOENT') return '';
      throw new GitError('untrusted', `the known hosts cannot be read: ${file} (${nameOf(error)})`);
    });
    return { key: await this.#readKey(), known, hop: await this.#readHop() };
  }

  async #readHop(): Promise<Hop | undefined> {
    const { proxy: setting, credentialsFile } = this.#options;
    const proxy = chooseProxy(new URL(this.url), { setting, environment: {} });
    return proxy && { proxy, credentials: (await findProxyCredentials(credentialsFile))(proxy) };
  }
}

function isSame(a: Means, b: Means): boolean {
  return a.key.stamp === b.key.stamp && a.known === b.known && JSON.stringify(a.hop) === JSON.stringify(b.hop);
}

/** For the shell on the server, as git quotes it. */
function quote(path: string): string {
  return `'${path.replace(/['!]/g, "'\\$&'")}'`;
}
