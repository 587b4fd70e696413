import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { execIn, networksOf, sweep } from '../daemon/engine-view.ts';
import { proves } from '../daemon/proves.ts';

// Applications of one tenant on one network, tried from inside their containers.

const OWNER = 'shared-network';
const SHARED = { network: { 'shared-application-network': 'backbone' } };
const server = container('main', {
  image: busyboxImage,
  cmd: ['sh', '-c', 'hostname > /tmp/index.html; exec httpd -f -p 8080 -h /tmp'],
});
const services = [service('web', { containers: [server] })];
const files = {
  ...applicationFiles('acme', 'shop', { ...SHARED, services }),
  ...applicationFiles('acme', 'till', { ...SHARED, services }),
  ...applicationFiles('acme', 'apart', { services }),
};
let deployed: Deployed;

beforeAll(async () => {
  deployed = await deploy(OWNER, files);
  await deployed.daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  await deployed.stop();
  await sweep(OWNER);
});

/** What a container of an application is answered at this address. */
const ask = (application: string, host: string) =>
  execIn(ENGINE, `acme.${application}.web-1.main`, ['wget', '-q', '-O', '-', `http://${host}:8080/`]);

describe('applications that share a network', () => {
  it('reach one another by the names that hold the application', async () => {
    proves('network.shared-application-network');
    for (const name of ['web.till', 'web.till.internal', 'web-1.till']) {
      await eventually(async () => expect(await ask('shop', name)).toBe('web-1\n'));
    }
  });

  it('are not found by the name of the service alone: two may have one of that name', async () => {
    const output = await execIn(ENGINE, 'acme.shop.web-1.main', ['nslookup', 'web', '127.0.0.11']);
    expect(output).toMatch(/can't find|NXDOMAIN|SERVFAIL|timed out/);
  });

  it('are out of reach of one that does not share it', async () => {
    const state = await deployed.daemon.get<{ 'service-instances': { 'application-network': object }[] }>(
      '/v1/state/applications/till',
    );
    const network = state['service-instances'][0]!['application-network'] as { ips: string[] };
    expect(network).toMatchObject({ 'shared-application-network': 'backbone' });
    const address = network.ips[0]!.replace(/\/.*/, '');
    expect(await ask('shop', address)).toBe('web-1\n');
    const stranger = ['timeout', '2', 'wget', '-q', '-O', '-', `http://${address}:8080/`];
    expect(await execIn(ENGINE, 'acme.apart.web-1.main', stranger)).not.toContain('web-1');
  });

  it('leave it one by one, and it goes with the last', async () => {
    expect(await networksOf(OWNER)).toEqual(['acme.apart', 'acme.backbone.shared']);
    const one = await deployed.repository.commit(applicationFiles('acme', 'shop', { services }));
    await deployed.daemon.said('converged', { revision: one });
    expect(await networksOf(OWNER)).toEqual(['acme.apart', 'acme.backbone.shared', 'acme.shop']);
    const both = await deployed.repository.commit(applicationFiles('acme', 'till', { services }));
    await deployed.daemon.said('converged', { revision: both });
    expect(await networksOf(OWNER)).toEqual(['acme.apart', 'acme.shop', 'acme.till']);
  });
});
