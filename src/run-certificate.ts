import { openTls, type TlsSource } from './api/http/tls.ts';
import type { RunConfig } from './config.ts';
import type { Log } from './log.ts';

/**
 * The certificate of the state API; undefined: it is plain HTTP. `onExpiry`: told when each that comes into force expires,
 * ms since the epoch.
 * @throws TlsError
 */
export async function openCertificate(
  { tls }: RunConfig,
  log: Log,
  onExpiry: (expiresAt: number) => void,
): Promise<TlsSource | undefined> {
  if (tls === undefined) return undefined;
  const onProblem = (message: string) =>
    log.error({ error: message }, 'certificate cannot be used, the former one stays');
  return openTls({ ...tls, onProblem, onPair: ({ expiresAt }) => onExpiry(expiresAt) });
}
