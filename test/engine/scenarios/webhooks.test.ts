import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../../src/status/document-types.ts';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { eventually } from '../../eventually.ts';
import { createRepository, type TestRepository } from '../../git/git-repo.ts';
import { startGitServer, type GitServer } from '../../git/git-server.ts';
import { startDaemon, startFairlead, type DaemonProcess } from '../daemon/daemon-process.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { runningOf, sweep } from '../daemon/engine-view.ts';

// From a push to containers without waiting for the poll, which is an hour away: by webhook, by `fairlead sync`; and what
// `fairlead wait` tells a pipeline.

const OWNER = 'webhooks';
const SECRET = 'secret-of-the-hook-of-this-scenario';
let folder: string;
let repository: TestRepository;
let server: GitServer;
let daemon: DaemonProcess;
let origin: string;

async function start(stateDir: string): Promise<void> {
  const flags = ['--poll-interval', '1h', '--webhooks', join(folder, 'webhooks.yaml')];
  daemon = await startDaemon({ repository: `${server.url}/site`, owner: OWNER, stateDir, flags });
  origin = `http://${String((await daemon.said('api listening'))['address'])}`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-scenario-'));
  await writeFile(join(folder, 'webhooks.yaml'), JSON.stringify({ gitea: [{ secret: SECRET }] }));
  repository = await createRepository(join(folder, 'site'));
  await repository.commit(applicationFiles('acme', 'shop'));
  server = await startGitServer({ root: folder });
  await start(join(folder, 'state'));
  await daemon.said('converged', { revision: repository.head() });
});

afterAll(async () => {
  await daemon.stop();
  await server.stop();
  await rm(folder, { recursive: true });
  await sweep(OWNER);
});

/** As Gitea tells of a push. */
async function push(after: string, secret = SECRET): Promise<Response> {
  const body = JSON.stringify({ ref: 'refs/heads/main', after, repository: { full_name: 'site' } });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-gitea-event': 'push',
    'x-gitea-delivery': `delivery-of-${after}`,
    'x-gitea-signature': signature,
  };
  return fetch(`${origin}/v1/webhooks/gitea`, { method: 'POST', headers, body, signal: AbortSignal.timeout(60_000) });
}

/** Runs a command against the daemon to its end. */
async function fairlead(...args: readonly string[]) {
  const tokenFile = join(daemon.stateDir, 'admin.token');
  const child = startFairlead([...args, '--server', origin, '--token-file', tokenFile]);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  return { stdout, stderr, code: await ended };
}

const shop = (version: string, fields: Readonly<Record<string, unknown>> = {}) =>
  applicationFiles('acme', 'shop', { version, ...fields });

describe('a push', () => {
  it('that a webhook tells of runs at once, though the next look is an hour away', async () => {
    const revision = await repository.commit(applicationFiles('acme', 'blog'));
    const refused = await push(revision, 'secret-of-somebody-else');
    expect(refused.status).toBe(401);
    const answer = await push(revision);
    const run = (await answer.json()) as Run;
    expect([answer.status, run.kind]).toEqual([202, 'webhook']);
    await daemon.said('converged', { revision });
    expect(Object.keys(await runningOf(OWNER))).toContain('acme.blog.web-1.main');
    await eventually(async () =>
      expect(await daemon.get<Run>(`/v1/state/runs/${run.id}`)).toMatchObject({ outcome: 'succeeded', revision }),
    );
    expect(daemon.text()).not.toContain(SECRET);
  });

  it('that is told once more, to a daemon that comes after a crash, is the same run', async () => {
    const former = await push(repository.head());
    const { id } = (await former.json()) as Run;
    daemon.signal('SIGKILL');
    await daemon.exited;
    await start(daemon.stateDir);
    const again = await push(repository.head());
    expect([again.status, ((await again.json()) as Run).id]).toEqual([202, id]);
  });

  it('a thousand times in a second is a few looks at the repository', async () => {
    const looks = () => server.requests.length;
    await eventually(async () => expect((await fairlead('sync', '--wait')).code).toBe(0));
    const before = looks();
    const answers = await Promise.all(Array.from({ length: 1_000 }, (_, i) => push(`${i}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const ids = await Promise.all(answers.map(async (one) => ((await one.json()) as Run).id));
    await eventually(async () => {
      const runs = await daemon.get<readonly Run[]>('/v1/state/runs');
      expect(runs.filter(({ id }) => ids.includes(id)).map(({ outcome }) => outcome)).not.toContain('running');
    }, 60_000);
    // Each look is one request, or two where the server was not spoken to for a while.
    expect(looks() - before).toBeLessThan(60);
    expect(looks() - before).toBeGreaterThan(0);
  });
});

describe('fairlead wait', () => {
  it('ends with 0 once what sync found is ready, also for the commit before', async () => {
    const first = await repository.commit(shop('1.1'));
    const second = await repository.commit(shop('1.2'));
    expect(await fairlead('sync', '--wait')).toMatchObject({ code: 0, stdout: `${second}\n` });
    const waited = await fairlead('wait', '--revision', second.slice(0, 10), '--timeout', '60s');
    expect([waited.code, waited.stdout]).toEqual([0, `${second} is applied\n`]);
    const before = await fairlead('wait', '--revision', first);
    expect([before.code, before.stdout]).toEqual([0, `${first} is applied with ${second}, which contains it\n`]);
  });

  it('ends with 1 when a document of the commit was rejected, and says where', async () => {
    const revision = await repository.commit({ 'tenants/acme/applications/shop.yaml': 'name: shop\nservice: []\n' });
    expect((await fairlead('sync', '--wait')).code).toBe(0);
    const { code, stdout, stderr } = await fairlead('wait', '--revision', revision, '--timeout', '60s');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/failed:\n {2}tenants\/acme\/applications\/shop\.yaml:2:1: /);
  });

  it('ends with 1 when an application is in error', async () => {
    const failing = service('web', {
      containers: [container('main', { image: busyboxImage, cmd: ['sh', '-c', 'exit 7'] })],
    });
    const revision = await repository.commit(shop('1.3', { services: [failing] }));
    expect((await fairlead('sync', '--wait')).code).toBe(0);
    const { code, stderr } = await fairlead('wait', '--revision', revision, '--timeout', '110s');
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${revision} failed:\n`)]);
    expect(stderr).toContain('acme.shop');
  });

  it('ends with 1 when it is not in time, and says what is missing; a commit that nobody knows is missing altogether', async () => {
    const probe = { http: { path: '/', port: 80 } };
    const unready = service('web', {
      containers: [container('main', { image: busyboxImage, cmd: ['sleep', '100000'], probes: { readiness: probe } })],
    });
    const revision = await repository.commit(shop('1.4', { services: [unready] }));
    expect((await fairlead('sync', '--wait')).code).toBe(0);
    const { code, stderr } = await fairlead('wait', '--revision', revision, '--timeout', '15s');
    expect(code).toBe(1);
    expect(stderr).toContain(`${revision} is not applied after 15s:\n`);
    expect(stderr).toMatch(/acme\.shop: web-1 is not ready/);
    const unknown = await fairlead('wait', '--revision', '0123456789', '--timeout', '1s');
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain(`main, as the daemon saw it last, is at ${revision}, which does not contain it`);
  });

  it('ends with 2 when it is used wrongly', async () => {
    expect((await fairlead('wait')).code).toBe(2);
    expect((await fairlead('wait', '--revision', 'main')).code).toBe(2);
  });
});
