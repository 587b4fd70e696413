import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { orAborted } from '../docker/deadline.ts';

/** The IPv4 address of a name, as this machine resolves it; an address is its own. */
export type ResolveAddress = (host: string, signal: AbortSignal) => Promise<string>;

/** One look-up a name at a time, however many ask: each occupies a thread of the process until it ends. */
export function createAddressResolver(): ResolveAddress {
  const underWay = new Map<string, Promise<string>>();

  function lookUp(host: string): Promise<string> {
    const found = lookup(host, { family: 4 })
      .then(({ address }) => address)
      .finally(() => underWay.delete(host));
    underWay.set(host, found);
    return found;
  }

  return async (host, signal) => {
    if (isIP(host) !== 0) return host;
    return await orAborted(underWay.get(host) ?? lookUp(host), signal);
  };
}
