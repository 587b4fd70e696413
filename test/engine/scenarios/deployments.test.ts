import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { containersOf, sweep } from '../daemon/engine-view.ts';
import { proves } from '../daemon/proves.ts';

// What a deployment says, read from what is on the engine.

const OWNER = 'deployments';

/** An application and its deployment, called otherwise than the application. */
function files(application: string, fields: object, version = '1.0'): Record<string, string> {
  const name = `${application}-everywhere`;
  return {
    ...applicationFiles('acme', application, { version }),
    [`tenants/acme/application-deployments/${application}.yaml`]: stringify({ name, application, ...fields }),
  };
}

const everywhere = { placement: { 'all-sites': {} } };
const pinned = { ...everywhere, 'application-version': '1.0' };
let deployed: Deployed;

beforeAll(async () => {
  deployed = await deploy(OWNER, {
    ...files('all', everywhere),
    ...files('here', { placement: { 'match-site-labels': 'system/name = local' } }),
    ...files('elsewhere', { placement: { 'match-site-labels': 'not system/name = local' } }),
    ...files('pinned', pinned),
  });
  await deployed.daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  await deployed.stop();
  await sweep(OWNER);
});

/** Application → version, of the containers that run. */
async function running(): Promise<Readonly<Record<string, string | undefined>>> {
  const members = (await containersOf(OWNER)).filter(({ labels }) => labels['io.fairlead.role'] === 'container');
  return Object.fromEntries(
    members.map(({ labels }) => [labels['io.fairlead.application'] ?? '', labels['io.fairlead.application-version']]),
  );
}

describe('a deployment', () => {
  it('brings its application to the sites it selects, and to no other', async () => {
    proves('deployment.name', 'deployment.application');
    proves('deployment.placement.all-sites', 'deployment.placement.match-site-labels');
    expect(await running()).toEqual({ all: '1.0', here: '1.0', pinned: '1.0' });
    const { status } = await deployed.daemon.get<{ status: object }>(
      '/v1/state/application-deployments/here-everywhere',
    );
    expect(status).toMatchObject({ 'oper-status': 'deployed' });
  });

  it('of one version runs on with it when the application has another', async () => {
    const revision = await deployed.repository.commit({
      ...files('all', everywhere, '2.0'),
      ...files('pinned', pinned, '2.0'),
    });
    await deployed.daemon.said('converged', { revision });
    expect(await running()).toEqual({ all: '2.0', here: '1.0', pinned: '1.0' });
    const state = await deployed.daemon.get<object>('/v1/state/applications/pinned');
    expect(state).toMatchObject({ version: '1.0', 'oper-status': 'running' });
  });
});
