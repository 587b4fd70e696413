import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { generic } from '../../src/api/webhooks/generic.ts';
import { parseWebhookSecrets } from '../../src/api/webhooks/secrets-file.ts';
import { checkBody } from '../../src/api/webhooks/signature.ts';
import { followFile } from '../../src/followed-file.ts';
import type { ForgeKind } from '../../src/forge/port.ts';
import { openNotifiedFile } from '../../src/notify/notified-file.ts';
import { parseNotifications } from '../../src/notify/notifications-file.ts';
import { runNotifier } from '../../src/notify/notifier.ts';
import type { ReportState, RevisionReport } from '../../src/notify/report.ts';
import { createBell } from '../../src/reconcile/bell.ts';
import { eventually } from '../eventually.ts';
import { PEOPLE } from '../forge/forge-people.ts';
import { startForgeOf, type Forge } from '../forge/forges.ts';
import type { ForgeRequest, ForgeServer } from '../forge/forge-server.ts';
import { startReceiver } from './receiver.ts';

// The real thing against a forge and receivers over sockets; only the clock is in the hand of the test.

const SECRET = 'secret-of-the-board-0123456789';
const revisionOf = (name: string) => createHash('sha1').update(name).digest('hex');

let folder: string;
let forge: Forge;
let slack: ForgeServer;
let board: ForgeServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-notifier-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  [forge, slack, board] = await Promise.all([startForgeOf('github'), startReceiver(), startReceiver()]);
});

interface Setup {
  readonly kind?: ForgeKind;
  readonly slackUrl?: string;
}

async function writeSettings({
  kind = 'github',
  slackUrl = `${slack.origin}/services/T0/B0/slack-secret`,
}: Setup = {}) {
  const file = (name: string) => join(folder, name);
  await writeFile(file('token'), `${PEOPLE.robot.token}\n`);
  await writeFile(file('slack-url'), `${slackUrl}\n`);
  await writeFile(file('board-url'), `${board.origin}/hook`);
  await writeFile(file('board-secret'), SECRET);
  const { api, repository } = forge.pullRequest;
  const settings = {
    'commit-status': {
      forge: kind,
      api,
      repository,
      'token-file': file('token'),
      link: 'https://fairlead.example.com',
    },
    notify: [
      { name: 'ops', kind: 'slack', 'url-file': file('slack-url') },
      {
        ...{ name: 'board', kind: 'webhook', 'url-file': file('board-url'), 'secret-file': file('board-secret') },
        on: ['failure', 'recovery', 'success'],
      },
    ],
  };
  await writeFile(file('notifications.yaml'), JSON.stringify(settings));
}

/** A daemon's notifier, told by hand what is seen. */
async function start() {
  const stopping = new AbortController();
  const moved = createBell();
  const log: string[] = [];
  let reports: readonly RevisionReport[] = [];
  // Seen so long ago that everything has lasted.
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const settings = await followFile({
    file: join(folder, 'notifications.yaml'),
    parse: parseNotifications,
    what: 'notifications file',
    onProblem: (message) => void log.push(message),
  });
  const done = runNotifier(
    {
      ...{ settings, moved, now, reports: () => reports, ripensAt: () => undefined },
      file: openNotifiedFile({ stateDir: folder, onProblem: (problem) => void log.push(problem) }),
      onEnd: (target, { outcome, reason }) => void log.push(`${target} ${outcome} ${reason}`.trim()),
      onTrouble: (target, reason) => void log.push(`${target} trouble ${reason}`),
    },
    stopping.signal,
  );
  const stop = async () => {
    stopping.abort();
    await done;
  };
  onTestFinished(stop);
  return {
    log,
    stop,
    see(name: string, state: ReportState, ...reasons: string[]) {
      reports = [{ revision: revisionOf(name), site: 'berlin', state, reasons }];
      moved.ring();
    },
    /** What is seen stays so for ten minutes. */
    pass() {
      ahead += 600_000;
      moved.ring();
    },
    async kept(): Promise<string> {
      return readFile(join(folder, 'notified.json'), 'utf8');
    },
  };
}

/** As another Fairlead would check it, at its generic webhook. */
function isSigned({ headers, body }: ForgeRequest, secret: string): boolean {
  const proofs = generic.proofs((name) => headers[name]?.toString());
  const check = checkBody(proofs, parseWebhookSecrets(`generic: [{ secret: ${secret} }]`, 'secrets.yaml').generic);
  check.update(Buffer.from(JSON.stringify(body)));
  return proofs.length === 1 && check.holder() !== undefined;
}

const told = () => forge.statuses.all.map(({ state, description }) => `${state}: ${description}`);
const bodies = (server: ForgeServer) => server.requests.map(({ body }) => body);

/** One that nobody listens at. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until a state was seen long enough, and told. */
async function settle(daemon: Awaited<ReturnType<typeof start>>, count: number): Promise<void> {
  // It has to be seen once before time goes by.
  await eventually(() => {
    daemon.pass();
    expect(forge.statuses.all).toHaveLength(count);
  });
}

describe('a daemon', () => {
  it('sets the status of a commit, tells of its failure, and of the recovery', async () => {
    await writeSettings();
    const daemon = await start();
    daemon.see('a', 'pending', 'acme.shop.web-1: create, it is missing');
    await eventually(() => expect(told()).toEqual(['pending: acme.shop.web-1: create, it is missing']));
    daemon.see('a', 'failure', 'no such image <x>');
    await settle(daemon, 2);
    await eventually(() => expect([slack.requests.length, board.requests.length]).toEqual([1, 1]));
    expect(bodies(slack)).toEqual([
      {
        text: `failure at berlin: ${revisionOf('a').slice(0, 12)} no such image &lt;x&gt; https://fairlead.example.com`,
      },
    ]);
    daemon.see('b', 'success');
    await settle(daemon, 3);
    await eventually(() => expect([slack.requests.length, board.requests.length]).toEqual([2, 2]));
    expect(bodies(board)).toMatchObject([
      { event: 'failure', revision: revisionOf('a'), reasons: ['no such image <x>'] },
      { event: 'recovery', revision: revisionOf('b'), state: 'success' },
    ]);
    expect(board.requests.map((request) => isSigned(request, SECRET))).toEqual([true, true]);
    expect(isSigned(board.requests[0]!, `${SECRET}x`)).toBe(false);
    expect(forge.statuses.all.at(-1)).toEqual({
      ...{ revision: revisionOf('b'), state: 'success', context: 'fairlead/berlin' },
      ...{ description: 'applied, everything is ready', link: 'https://fairlead.example.com' },
    });
  });

  it('repeats nothing after a restart; where what it knew is lost, a failure', async () => {
    await writeSettings();
    const first = await start();
    first.see('a', 'failure', 'no such image');
    await settle(first, 1);
    await eventually(async () => {
      expect([slack.requests.length, board.requests.length]).toEqual([1, 1]);
      expect(JSON.parse(await first.kept())).toMatchObject({ waiting: { ops: [], board: [], 'commit-status': [] } });
    });
    await first.stop();

    const second = await start();
    second.see('a', 'failure', 'no such image');
    // Once something else gets there, what should not have been told would have been.
    await eventually(() => {
      second.pass();
      expect(second.log).toEqual([]);
    });
    second.see('b', 'pending');
    await eventually(() => expect(forge.statuses.all).toHaveLength(2));
    expect([slack.requests.length, board.requests.length]).toEqual([1, 1]);
    await second.stop();

    await rm(join(folder, 'notified.json'));
    const third = await start();
    third.see('a', 'failure', 'no such image');
    await settle(third, 3);
    await eventually(() => expect([slack.requests.length, board.requests.length]).toEqual([2, 2]));
  });

  it('hands over after a restart what a dead receiver did not take, and holds nothing else up meanwhile', async () => {
    await writeSettings({ slackUrl: `http://127.0.0.1:${await closedPort()}/services/T0/B0/slack-secret` });
    const first = await start();
    first.see('a', 'failure', 'no such image');
    await settle(first, 1);
    await eventually(() => {
      expect(board.requests).toHaveLength(1);
      expect(first.log).toContain('ops trouble it does not answer (ECONNREFUSED)');
    });
    await eventually(async () => expect(JSON.parse(await first.kept())).toMatchObject({ waiting: { board: [] } }));
    await first.stop();
    expect(await first.kept()).not.toContain('slack-secret');

    await writeFile(join(folder, 'slack-url'), `${slack.origin}/services/T0/B0/slack-secret`);
    const second = await start();
    await eventually(() => expect(slack.requests).toHaveLength(1));
    await eventually(() => expect(second.log).toContain('ops delivered'));
    expect(board.requests).toHaveLength(1);
  });

  it('gives up at a refusal for good with one line, and tells it again when the settings are touched', async () => {
    await writeSettings();
    const daemon = await start();
    await writeFile(join(folder, 'token'), 'wrong-token-0123456789');
    daemon.see('a', 'pending', 'x');
    await eventually(() =>
      expect(daemon.log.filter((line) => line.startsWith('commit-status given-up'))).toHaveLength(1),
    );
    expect(daemon.log.join('\n')).not.toContain('wrong-token');
    await writeSettings();
    await eventually(() => {
      daemon.see('a', 'pending', 'x');
      expect(told()).toEqual(['pending: x']);
    });
    expect(forge.requests).toHaveLength(2);
  });

  it('tells a forge that is configured later of the commit that is there', async () => {
    await writeSettings();
    const whole = await readFile(join(folder, 'notifications.yaml'), 'utf8');
    const { notify } = JSON.parse(whole) as { readonly notify: unknown };
    await writeFile(join(folder, 'notifications.yaml'), JSON.stringify({ notify }));
    const daemon = await start();
    daemon.see('a', 'failure', 'x');
    await eventually(() => {
      daemon.pass();
      expect(slack.requests).toHaveLength(1);
    });
    await writeFile(join(folder, 'notifications.yaml'), whole);
    await settle(daemon, 1);
    expect(told()).toEqual(['failure: x']);
    expect(slack.requests).toHaveLength(1);
  });

  it('tries again what is limited, and follows no redirect', async () => {
    await writeSettings();
    forge.interrupt('POST', { status: 429, headers: { 'retry-after': '1' } });
    slack.interrupt('POST', { status: 302, headers: { location: `${board.origin}/steal` } });
    const daemon = await start();
    daemon.see('a', 'failure', 'x');
    await settle(daemon, 1);
    await eventually(() => expect(daemon.log).toContain('ops given-up it answers 302'));
    expect(daemon.log.filter((line) => line.includes('429'))).toHaveLength(1);
    expect(board.requests.map(({ path }) => path)).toEqual(['/hook']);
  });
});
