import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../src/cli/client.ts';
import { resolveConnection, type ConnectionFlags } from '../../src/cli/connection.ts';
import { serve, TOKEN } from '../api/served.ts';
import { application, plan, snapshot } from '../api/snapshot-builders.ts';
import { tokenFile } from './terminal.ts';

async function clientOf(origin: string, flags: ConnectionFlags = {}) {
  const file = flags.tokenFile ?? (await tokenFile(TOKEN.provider));
  return createClient(resolveConnection({ server: origin, ...flags, tokenFile: file }, { env: {}, isRoot: false }));
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('where a client turns to', () => {
  const connection = (flags: ConnectionFlags, env = {}, isRoot = false) => resolveConnection(flags, { env, isRoot });

  it('is this machine’s daemon and its admin token by default', () => {
    expect(connection({}, {}, true)).toMatchObject({
      server: 'http://127.0.0.1:4646',
      tokenFile: '/var/lib/fairlead/admin.token',
    });
    expect(connection({}, { XDG_STATE_HOME: '/state' }).tokenFile).toBe('/state/fairlead/admin.token');
    expect(connection({}, { FAIRLEAD_STATE_DIR: '/there' }).tokenFile).toBe('/there/admin.token');
  });

  it('is what a variable says, and before that what a flag says', () => {
    const env = { FAIRLEAD_SERVER: 'https://a/', FAIRLEAD_TOKEN_FILE: 'b', FAIRLEAD_TENANT: 'c', FAIRLEAD_SITE: 'd' };
    expect(connection({}, { ...env, FAIRLEAD_CA_FILE: 'e' })).toEqual({
      server: 'https://a',
      tokenFile: 'b',
      tenant: 'c',
      site: 'd',
      caFile: 'e',
    });
    expect(connection({ server: 'http://x', tenant: 'y' }, env)).toMatchObject({ server: 'http://x', tenant: 'y' });
  });
});

describe('a client', () => {
  it('asks for its tenant and site', async () => {
    const { origin } = await serve(snapshot({ applications: [application('acme.shop'), application('beta.till')] }));
    const client = await clientOf(origin, { tenant: 'beta', site: 'local' });
    expect(await client.get('applications', { keys: 'true' })).toEqual(['till']);
    const elsewhere = await clientOf(origin, { site: 'moon' });
    await expect(elsewhere.get('applications')).rejects.toThrow('no site moon');
  });

  it('asks for what only the site provider has without a tenant in the path', async () => {
    const { origin } = await serve(snapshot({ plan: plan() }));
    const client = await clientOf(origin, { tenant: 'acme' });
    expect(await client.get('system/cluster/hosts', { keys: '' })).toEqual(['local']);
    expect(await client.get('plan')).toMatchObject({ steps: [] });
  });

  it('says where it looked when nobody answers, and how to look elsewhere', async () => {
    const { origin, close } = await serve(snapshot());
    await close();
    await expect((await clientOf(origin)).get('applications')).rejects.toThrow(
      `no Fairlead answers at ${origin} (connection refused); start one with "fairlead run", or point elsewhere with --server URL or FAIRLEAD_SERVER`,
    );
  });

  it('says which token file it was when the token is not known, and never the token', async () => {
    const { origin } = await serve(snapshot());
    const file = await tokenFile('s3cret');
    const failure = (await clientOf(origin, { tokenFile: file })).get('applications');
    await expect(failure).rejects.toThrow(
      `${origin} does not know the token in ${file}; name another with --token-file`,
    );
    await expect(failure).rejects.not.toThrow('s3cret');
  });

  it('says which token file cannot be read', async () => {
    const client = await clientOf('http://127.0.0.1:1', { tokenFile: '/nowhere/token' });
    await expect(client.get('plan')).rejects.toThrow('cannot read the token file /nowhere/token (no such file); name');
    const empty = await tokenFile('');
    await expect((await clientOf('http://127.0.0.1:1', { tokenFile: empty })).get('plan')).rejects.toThrow(
      'holds no token',
    );
  });

  it('lets go of a server that does not answer when the user does not want to wait', async () => {
    const server = createServer(() => controller.abort()).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const controller = new AbortController();
    const flags = { server: originOf(server), tokenFile: await tokenFile(TOKEN.provider) };
    const client = createClient(resolveConnection(flags, { env: {}, isRoot: false }), controller.signal);
    await expect(client.get('plan')).rejects.toThrow('interrupted');
  });

  it('says so when the address or what answers there is something else', async () => {
    await expect((await clientOf('localhost')).get('plan')).rejects.toThrow('localhost is no address of a server');
    const server = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    await expect((await clientOf(originOf(server))).get('plan')).rejects.toThrow(
      "is not Fairlead's state API (status 200)",
    );
  });
});
