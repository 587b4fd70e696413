import { credentialsInUrl, findProxyCredentials, toBasicAuthorization, type CredentialSource } from '../credentials.ts';
import type { OpenLine, Transport } from '../transport.ts';
import type { Wire } from '../wire.ts';
import { HttpLine } from './http-line.ts';
import { chooseProxy, placeOfProxy, type ProxySettings } from './proxy.ts';
import { Routes, type Hop } from './routes.ts';
import { createRootSource, type Roots } from './trusted-roots.ts';

export interface HttpTransportOptions {
  /** What stands in it of user, password, query and fragment is dropped. */
  readonly url: string;
  readonly credentials: CredentialSource;
  readonly proxy?: ProxySettings;
  /** Lines for proxies in it count for them. */
  readonly credentialsFile?: string | undefined;
  /** Certificates of further authorities. */
  readonly caFile?: string | undefined;
}

const NO_PROXY: ProxySettings = { setting: undefined, environment: {} };

export function createHttpTransport(options: HttpTransportOptions): Transport {
  const { credentials, credentialsFile, caFile, proxy = NO_PROXY } = options;
  const url = toPlainUrl(options.url);
  const readRoots = createRootSource(caFile, proxy.environment['NODE_EXTRA_CA_CERTS']);
  let former: { readonly key: string; readonly roots: Roots; readonly routes: Routes } | undefined;

  /** Connections are kept while nothing changes about the way. */
  async function routes(): Promise<Routes> {
    const roots = await readRoots();
    const proxyCredentials = await findProxyCredentials(credentialsFile);
    const hopTo = (origin: URL): Hop | undefined => {
      const chosen = chooseProxy(origin, proxy);
      return chosen && { proxy: chosen, credentials: credentialsInUrl(chosen) ?? proxyCredentials(chosen) };
    };
    const key = JSON.stringify(hopTo(new URL(url)) ?? '');
    if (former === undefined || former.roots !== roots || former.key !== key) {
      void former?.routes.close().catch(() => undefined);
      former = { key, roots, routes: new Routes({ roots, hopTo, isPlainAllowed: url.startsWith('http://') }) };
    }
    return former.routes;
  }

  return {
    url,
    place: url,
    /** Credentials go with the first request: waiting for a 401 would double each poll. */
    async open(wire: Wire): Promise<OpenLine> {
      const found = await credentials(new URL(url));
      const headers = found === undefined ? {} : { Authorization: toBasicAuthorization(found) };
      const chosen = chooseProxy(new URL(url), proxy);
      const dispatcher = await routes();
      return {
        http: new HttpLine({ url, dispatcher, wire, proxy: chosen && placeOfProxy(chosen) }),
        headers,
      };
    },
  };
}

/** Ready for `/info/refs` to be added. */
function toPlainUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, '');
}
