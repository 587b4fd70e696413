import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { DockerError } from '../../../src/docker/port.ts';
import { logToKeep } from '../../../src/plan/keep-log.ts';
import { application, container, service } from '../../builders.ts';
import { eventually } from '../../eventually.ts';
import { TOKEN } from '../served.ts';
import { BASE, MAIN, messageOf, ON_ENGINE, reach, settled, type Reached } from './reached.ts';

const LOGS = `${MAIN}/logs`;
const MINUTE = 60_000;

/** A line a minute, the last one now. */
function say({ docker, pass }: Reached, ...lines: readonly string[]): void {
  lines.forEach((line, i) => {
    if (i > 0) pass(MINUTE);
    docker.engine.say(ON_ENGINE.main, line, line.startsWith('!') ? 'stderr' : 'stdout');
  });
}

const read = async ({ ask }: Reached, query = '', headers = {}) => ask(`${LOGS}${query}`, { as: 'acme', headers });

/** What a container is made with whose log is kept like this. */
const shopWith = (fields: object) =>
  application('shop', { services: [service('web', { containers: [container('main', fields)] })] });

describe('GET …/logs', () => {
  it('is the text of both streams, oldest first', async () => {
    const reached = await reach();
    say(reached, 'one', '!two', 'three');
    const { status, headers, text } = await read(reached);
    expect([status, headers.get('content-type'), text]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'one\n!two\nthree\n',
    ]);
  });

  it('is lines of JSON for who would rather have that', async () => {
    const reached = await reach();
    say(reached, 'one', '!two');
    const { headers, text } = await read(reached, '', { accept: 'application/x-ndjson' });
    expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    const lines = text.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { time: '2026-01-02T03:04:05.678000000Z', stream: 'stdout', container: 'main', message: 'one' },
      { time: '2026-01-02T03:05:05.678000000Z', stream: 'stderr', container: 'main', message: '!two' },
    ]);
  });

  it.each([
    ['?tail=2', 'three\nfour\n'],
    ['?tail=all', 'one\n!two\nthree\nfour\n'],
    ['?tail=0', ''],
    ['?since=90s', 'three\nfour\n'],
    ['?since=2026-01-02T03:05:00Z&until=2026-01-02T03:06:30%2B00:00', '!two\nthree\n'],
    ['?until=2m30s', 'one\n'],
    ['?since=10d&tail=1', 'four\n'],
    ['?tail=1&timestamps', '2026-01-02T03:07:05.678000000Z four\n'],
    ['?tail=1&timestamps=false', 'four\n'],
  ])('chooses by %s', async (query, text) => {
    const reached = await reach();
    say(reached, 'one', '!two', 'three', 'four');
    expect((await read(reached, query)).text).toBe(text);
  });

  it.each([
    ['?tail=-1', 'tail: expected'],
    ['?tail=many', 'tail: expected'],
    ['?since=yesterday', 'since: expected'],
    ['?since=2026-13-01T00:00:00Z', 'since: expected'],
    ['?until=', 'until: expected'],
    ['?since=1m&since=2m', 'since: given more than once'],
    ['?fields=[', 'fields'],
  ])('refuses %s', async (query, message) => {
    const reached = await reach();
    const answer = await read(reached, query);
    expect([answer.status, messageOf(answer)]).toEqual([400, expect.stringContaining(message)]);
    expect(reached.docker.calls.filter(({ method }) => method === 'readLog')).toEqual([]);
  });

  it('goes on with what comes, and ends with the container', async () => {
    const reached = await reach();
    say(reached, 'one');
    const { response, heard } = await follow(reached, '?follow');
    await eventually(() => expect(heard()).toBe('one\n'));
    say(reached, 'two');
    await eventually(() => expect(heard()).toBe('one\ntwo\n'));
    const ended = once(response, 'end');
    await reached.docker.stopContainer(idOf(reached), 0, new AbortController().signal);
    await ended;
    expect(heard()).toBe('one\ntwo\n');
  });

  it('begins before there is anything, and lets go of the engine when the client leaves', async () => {
    const reached = await reach({ limit: 1 });
    const first = await follow(reached, '?follow');
    expect(first.response.statusCode).toBe(200);
    const second = await read(reached, '?follow');
    expect([second.status, messageOf(second)]).toEqual([409, expect.stringContaining('1 logs that are followed')]);
    expect((await read(reached)).status).toBe(200);
    first.asked.destroy();
    await eventually(async () => {
      const again = await follow(reached, '?follow');
      expect(again.response.statusCode).toBe(200);
    });
    expect(reached.errors).toEqual([]);
  });

  it('does not hold what a slow client does not take', async () => {
    const reached = await reach();
    let taken = 0;
    const message = 'x'.repeat(64 * 1024);
    reached.docker.readLog = async function* () {
      for (; taken < 2_000; taken += 1) yield { time: '2026-01-02T03:04:05.678Z', stream: 'stdout', message };
    };
    const { response, heard } = await follow(reached, '', (one) => one.pause());
    expect(await settled(() => taken)).toBeLessThan(400);
    await once(response.resume(), 'end');
    expect(heard()).toHaveLength(2_000 * (message.length + 1));
  });

  it('of a container that has ended is there, and of one that never began is empty', async () => {
    const reached = await reach();
    say(reached, 'last words');
    await reached.docker.stopContainer(idOf(reached), 0, new AbortController().signal);
    await reached.look();
    expect((await read(reached)).text).toBe('last words\n');
    reached.docker.engine.get(ON_ENGINE.main, 'say that it never ran').startedAt = 0;
    await reached.look();
    const never = await read(reached);
    expect([never.status, never.text]).toEqual([200, '']);
  });

  it('is that of the containers before it, too, where that is kept', async () => {
    const reached = await reach({ specs: [shopWith({ 'container-log-archive': true })] });
    say(reached, 'one', '!two');
    await replaceMain(reached);
    say(reached, 'three', 'four');
    expect((await read(reached)).text).toBe('one\n!two\nthree\nfour\n');
    expect((await read(reached, '?tail=2')).text).toBe('three\nfour\n');
    expect((await read(reached, '?tail=3')).text).toBe('!two\nthree\nfour\n');
    expect((await read(reached, '?tail=9&until=90s')).text).toBe('one\n!two\n');
    const { text } = await read(reached, '', { accept: 'application/x-ndjson' });
    expect(text.split('\n')[1]).toContain('"stream":"stderr","container":"main","message":"!two"');
    const kept = () => reached.docker.calls.filter(({ method }) => method === 'readKeptLog').length;
    const before = kept();
    expect((await read(reached, '?since=30s')).text).toBe('four\n');
    expect((await read(reached, '?tail=1')).text).toBe('four\n');
    expect(kept()).toBe(before);
    const { response, heard } = await follow(reached, '?follow&tail=3');
    await eventually(() => expect(heard()).toBe('!two\nthree\nfour\n'));
    say(reached, 'five');
    await eventually(() => expect(heard()).toBe('!two\nthree\nfour\nfive\n'));
    response.destroy();
  });

  it('is there while the next container is not, and no line of it twice while the last one is', async () => {
    const reached = await reach({ specs: [shopWith({ 'container-log-archive': true })] });
    say(reached, 'one');
    await keepLogOfMain(reached);
    await reached.look();
    expect((await read(reached)).text).toBe('one\n');
    await reached.docker.removeContainer(ON_ENGINE.main, new AbortController().signal);
    await reached.look();
    expect((await read(reached)).text).toBe('one\n');
    expect((await read(reached, '?follow')).status).toBe(409);
    await removeKept(reached);
    expect([(await read(reached)).status, (await read(reached)).text]).toEqual([200, '']);
  });

  it('is not that of the containers before it for a daemon that only looks: that takes a helper', async () => {
    const reached = await reach({ specs: [shopWith({ 'container-log-archive': true })], dryRun: true });
    say(reached, 'one');
    await replaceMain(reached);
    say(reached, 'two');
    expect((await read(reached)).text).toBe('two\n');
  });

  it('does not show lines that are older than the specification says', async () => {
    const reached = await reach({ specs: [shopWith({ 'container-log-max-days': 1 })] });
    say(reached, 'of the day before');
    reached.pass(25 * 60 * MINUTE);
    say(reached, 'of today');
    expect((await read(reached)).text).toBe('of today\n');
    expect((await read(reached, '?since=10d')).text).toBe('of today\n');
    expect((await read(reached, '?since=2026-01-01T00:00:00Z&tail=5')).text).toBe('of today\n');
  });

  it('is 409 where no log is kept, or the engine cannot read it', async () => {
    const reached = await reach({ specs: [shopWith({ 'container-log-size': '0B' })] });
    const none = await read(reached);
    expect([none.status, messageOf(none)]).toEqual([409, 'web-1: main keeps no log (container-log-size: 0B)']);
    const other = await reach();
    other.docker.failNext('readLog', new DockerError('conflict', 'its logging driver keeps nothing'));
    const unreadable = await read(other);
    expect([unreadable.status, messageOf(unreadable)]).toEqual([409, 'its logging driver keeps nothing']);
  });

  it.each([
    [`${BASE}/containers/none/logs`, 404],
    ['/v1/state/applications/shop/service-instances/till-1/containers/main/logs', 409],
    ['/v1/state/applications/shop/service-instances/till-1/init-containers/setup/logs', 200],
    [LOGS.replace('/state/', '/state/tenants/acme/'), 200],
    [`${BASE}/containers/acme.shop.web-1.main/logs`, 200],
  ])('of %s is %i', async (path, status) => {
    const { ask } = await reach();
    expect((await ask(path, { as: 'acme' })).status).toBe(status);
  });

  it('is for who has the role logs, or admin', async () => {
    const reached = await reach();
    const statuses = [];
    for (const as of ['logs', 'acme', 'deaf', 'exec', 'operate', 'provider', 'nobody'] as const)
      statuses.push((await reached.ask(LOGS, { as })).status);
    expect(statuses).toEqual([200, 200, 200, 403, 403, 403, 401]);
  });

  it('leaves records of who read what, and how that ended', async () => {
    const reached = await reach();
    say(reached, 'a secret');
    await read(reached);
    const { asked, heard } = await follow(reached, '?follow');
    await eventually(() => expect(heard()).toBe('a secret\n'));
    expect(reached.audit.list()[0]).not.toHaveProperty('ended-at');
    asked.destroy();
    await eventually(() => expect(reached.audit.list()[0]).toHaveProperty('ended-at'));
    reached.docker.failNext('readLog', new DockerError('conflict', 'its logging driver keeps nothing'));
    await read(reached);
    const place = { tenant: 'acme', application: 'shop', 'service-instance': 'web-1', container: 'main' };
    const who = { action: 'logs', principal: { name: 'acme', tenant: 'acme' }, address: '127.0.0.1', ...place };
    expect(reached.audit.list()).toMatchObject([
      { ...who, reason: 'its logging driver keeps nothing' },
      { ...who, reason: 'the client or the daemon closed the session' },
      { ...who, reason: 'the log was read to its end' },
    ]);
    expect(JSON.stringify(reached.audit.list())).not.toContain('a secret');
  });
});

const { signal } = new AbortController();

/** As the daemon does it before a container goes. */
async function keepLogOfMain({ docker }: Reached): Promise<void> {
  const container = await docker.inspectContainer(ON_ENGINE.main, signal);
  const log = container && logToKeep(container);
  if (log === undefined) throw new Error('its log is not to be kept');
  await docker.keepLog(container!.id, log, signal);
}

/** Another container in place of it, as after a new version. */
async function replaceMain(reached: Reached): Promise<void> {
  const { docker } = reached;
  reached.pass(MINUTE);
  await docker.stopContainer(ON_ENGINE.main, 0, signal);
  await keepLogOfMain(reached);
  await docker.removeContainer(ON_ENGINE.main, signal);
  await reached.look();
  await reached.converge();
  await reached.look();
}

async function removeKept({ docker }: Reached): Promise<void> {
  for (const { name } of await docker.listLogs('test', signal))
    await docker.removeVolume({ kind: 'remove-volume', name, hostPath: '' }, signal);
}

const idOf = ({ docker }: Reached) => docker.engine.get(ON_ENGINE.main, 'look at it').id;

/** A log as it comes. */
async function follow({ origin }: Reached, query: string, act = (_response: IncomingMessage) => {}) {
  const asked = request(origin + LOGS + query, { headers: { authorization: `Bearer ${TOKEN.acme}` } });
  asked.on('error', () => undefined);
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  response.on('error', () => undefined);
  response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
  act(response);
  return { asked, response, heard: () => text };
}
