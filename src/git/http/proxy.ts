import { redactUrl } from '../redact-url.ts';
import { GitError } from '../port.ts';

export interface ProxySettings {
  /** `none`, or the address of a proxy for everything; undefined: as the environment says. */
  readonly setting: string | undefined;
  /** HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY are read from here, in lower case first, as curl does. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The proxy on the way to a URL, with its credentials where its address holds some; undefined: straight on.
 * @throws GitError 'unreachable' for an address that is none, without repeating it
 */
export function chooseProxy(url: URL, { setting, environment }: ProxySettings): URL | undefined {
  if (setting === 'none') return undefined;
  if (setting !== undefined) return toProxy(setting, 'repository-proxy');
  const scheme = url.protocol.slice(0, -1);
  for (const name of [`${scheme}_proxy`, 'all_proxy']) {
    const value = read(environment, name);
    if (value === undefined) continue;
    return isExcepted(url, read(environment, 'no_proxy') ?? '') ? undefined : toProxy(value, name.toUpperCase());
  }
  return undefined;
}

/** What people are told of a proxy. */
export function placeOfProxy(proxy: URL): string {
  return redactUrl(proxy).replace(/\/$/, '');
}

function read(environment: ProxySettings['environment'], name: string): string | undefined {
  return environment[name] || environment[name.toUpperCase()] || undefined;
}

function toProxy(text: string, source: string): URL {
  const written = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new GitError('unreachable', `${source} names no proxy (example: http://proxy.example.com:3128)`);
  }
  return url;
}

/** NO_PROXY: names, which stand for what is below them too, `*.name`, addresses, each with a port or not; or `*`. */
function isExcepted(url: URL, list: string): boolean {
  const host = bare(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', wanted] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
      const suffix = bare(name).replace(/^\*?\./, '');
      return (wanted === undefined || wanted === port) && (host === suffix || host.endsWith(`.${suffix}`));
    });
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
