import { Agent, Dispatcher, ProxyAgent } from 'undici';
import type { Credentials } from '../credentials.ts';
import { toBasicAuthorization } from '../credentials.ts';
import { GitError } from '../port.ts';
import type { Roots } from './trusted-roots.ts';

/** Where a request goes first. */
export interface Hop {
  readonly proxy: URL;
  readonly credentials: Credentials | undefined;
}

export interface RouteOptions {
  readonly roots: Roots;
  /** The proxy on the way to an origin; undefined: straight on. */
  readonly hopTo: (origin: URL) => Hop | undefined;
  /** Whether what is asked for by https may be got by http, to which anybody on the way can answer. */
  readonly isPlainAllowed: boolean;
}

/** Connections to a server, straight or through proxies, kept for the next request. A redirect may take another way. */
export class Routes extends Dispatcher {
  readonly #options: RouteOptions;
  readonly #agents = new Map<string, Dispatcher>();

  constructor(options: RouteOptions) {
    super();
    this.#options = options;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const origin = new URL(String(options.origin));
    if (origin.protocol !== 'https:' && !this.#options.isPlainAllowed)
      throw new GitError(
        'untrusted',
        `the server sends on from https to ${origin.origin}, which anybody on the way can read and change`,
      );
    return this.#agentTo(origin).dispatch(options, handler);
  }

  override async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.close()));
  }

  #agentTo(origin: URL): Dispatcher {
    const hop = this.#options.hopTo(origin);
    const key = hop === undefined ? '' : JSON.stringify([hop.proxy.href, hop.credentials]);
    const agent = this.#agents.get(key) ?? this.#makeAgent(hop);
    this.#agents.set(key, agent);
    return agent;
  }

  #makeAgent(hop: Hop | undefined): Dispatcher {
    const { roots } = this.#options;
    const tls = roots === undefined ? {} : { secureContext: roots };
    if (hop === undefined) return new Agent({ connect: tls });
    const { proxy, credentials } = hop;
    return new ProxyAgent({
      uri: proxy.origin,
      ...(credentials && { token: toBasicAuthorization(credentials) }),
      requestTls: tls,
      proxyTls: tls,
      proxyTunnel: false, // plain http is asked for by whole addresses: proxies open tunnels to port 443 only
    });
  }
}
