import { isIP } from 'node:net';

/** What of this machine is forwarded, and where to (`LOCAL:REMOTE[/udp]`). */
export interface Forward {
  readonly protocol: 'tcp' | 'udp';
  /** Port 0: any that is free. */
  readonly local: { readonly address: string; readonly port: number };
  /** Seen from the instance; without an address it is the instance itself. */
  readonly remote: { readonly address: string | undefined; readonly port: number };
}

const ADDRESS = String.raw`(?:([\d.]+|localhost|\[[\da-fA-F:.]+\]):)?`;
const FORWARD = new RegExp(String.raw`^${ADDRESS}(\d{1,5}):${ADDRESS}(\d{1,5})(?:/(tcp|udp))?$`);

/** `8080:80`, `127.0.0.1:8080:80`, `0:10.0.0.5:53/udp`, `[::1]:8080:[fd00::5]:80`; undefined when it is none of these. */
export function parseForward(text: string): Forward | undefined {
  const [match, here, localPort, there, remotePort, protocol] = FORWARD.exec(text) ?? [];
  if (match === undefined) return undefined;
  const local = { address: bare(here) ?? '127.0.0.1', port: Number(localPort) };
  const remote = { address: there === 'localhost' ? undefined : bare(there), port: Number(remotePort) };
  const areAddresses = isAddress(local.address) && isAddress(remote.address ?? 'localhost');
  if (!areAddresses || local.port > 65_535 || remote.port > 65_535 || remote.port === 0) return undefined;
  return { protocol: protocol === 'udp' ? 'udp' : 'tcp', local, remote };
}

function bare(address: string | undefined): string | undefined {
  return address?.replace(/^\[(.*)\]$/, '$1');
}

function isAddress(text: string): boolean {
  return text === 'localhost' || isIP(text) !== 0;
}

/** `127.0.0.1:8080`, `[::1]:8080` */
export function formatAddress({ address, port }: { readonly address: string; readonly port: number }): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
