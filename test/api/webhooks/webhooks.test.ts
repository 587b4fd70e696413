import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAllowance } from '../../../src/api/webhooks/allowance.ts';
import { createWebhookReceiver, type Refusal } from '../../../src/api/webhooks/receiver.ts';
import { followedPath } from '../../../src/api/webhooks/repository-name.ts';
import { parseWebhookSecrets } from '../../../src/api/webhooks/secrets-file.ts';
import { openJournal } from '../../../src/journal/journal.ts';
import { createLookAction } from '../../../src/journal/look-action.ts';
import type { LookOutcome } from '../../../src/reconcile/looks.ts';
import { eventually } from '../../eventually.ts';
import { errorWith, serve } from '../served.ts';
import { snapshot } from '../snapshot-builders.ts';
import { delivery, hmac, SECRET, SECRETS_FILE, signedByGitLab, signedByPipeline, type Delivery } from './deliveries.ts';

// Webhooks as they come over real sockets, with run records on a disk. The looks are a list of who waits.

const REVISION = 'c0ffee254729296a45a3885639ac7e10f9d54979';
const NOW = Date.parse('2026-03-14T09:26:54Z');

interface Options {
  readonly secrets?: string;
  readonly repository?: string;
  readonly stateDir?: string;
  readonly elapsed?: () => number;
}

async function start(options: Options = {}) {
  const { secrets = SECRETS_FILE, repository = 'https://github.com/acme/site.git' } = options;
  const stateDir = options.stateDir ?? (await mkdtemp(path.join(tmpdir(), 'fairlead-webhooks-')));
  if (options.stateDir === undefined) onTestFinished(() => rm(stateDir, { recursive: true, force: true }));
  const journal = await openJournal({ stateDir, now: () => Date.now(), onProblem: () => undefined });
  onTestFinished(() => journal.close());
  const looks: ((outcome: LookOutcome | undefined) => void)[] = [];
  const look = () => new Promise<LookOutcome | undefined>((resolve) => void looks.push(resolve));
  const action = createLookAction({ look, runs: journal.runs, branch: 'main' });
  const refusals: Refusal[] = [];
  let bodiesRead = 0;
  const receiver = createWebhookReceiver({
    secrets: () => Promise.resolve(parseWebhookSecrets(secrets, 'webhooks.yaml')),
    followed: { branch: 'main', path: followedPath(repository) },
    deliver: (one) => action.deliver(one),
    now: () => NOW,
    onRefusal: (_arrival, refusal) => void refusals.push(refusal),
    allowance: createAllowance(options.elapsed ?? (() => 0)),
  });
  const webhooks: typeof receiver = {
    ...receiver,
    receive: (...args) => {
      bodiesRead += 1;
      return receiver.receive(...args);
    },
  };
  const served = await serve(snapshot({}), { webhooks, runs: journal.runs });
  const post = async ({ path: of, headers, body }: Delivery) => {
    const answer = await served.ask(`/v1/webhooks/${of}`, { method: 'POST', as: 'nobody', headers, body });
    return { ...answer, run: answer.body as Readonly<Record<string, unknown>> };
  };
  const close = async () => {
    await served.close();
    await journal.close();
  };
  return { ...served, post, looks, refusals, bodiesRead: () => bodiesRead, stateDir, journal, action, close };
}

describe('a webhook', () => {
  it.each(['github-push', 'gitlab-push', 'gitea-push', 'forgejo-push'] as const)(
    'as it was recorded, %s, is answered with 202 and a run that ends with the look it leads to',
    async (name) => {
      const { post, looks, ask } = await start();
      const { status, run, headers } = await post(delivery(name));
      const [forge] = delivery(name).path.split('/');
      expect([status, run]).toMatchObject([202, { kind: 'webhook', trigger: forge, outcome: 'running' }]);
      expect(headers.get('fairlead-run')).toBe(run['id']);
      expect(looks).toHaveLength(1);
      looks[0]!({ kind: 'seen', revision: REVISION, isNew: true });
      await eventually(async () =>
        expect((await ask(`/v1/state/runs/${String(run['id'])}`)).body).toMatchObject({
          outcome: 'succeeded',
          revision: REVISION,
          reason: `main is at ${REVISION}, which is new`,
        }),
      );
    },
  );

  it('may be a form, as GitHub sends it where that was chosen', async () => {
    const { post, looks } = await start();
    const body = new URLSearchParams({ payload: delivery('github-push').body }).toString();
    const headers = {
      ...delivery('github-push').headers,
      'content-type': 'application/x-www-form-urlencoded',
      'x-hub-signature-256': `sha256=${hmac(SECRET.github, body).toString('hex')}`,
    };
    expect((await post({ path: 'github', headers, body })).status).toBe(202);
    expect(looks).toHaveLength(1);
  });

  it('that is a ping succeeds without a look', async () => {
    const { post, looks } = await start();
    const { status, run } = await post(delivery('github-ping'));
    expect([status, run['outcome'], run['reason']]).toEqual([
      202,
      'succeeded',
      'the webhook is set up: a push of main will be looked at',
    ]);
    expect(looks).toEqual([]);
  });

  it.each([
    [
      'another branch',
      delivery('github-push', { body: { ref: 'refs/heads/next' } }),
      /^refs\/heads\/next is not the branch/,
    ],
    [
      'a branch that ends alike',
      delivery('gitea-push', { body: { ref: 'refs/heads/x/main' } }),
      /^refs\/heads\/x\/main is not/,
    ],
    ['a tag', delivery('gitlab-tag-push'), /^refs\/tags\/v1.3 is not the branch that is followed, main; nothing/],
    [
      'another event',
      delivery('github-push', { headers: { 'x-github-event': 'issues' } }),
      /^the event issues moves no/,
    ],
    [
      'words that would steer a terminal',
      delivery('github-push', { body: { ref: '\u001b[31m\n' } }),
      /^ \[31m  is not/,
    ],
  ])('of %s is taken, and its run says that nothing was looked at', async (_what, sent, reason) => {
    const { post, looks } = await start();
    const { status, run } = await post(sent);
    expect([status, run['outcome']]).toEqual([202, 'cancelled']);
    expect(run['reason']).toMatch(reason);
    expect(looks).toEqual([]);
  });

  it('that comes again, also to the daemon after, is the same run and leads to nothing', async () => {
    const first = await start();
    const begun = await first.post(delivery('github-push'));
    const again = await first.post(delivery('github-push'));
    expect([again.status, again.run['id']]).toEqual([202, begun.run['id']]);
    expect(first.looks).toHaveLength(1);
    await first.close();
    const second = await start({ stateDir: first.stateDir });
    expect((await second.post(delivery('github-push'))).run).toEqual(begun.run);
    expect(second.looks).toEqual([]);
    const other = await second.post(delivery('github-push', { headers: { 'x-github-delivery': 'another' } }));
    expect(other.run['id']).not.toBe(begun.run['id']);
  });

  it('whose daemon died is seen to its end by the next one', async () => {
    const first = await start();
    const { run } = await first.post(delivery('gitea-push'));
    await first.close();
    const second = await start({ stateDir: first.stateDir });
    second.action.carryOn();
    second.looks[0]!({ kind: 'failed', error: 'the repository cannot be reached' });
    await eventually(() =>
      expect(second.journal.runs.list()).toMatchObject([
        { id: run['id'], outcome: 'failed', 'error-message': 'the repository cannot be reached' },
      ]),
    );
  });
});

describe('a webhook is refused', () => {
  it.each(['github-push', 'gitlab-push', 'gitea-push', 'forgejo-push'] as const)(
    'that is signed with another secret: %s',
    async (name) => {
      const { post, looks, journal, refusals } = await start();
      const answer = await post(delivery(name, { secret: 'a secret of somebody else' }));
      expect([answer.status, answer.body]).toEqual([
        401,
        errorWith('no secret that is configured here fits this delivery'),
      ]);
      expect([looks, journal.runs.list()]).toEqual([[], []]);
      expect(refusals).toMatchObject([{ status: 401 }]);
    },
  );

  it('whose body was changed on the way', async () => {
    const { post } = await start();
    const { body, ...rest } = delivery('github-push');
    expect((await post({ ...rest, body: body.replace('refs/heads/main', 'refs/heads/evil') })).status).toBe(401);
  });

  it('without a proof, or with one in another form, before its body is read', async () => {
    const { post, bodiesRead } = await start();
    const { headers, ...rest } = delivery('github-push');
    for (const signature of ['', 'sha256=', 'sha1=0000', `sha512=${'0'.repeat(64)}`, `sha256=${'x'.repeat(64)}`])
      expect((await post({ ...rest, headers: { ...headers, 'x-hub-signature-256': signature } })).status).toBe(401);
    const stranger = await post({ path: 'gitlab', headers: { 'x-gitlab-token': 'wrong' }, body: '{}' });
    expect(stranger.status).toBe(401);
    expect(bodiesRead()).toBe(0);
  });

  it('as long as no secret of its kind is configured', async () => {
    const { post, bodiesRead } = await start({ secrets: JSON.stringify({ gitea: [{ secret: SECRET.gitea }] }) });
    const answer = await post(delivery('github-push'));
    expect([answer.status, answer.body]).toEqual([
      403,
      errorWith('no secret is configured for github; name one in the file of --webhooks'),
    ]);
    expect([(await post(delivery('gitea-push'))).status, bodiesRead()]).toEqual([202, 1]);
  });

  it('that is about another repository, unless its secret is for any', async () => {
    const repository = 'git@gitlab.example.com:acme/else.git';
    const { post, journal } = await start({ repository });
    for (const name of ['github-push', 'github-ping', 'gitlab-push', 'gitea-push'] as const) {
      const answer = await post(delivery(name));
      expect([answer.status, answer.text]).toEqual([409, expect.stringContaining('is about the repository acme/site')]);
    }
    expect(journal.runs.list()).toEqual([]);
    const secrets = JSON.stringify({ github: [{ secret: SECRET.github, 'any-repository': true }] });
    const open = await start({ repository, secrets });
    expect((await open.post(delivery('github-push'))).status).toBe(202);
  });

  it('whose sender is gone before its end, which is no error of the server', async () => {
    const { origin, refusals, errors, bodiesRead } = await start();
    const { headers } = delivery('github-push');
    const request = http.request(`${origin}/v1/webhooks/github`, { method: 'POST', headers });
    request.on('error', () => undefined);
    request.write('{"ref"');
    await eventually(() => expect(bodiesRead()).toBe(1));
    request.destroy();
    await eventually(() => expect(refusals).toEqual([{ status: 400, message: 'the body broke off' }]));
    expect(errors).toEqual([]);
  });

  it('that says nothing that can be read', async () => {
    const { post } = await start();
    const body = 'not json';
    const headers = {
      'x-github-event': 'push',
      'x-hub-signature-256': `sha256=${hmac(SECRET.github, body).toString('hex')}`,
    };
    const answer = await post({ path: 'github', headers, body });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('application/json')]);
  });
});

describe('the secrets of webhooks', () => {
  it('may be several, so that one takes over from the other, and the run names the one', async () => {
    const { post } = await start();
    expect((await post(delivery('github-push'))).run).not.toHaveProperty('principal');
    const { run } = await post(delivery('github-ping', { secret: 'the-secret-that-takes-over' }));
    expect(run['principal']).toEqual({ name: 'new' });
  });
});

describe('a webhook of GitLab with a signing token', () => {
  it('is taken when the signature over id, time and body is right', async () => {
    const { post, looks } = await start();
    expect((await post(signedByGitLab(NOW))).run['principal']).toEqual({ name: 'signed' });
    expect(looks).toHaveLength(1);
  });

  it('is refused when it is old, for another id, or signed with another key', async () => {
    const { post, bodiesRead } = await start();
    expect((await post(signedByGitLab(NOW - 301_000))).text).toContain('more than 300 s');
    expect(bodiesRead()).toBe(0);
    const { headers, ...rest } = signedByGitLab(NOW);
    expect((await post({ ...rest, headers: { ...headers, 'webhook-id': 'msg-2' } })).status).toBe(401);
    const secret = `whsec_${Buffer.from('another key of thirty-two bytes!').toString('base64')}`;
    expect((await post(signedByGitLab(NOW, { secret }))).status).toBe(401);
    // The token of the other secret is no key.
    expect((await post(signedByGitLab(NOW, { secret: `whsec_${SECRET.gitlab}` }))).status).toBe(401);
  });
});

describe('a generic webhook', () => {
  it('is signed with its time, and needs no body', async () => {
    const { post, looks } = await start();
    expect((await post(signedByPipeline(NOW))).run).toMatchObject({
      trigger: 'generic',
      principal: { name: 'pipeline' },
    });
    expect((await post(signedByPipeline(NOW + 1_000, 'anything at all'))).status).toBe(202);
    expect((await post(signedByPipeline(NOW + 2_000, '{"ref": "main"}'))).status).toBe(202);
    expect(looks).toHaveLength(3);
    const { run } = await post(signedByPipeline(NOW, '{"ref": "next"}'));
    expect([run['outcome'], run['reason']]).toEqual(['cancelled', expect.stringMatching(/^refs\/heads\/next is not/)]);
    const elsewhere = await post(signedByPipeline(NOW, '{"repository": "https://git.example.com/acme/else"}'));
    expect(elsewhere.status).toBe(409);
  });

  it('is the same one when it is sent again, and refused when it is old', async () => {
    const { post } = await start();
    const [first, again] = [await post(signedByPipeline(NOW)), await post(signedByPipeline(NOW))];
    expect(again.run['id']).toBe(first.run['id']);
    expect((await post(signedByPipeline(NOW - 301_000))).status).toBe(401);
    const { headers, ...rest } = signedByPipeline(NOW);
    const later = { ...headers, 'x-fairlead-timestamp': String(NOW / 1000 + 1) };
    expect((await post({ ...rest, headers: later })).status).toBe(401);
  });

  it('may carry its secret as a token, and then says by Idempotency-Key that it is the same', async () => {
    const { post } = await start();
    const token = { authorization: `Bearer ${SECRET.generic}` };
    const send = (headers: Readonly<Record<string, string>> = {}) =>
      post({ path: 'generic', headers: { ...token, ...headers }, body: '' });
    const [one, two] = [await send(), await send()];
    expect([one.status, two.run['id'] === one.run['id']]).toEqual([202, false]);
    const key = { 'idempotency-key': 'job-17' };
    expect((await send(key)).run['id']).toBe((await send(key)).run['id']);
    expect((await send({ authorization: 'Bearer of-somebody-else' })).status).toBe(401);
  });
});

describe('too much', () => {
  it('of a body is no harm: what is not needed is not kept, and 25 MiB are the most', async () => {
    const { post, origin, looks } = await start();
    const commits = Array.from({ length: 2_000 }, (_, i) => ({ id: `${i}`, message: 'x'.repeat(1_000) }));
    expect((await post(delivery('github-push', { body: { commits } }))).status).toBe(202);
    expect(looks).toHaveLength(1);
    const request = http.request(`${origin}/v1/webhooks/github`, {
      method: 'POST',
      headers: delivery('github-push').headers,
    });
    const answered = once(request, 'response') as Promise<[http.IncomingMessage]>;
    request.on('error', () => undefined);
    const piece = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < 26; i += 1) request.write(piece);
    const [answer] = await answered;
    expect([answer.statusCode, await textOf(answer)]).toEqual([413, expect.stringContaining('larger than 25 MiB')]);
    const told = await post({ ...delivery('gitea-push'), body: 'x' });
    expect(told.status).toBe(401);
  });

  it('of what is wrong is refused without its body being read, until some time has passed', async () => {
    let time = 0;
    const { post, bodiesRead, refusals } = await start({ elapsed: () => time });
    const wrong = delivery('github-push', { secret: 'a secret of somebody else' });
    for (let i = 0; i < 30; i += 1) expect((await post(wrong)).status).toBe(401);
    const read = bodiesRead();
    const [refused, also] = [await post(wrong), await post(delivery('gitlab-push'))];
    expect([refused.status, refused.headers.get('retry-after'), also.status]).toEqual([429, '1', 429]);
    expect([bodiesRead() - read, refusals.filter(({ status }) => status === 429).length]).toEqual([0, 1]);
    time += 1_000;
    expect((await post(delivery('github-push'))).status).toBe(202);
  });

  it('of what is genuine at once has a run each', async () => {
    const { post, journal } = await start();
    const sent = Array.from({ length: 200 }, (_, i) =>
      delivery('github-push', { headers: { 'x-github-delivery': `delivery-${i}` } }),
    );
    const answers = await Promise.all(sent.map(post));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(journal.runs.open()).toHaveLength(200);
  });
});
