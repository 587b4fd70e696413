import { readFile } from 'node:fs/promises';
import { ClientError, reasonOf } from './client-error.ts';
import type { Connection } from './connection.ts';

/** Where a request goes, and what it carries whatever it asks for. */
export interface Target {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Certificates to trust beside none, in PEM form; undefined: those that Node trusts. */
  readonly ca: string | undefined;
}

/** Parameters beside `site`, which the connection gives. */
export type Query = Readonly<Record<string, string>>;

/** @param path below `/v1/state/`. @throws ClientError */
export async function resolveTarget(connection: Connection, path: string, query: Query): Promise<Target> {
  return {
    url: urlOf(connection, path, query),
    headers: { authorization: `Bearer ${await readToken(connection)}` },
    ca: await readCertificates(connection),
  };
}

/** With a tenant, its own paths; the site provider's exist once. */
function urlOf({ server, tenant, site }: Connection, path: string, query: Query): URL {
  const isProviderPath = /^(?:system\/|plan$|repository(?:$|\/))/.test(path);
  const scope = tenant === undefined || isProviderPath ? '' : `tenants/${encodeURIComponent(tenant)}/`;
  const url = URL.canParse(server) ? new URL(`${server}/v1/state/${scope}${path}`) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new ClientError(`${server} is no address of a server, such as http://127.0.0.1:4646`);
  const parameters = { ...query, ...(site === undefined ? {} : { site }) };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

async function readToken({ tokenFile }: Connection): Promise<string> {
  const token = await readFile(tokenFile, 'utf8').catch((error: unknown) => {
    throw new ClientError(
      `cannot read the token file ${tokenFile} (${reasonOf(error)}); name another with --token-file FILE or FAIRLEAD_TOKEN_FILE`,
    );
  });
  if (!/^\s*[\x21-\x7e]+\s*$/.test(token)) throw new ClientError(`the file ${tokenFile} holds no token`);
  return token.trim();
}

async function readCertificates({ caFile }: Connection): Promise<string | undefined> {
  if (caFile === undefined) return undefined;
  const text = await readFile(caFile, 'utf8').catch((error: unknown) => {
    throw new ClientError(`cannot read the certificates in ${caFile} (${reasonOf(error)})`);
  });
  // Node passes over what it does not understand, and then trusts nobody.
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new ClientError(`the file ${caFile} holds no certificate in PEM form`);
  return text;
}
