import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../scripts/setup/run.mjs';
import type { ContainerPortSpec } from '../../../src/model/application-spec.ts';
import { askEngine } from '../../engine-hosts/engine-client.ts';
import { startHosts, type Host, type Hosts } from '../../engine-hosts/engine-hosts.ts';
import { importNode, nodeImage } from '../../engine-hosts/node-image.ts';
import { eventually } from '../../eventually.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { proves } from '../daemon/proves.ts';

// Ports of containers on the host: asked from outside the host, and from the host itself.

const SERVER = `require('node:http').createServer((_, response) => response.end('hello')).listen(8080);
const socket = require('node:dgram').createSocket('udp4');
socket.on('message', (text, from) => socket.send('you said ' + text, from.port, from.address)).bind(5353);`;
let hosts: Hosts;
let host: Host;
let deployed: Deployed;

beforeAll(async () => {
  hosts = await startHosts(1);
  host = hosts.hosts[0]!;
  await importNode(host.endpoint);
  const flags = ['--docker', host.endpoint, '--network-pool', hosts.networkPool];
  const ports: ContainerPortSpec[] = [
    { 'container-port': 8080, 'host-port': 18_080 },
    { 'container-port': 8080, 'host-port': 18_081, 'host-ip': '127.0.0.1' },
    { 'container-port': 5353, 'host-port': 15_353, protocol: 'udp' },
    { 'container-port': 8080 },
  ];
  deployed = await deploy('ports', serving('shop', ports), { flags });
  await deployed.daemon.said('converged', { revision: deployed.revision });
});

afterAll(async () => {
  await deployed.stop();
  await hosts.stop();
});

function serving(application: string, ports: readonly ContainerPortSpec[]): Record<string, string> {
  const main = { name: 'main', image: nodeImage, cmd: ['node', '-e', SERVER], ports };
  return applicationFiles('acme', application, { services: [{ name: 'web', containers: [main] }] });
}

/** Over HTTP, from the machine the hosts are on. */
async function ask(address: string, port: number): Promise<string> {
  const response = await fetch(`http://${address}:${port}`, { signal: AbortSignal.timeout(5_000) });
  return response.text();
}

/** Over HTTP, on the host itself. */
function askOnHost(port: number): Promise<string> {
  const script = `fetch('http://127.0.0.1:${port}').then((answer) => answer.text()).then(console.log)`;
  return run('nsenter', [`--net=/run/netns/${host.netns}`, process.execPath, '-e', script]);
}

describe('a port of a container', () => {
  proves('services[].containers[].ports[].container-port', 'services[].containers[].ports[].host-port');
  proves('services[].containers[].ports[].host-ip', 'services[].containers[].ports[].protocol');

  it('is open on every address of the host', async () => {
    await eventually(async () => expect(await ask(host.address, 18_080)).toBe('hello'));
    expect(await askOnHost(18_080)).toBe('hello\n');
  });

  it('is open on one address of the host alone', async () => {
    expect(await askOnHost(18_081)).toBe('hello\n');
    await expect(ask(host.address, 18_081)).rejects.toThrow();
  });

  it('is open for UDP', async () => {
    const socket = createSocket('udp4');
    try {
      await eventually(async () => {
        socket.send('hi', 15_353, host.address);
        const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(1_000) })) as [Buffer];
        expect(String(answer)).toBe('you said hi');
      });
    } finally {
      socket.close();
    }
  });

  it('is open at a port that the engine chooses where none is named', async () => {
    const inspected = JSON.parse(await askEngine(host.endpoint, '/containers/acme.shop.web-1/json')) as Published;
    const bindings = inspected.NetworkSettings.Ports['8080/tcp'] ?? [];
    const known = ['18080', '18081'];
    const chosen = bindings.map(({ HostPort }) => HostPort).find((port) => !known.includes(port));
    expect(await ask(host.address, Number(chosen))).toBe('hello');
  });

  it('that another application has is an error that names it', async () => {
    await deployed.repository.commit(serving('rival', [{ 'container-port': 8080, 'host-port': 18_080 }]));
    await eventually(async () => {
      const state = await deployed.daemon.get<Record<string, string>>('/v1/state/applications/rival');
      expect(state['oper-status']).toBe('error');
      expect(state['error-message']).toMatch(
        /0\.0\.0\.0:18080 failed: port is already allocated; choose another `host-port`/,
      );
    }, 60_000);
    expect(await ask(host.address, 18_080)).toBe('hello');
  });
});

interface Published {
  readonly NetworkSettings: { readonly Ports: Readonly<Record<string, readonly { readonly HostPort: string }[]>> };
}
