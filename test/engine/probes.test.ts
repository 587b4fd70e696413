import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseEndpoint } from '../../src/docker/endpoint.ts';
import { openDocker } from '../../src/docker/engine.ts';
import type { DockerPort } from '../../src/docker/port.ts';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';
import { UNPROBED, type ObservedContainer, type ObservedHealth } from '../../src/model/observed.ts';
import type { Probes, ProbeQuestion } from '../../src/model/probes.ts';
import { formatCidr, parseCidr } from '../../src/model/subnet.ts';
import { systemClock } from '../../src/probe/clock.ts';
import { createRelayDialer, type Dialer } from '../../src/probe/dial.ts';
import { createProber, type Prober } from '../../src/probe/prober.ts';
import { createMember, createNetwork, createSandbox, startOf } from '../contract/actions.ts';
import { eventually } from '../eventually.ts';
import { exec, http, probe, tcp } from '../probe/probe-builders.ts';
import { ensureTestImage, testEndpoint } from './test-image.ts';

// Probes of a container on a real engine: tcp and http through the relay, exec through the engine.

const owner = `probes-${randomBytes(4).toString('hex')}`;
const SANDBOX = `${owner}.web-1`;
const MEMBER = `${SANDBOX}.main`;
const SERVE = 'mkdir /www && echo well > /www/healthz && httpd -p 8080 -h /www && exec sleep 1000';
const signal = AbortSignal.timeout(110_000);

let docker: DockerPort;
let dialer: Dialer;
let member: ObservedContainer;
let address: string;
let prober: Prober;
let health: ObservedHealth;

beforeAll(async () => {
  await ensureTestImage(testEndpoint());
  docker = openDocker(parseEndpoint(testEndpoint()));
  await docker.importSandboxImage(SANDBOX_IMAGE, signal);
  await docker.createNetwork(createNetwork(owner, owner, subnet()), signal);
  await docker.createContainer(createSandbox(owner, SANDBOX, owner), signal);
  await docker.startContainer(startOf(SANDBOX), signal);
  await docker.createContainer(createMember(owner, MEMBER, SANDBOX, { cmd: ['sh', '-c', SERVE] }), signal);
  await docker.startContainer(startOf(MEMBER), signal);
  member = (await docker.inspectContainer(MEMBER, signal))!;
  const sandbox = await docker.inspectContainer(SANDBOX, signal);
  address = sandbox!.addresses[owner]!.replace(/\/.*/, '');
  dialer = createRelayDialer({ docker, owner, clock: systemClock });
});

afterEach(() => {
  prober.close();
});

afterAll(async () => {
  await dialer.close();
  for (const name of [MEMBER, SANDBOX]) {
    const found = await docker.inspectContainer(name, signal);
    if (found !== undefined) await docker.removeContainer(found.id, signal);
  }
  const network = await docker.inspectNetwork(owner, signal);
  if (network !== undefined) await docker.removeNetwork(network.id, signal);
});

/** Away from the ranges the contract suite takes. */
function subnet(): string {
  const { first } = parseCidr(process.env['FAIRLEAD_TEST_NETWORK_POOL'] ?? '10.231.0.0/16') ?? { first: 0 };
  return formatCidr({ first: first + 40 * 256, size: 64 });
}

/** Asked ten times a second; `health` is what was reported last. */
function watch(probes: Probes): void {
  health = UNPROBED;
  prober = createProber({ docker, clock: systemClock, report: (_id, _startedAt, found) => (health = found) });
  prober.watch([{ id: member.id, startedAt: member.startedAt, address, probes, health: UNPROBED }]);
  prober.open(dialer.dial);
}

const often = (question: ProbeQuestion, timeoutMs = 2_000) => probe(question, { periodMs: 100, timeoutMs });
const becomes = (expected: Partial<ObservedHealth>) => eventually(() => expect(health).toMatchObject(expected));
const run = (command: string) => docker.exec(member.id, ['sh', '-c', command], signal);

describe('probes of a container on an engine', () => {
  it('tcp: something accepts connections at the address of its instance', async () => {
    watch({ readiness: often(tcp(8080)) });
    await becomes({ readiness: 'success' });
  });

  it('tcp: nobody does', async () => {
    watch({ readiness: often(tcp(8081)) });
    await becomes({ readiness: 'failure', message: `tcp ${address}:8081: connection refused` });
  });

  it('http: the answer turns to 404 and back', async () => {
    watch({ readiness: often(http(8080, { path: '/healthz' })) });
    await becomes({ readiness: 'success' });
    await run('mv /www/healthz /www/away');
    await becomes({ readiness: 'failure', message: `GET http://${address}:8080/healthz: answered 404` });
    await run('mv /www/away /www/healthz');
    await becomes({ readiness: 'success', message: '' });
  });

  it('http: over what is no TLS https fails', async () => {
    watch({ readiness: often(http(8080, { scheme: 'https' })) });
    await becomes({ readiness: 'failure' });
  });

  it('exec: the startup probe holds liveness until its command exits with 0', async () => {
    watch({
      startup: { ...often(exec('test', '-e', '/tmp/up')), failureThreshold: 1_000 },
      liveness: often(exec('sh', '-c', 'test ! -e /tmp/sick || { echo sick at heart; exit 7; }')),
    });
    await run('touch /tmp/up');
    await becomes({ startup: 'success', liveness: 'success' });
    await run('touch /tmp/sick');
    await becomes({ liveness: 'failure', message: 'command: exit code 7: sick at heart' });
  });

  it('exec: a command that hangs fails, and is there once', async () => {
    watch({ readiness: often(exec('sleep', '987'), 100) });
    await becomes({ readiness: 'failure', message: 'command: the one before has not ended yet' });
    const { output } = await run('ps | grep -c "[s]leep 987"');
    expect(output.trim()).toBe('1');
  });

  it('exec: a command that is not there fails', async () => {
    watch({ readiness: often(exec('/no/such/command')) });
    await becomes({ readiness: 'failure' });
    expect(health.message).toMatch(/^command: .*no such file/);
  });

  it('go on by a new relay after the one in use has ended', async () => {
    watch({ liveness: { ...often(tcp(8080)), failureThreshold: 1 }, readiness: often(tcp(8080)) });
    await becomes({ readiness: 'success', liveness: 'success' });
    const relay = await docker.inspectContainer(`fairlead.${owner}.relay`, signal);
    await docker.removeContainer(relay!.id, signal);
    const next = await eventually(async () => {
      const found = await docker.inspectContainer(`fairlead.${owner}.relay`, signal);
      expect(found).toMatchObject({ status: 'running' });
      return found;
    });
    expect(next?.id).not.toBe(relay!.id);
    expect(health).toMatchObject({ liveness: 'success' });
    await run('killall httpd');
    await becomes({ liveness: 'failure', message: `tcp ${address}:8080: connection refused` });
  });
});
