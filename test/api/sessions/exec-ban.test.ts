import { describe, expect, it } from 'vitest';
import type { ResolvedCatalog } from '../../../src/model/catalog.ts';
import { checkTenantAllows } from '../../../src/api/sessions/exec-ban.ts';
import { resolved, withSites } from '../../builders.ts';
import { eventually } from '../../eventually.ts';
import { BASE, MAIN, messageOf, reach } from './reached.ts';

type Change = (catalog: ResolvedCatalog) => ResolvedCatalog;

const SITE_SAYS: Change = (catalog) => ({
  ...catalog,
  sites: withSites({ name: 'local', exec: 'forbidden', hosts: [{ name: 'local' }] }).sites,
});

function tenantSays(tenant: string): Change {
  const at = { file: `tenants/${tenant}/tenant.yaml`, line: 1, column: 1, warnings: [], governed: [], specHash: '' };
  const spec = { name: tenant, exec: 'forbidden' } as const;
  const document = { kind: 'tenant', tenant, name: tenant, spec, ...at } as const;
  return (catalog) => ({ ...catalog, tenants: { [tenant]: { document, revision: 'r1', rejected: undefined } } });
}

const SITE = 'site local forbids it (exec: forbidden in its file)';
const TENANT = 'tenant acme forbids it (exec: forbidden in its tenant.yaml)';

describe('exec: forbidden', () => {
  it.each([
    ['of the site', SITE_SAYS, 'acme', SITE],
    ['of the tenant', tenantSays('acme'), 'acme', TENANT],
    ['of the tenant for the site provider', tenantSays('acme'), 'deaf', TENANT],
  ] as const)('%s is 403 for whatever reaches in', async (_, catalog, as, message) => {
    const { upgrade, post, docker } = await reach({ catalog });
    const answers = [
      await post(`${MAIN}/exec`, '[]', as),
      await upgrade(`${MAIN}/exec-interactive`, { as }),
      await upgrade(`${MAIN}/tcp-connect`, { as }),
      await upgrade(`${BASE}/connect`, { as }),
    ];
    for (const answer of answers) expect([answer.status, messageOf(answer)]).toEqual([403, message]);
    expect(docker.calls.filter(({ method }) => /exec|dial/i.test(method))).toEqual([]);
  });

  it('comes before what is not there, where the path alone tells whose it is', async () => {
    const { post } = await reach({ catalog: tenantSays('acme') });
    expect((await post(`${BASE}/containers/none/exec`, '[]')).status).toBe(403);
    expect((await post('/v1/state/applications/none/service-instances/web-1/containers/main/exec', '')).status).toBe(
      403,
    );
  });

  it.each(['acme', 'deaf'] as const)('ends what is open already, for %s', async (as) => {
    const reached = await reach({ server: { limits: { lookAgainMs: 5 } } });
    // A command that does not end.
    reached.docker.onSession = () => new Promise<never>(() => undefined);
    const { closed } = await reached.open(`${MAIN}/exec-interactive?cmd=sh`, { as });
    const other = await reached.open(`${MAIN}/exec-interactive?cmd=sh`, { as });
    const snapshot = reached.store.snapshot();
    reached.store.swap({ ...snapshot, catalog: tenantSays('beta')(snapshot.catalog!) });
    other.socket.close();
    expect(await other.closed).toMatchObject({ code: 1005 });
    reached.store.swap({ ...snapshot, catalog: tenantSays('acme')(snapshot.catalog!) });
    expect(await closed).toEqual({ code: 1008, reason: TENANT });
    await eventually(() => expect(reached.audit.list()).toContainEqual(expect.objectContaining({ reason: TENANT })));
  });

  it('leaves logs and restarts as they are', async () => {
    const { ask, post } = await reach({ catalog: tenantSays('acme') });
    expect((await ask(`${MAIN}/logs`, { as: 'acme' })).status).toBe(200);
    // 409: nobody restarts anything in this test.
    expect((await post(`${BASE}/restart`, '')).status).toBe(409);
  });

  it('is nothing to a tenant that is called as something every object has', () => {
    const catalog = tenantSays('acme')(resolved([]));
    expect(() => checkTenantAllows({ catalog }, 'constructor')).not.toThrow();
    expect(() => checkTenantAllows({ catalog }, 'acme')).toThrow(TENANT);
  });

  it('of another tenant is nothing to this one', async () => {
    const { post } = await reach({ catalog: tenantSays('beta') });
    expect((await post(`${MAIN}/exec`, { cmd: ['ls'] })).status).toBe(204);
  });
});
