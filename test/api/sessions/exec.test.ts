import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { ExecOptions } from '../../../src/docker/port.ts';
import { DockerError } from '../../../src/docker/port.ts';
import { eventually } from '../../eventually.ts';
import { TOKEN } from '../served.ts';
import { BASE, MAIN, messageOf, ON_ENGINE, reach, settled, type Reached } from './reached.ts';

const EXEC = `${MAIN}/exec`;
const TILL = '/v1/state/applications/shop/service-instances/till-1';

/** Notes what is run, and says `output`. */
function note({ docker }: Reached, output = '', exitCode = 0) {
  const ran: ExecOptions[] = [];
  docker.onSession = async ({ stdout }, options) => {
    ran.push(options);
    if (output !== '') stdout.write(output);
    return exitCode;
  };
  return ran;
}

describe('POST …/exec', () => {
  it('answers with what the command writes, and its exit code in a trailer', async () => {
    const reached = await reach();
    note(reached, 'on stdout\non stderr\n', 3);
    const { status, headers, text, trailers } = await reached.post(EXEC, { cmd: 'ls' });
    expect([status, text]).toEqual([200, 'on stdout\non stderr\n']);
    expect(headers).toMatchObject({ 'content-type': 'application/octet-stream', trailer: 'exec-exit-code' });
    expect(trailers).toEqual({ 'exec-exit-code': '3' });
  });

  it('answers 204 with the exit code in a header when the command writes nothing', async () => {
    const reached = await reach();
    note(reached, '', 7);
    const { status, headers, text } = await reached.post(EXEC, { cmd: 'false' });
    expect([status, text, headers['exec-exit-code'], headers['trailer']]).toEqual([204, '', '7', undefined]);
  });

  it('sends what is written as it is written', async () => {
    const reached = await reach();
    let goOn = () => {};
    const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
    reached.docker.onSession = async ({ stdout }) => {
      stdout.write('early');
      await mayGoOn;
      stdout.write(' late');
      return 0;
    };
    const asked = request(reached.origin + EXEC, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN.acme}` },
    });
    asked.end('{"cmd": "slow"}');
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const ended = once(response, 'end');
    expect(String((await once(response, 'data'))[0])).toBe('early');
    goOn();
    expect(String((await once(response, 'data'))[0])).toBe(' late');
    await ended;
  });

  it.each([
    ['text in JSON', '{"cmd": "ps aux | wc"}', ['/bin/sh', '-c', 'ps aux | wc']],
    ['text in YAML', 'cmd: ps aux\n', ['/bin/sh', '-c', 'ps aux']],
    ['a list', '{"cmd": ["printf", "%s", "a b"]}', ['printf', '%s', 'a b']],
  ])('runs %s', async (_, body, cmd) => {
    const reached = await reach();
    const ran = note(reached);
    expect((await reached.post(EXEC, body)).status).toBe(204);
    expect(ran).toEqual([{ cmd, tty: false, stdin: false }]);
  });

  it('splits a text into words where the container has no shell, and runs it once', async () => {
    const reached = await reach();
    reached.docker.onExec = () => ({ exitCode: 126, output: 'exec: "/bin/sh": no such file or directory' });
    const ran = note(reached);
    expect((await reached.post(EXEC, { cmd: `/bin/app --name 'a b' "$HOME"` })).status).toBe(204);
    expect(ran.map(({ cmd }) => cmd)).toEqual([['/bin/app', '--name', 'a b', '$HOME']]);
    const wrong = await reached.post(EXEC, { cmd: `app 'a` });
    expect([wrong.status, messageOf(wrong)]).toEqual([400, "cmd: has a ' that is not closed"]);
  });

  it('looks for a shell once, and never by what was asked for', async () => {
    const reached = await reach();
    const looked: (readonly string[])[] = [];
    reached.docker.onExec = (_container, cmd) => {
      looked.push(cmd);
      return { exitCode: 0, output: '' };
    };
    note(reached);
    for (const cmd of ['rm a', 'rm b']) await reached.post(EXEC, { cmd });
    expect(looked).toEqual([['/bin/sh', '-c', ':']]);
  });

  it.each([
    ['', 'the body: expected'],
    ['{}', 'cmd: expected a text'],
    ['[]', 'the body: expected'],
    ['{"cmd": " "}', 'cmd: expected a text'],
    ['{"cmd": []}', 'cmd: expected a text'],
    ['{"cmd": ["ls", 1]}', 'cmd: expected texts in the list'],
    ['{"cmd": [""]}', 'cmd: the first of the list'],
    ['{"cmd": 5}', 'cmd: expected a text'],
    ['{"cmd": "a\\u0000b"}', 'cmd: a command cannot hold the character NUL'],
    ['{"cmd": "ls", "tty": true}', 'the body: unknown key tty'],
    ['{"cmd": ', 'the body is neither JSON nor YAML'],
  ])('refuses the body %j', async (body, message) => {
    const reached = await reach();
    const ran = note(reached);
    const answer = await reached.post(EXEC, body);
    expect([answer.status, messageOf(answer)]).toEqual([400, expect.stringContaining(message)]);
    expect(ran).toEqual([]);
  });

  it('runs nothing when something else about the request is wrong', async () => {
    const reached = await reach();
    const ran = note(reached);
    expect((await reached.post(`${EXEC}?fields=[`, { cmd: 'ls' })).status).toBe(400);
    expect((await reached.post(`${EXEC}?content=half`, { cmd: 'ls' })).status).toBe(400);
    expect(ran).toEqual([]);
  });

  it('reaches init containers, long names and tenants', async () => {
    const reached = await reach();
    const ran = note(reached);
    for (const path of [
      `${TILL}/init-containers/setup/exec`,
      EXEC.replace('web-1', 'acme.shop.web-1'),
      `${BASE}/containers/acme.shop.web-1.main/exec`,
      EXEC.replace('/state/', '/state/tenants/acme/'),
    ])
      expect([path, (await reached.post(path, { cmd: 'ls' })).status]).toEqual([path, 204]);
    expect(ran).toHaveLength(4);
  });

  it.each([
    [`${BASE}/containers/none/exec`, 404, 'no container none in service instance web-1'],
    [`${BASE}/init-containers/main/exec`, 404, 'no init-container main in service instance web-1'],
    [`${BASE.replace('web-1', 'web-9')}/containers/main/exec`, 404, 'no service instance web-9'],
    [`${TILL}/containers/main/exec`, 409, 'till-1: container main is not there yet'],
    [`${BASE}/vm-container/exec`, 409, 'web-1 has no virtual machine: not supported yet: vm'],
  ])('of %s is %i, whatever the body', async (path, status, message) => {
    const reached = await reach();
    const answer = await reached.post(path, '[]');
    expect([answer.status, messageOf(answer)]).toEqual([status, expect.stringContaining(message)]);
  });

  it('is 409 while the container, or the host, is down', async () => {
    const reached = await reach();
    reached.docker.engine.get(ON_ENGINE.main, 'stop it').status = 'paused';
    await reached.look();
    expect(messageOf(await reached.post(EXEC, '[]'))).toBe('web-1: container main does not run, it is paused');
    await reached.look({ status: 'down', message: 'connection refused' });
    const down = await reached.post(EXEC, '[]');
    expect([down.status, messageOf(down)]).toEqual([409, 'host local does not answer: connection refused']);
  });

  it('is 409 with the words of the engine when that refuses it', async () => {
    const reached = await reach();
    reached.docker.failNext('openExec', new DockerError('conflict', 'the container is not running'));
    const answer = await reached.post(EXEC, { cmd: ['ls'] });
    expect([answer.status, messageOf(answer)]).toEqual([409, 'the container is not running']);
    expect(reached.audit.list()).toMatchObject([{ reason: 'the container is not running' }]);
    expect(reached.errors).toEqual([]);
  });

  it('is 409 for a daemon that only looks', async () => {
    const reached = await reach({ dryRun: true });
    expect((await reached.post(EXEC, { cmd: 'ls' })).status).toBe(409);
    expect(reached.docker.calls.filter(({ method }) => /exec/i.test(method))).toEqual([]);
  });

  it('lets go of the engine when the client leaves, and the command runs on', async () => {
    const reached = await reach();
    let hasEnded = false;
    let stop = () => {};
    reached.docker.onSession = async ({ stdout }) => {
      stdout.write('begun');
      await new Promise<void>((resolve) => (stop = resolve));
      hasEnded = true;
      return 0;
    };
    const asked = request(reached.origin + EXEC, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN.acme}` },
    });
    asked.on('error', () => undefined);
    asked.end('{"cmd": "long"}');
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    await once(
      response.on('error', () => undefined),
      'data',
    );
    asked.destroy();
    await eventually(() =>
      expect(reached.audit.list()).toMatchObject([{ reason: 'the client or the daemon closed the session' }]),
    );
    expect(reached.audit.list()[0]).not.toHaveProperty('exit-code');
    expect(hasEnded).toBe(false);
    stop();
    expect(reached.errors).toEqual([]);
  });

  it('lets go of the engine when the client leaves before there is anything', async () => {
    const reached = await reach();
    reached.docker.onSession = () => new Promise(() => undefined);
    const asked = request(reached.origin + EXEC, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN.acme}` },
    });
    asked.on('error', () => undefined);
    asked.end('{"cmd": "long"}');
    await eventually(() => expect(reached.docker.calls.some(({ method }) => method === 'openExec')).toBe(true));
    asked.destroy();
    await eventually(() => expect(reached.audit.list()[0]).toHaveProperty('ended-at'));
    expect(reached.audit.list()).toMatchObject([{ reason: 'the client or the daemon closed the session' }]);
    expect(reached.errors).toEqual([]);
  });

  it('breaks off when the container goes with the command in it', async () => {
    const reached = await reach();
    reached.docker.onSession = async ({ stdout }) => {
      stdout.write('begun');
      return new Promise(() => undefined);
    };
    const asked = request(reached.origin + EXEC, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN.acme}` },
    });
    asked.end('{"cmd": "long"}');
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    await once(response, 'data');
    await reached.docker.removeContainer(
      reached.docker.engine.get(ON_ENGINE.main, 'remove it').id,
      new AbortController().signal,
    );
    await expect(once(response.resume(), 'end')).rejects.toThrow('aborted');
  });

  it('does not hold what a slow client does not take', async () => {
    const reached = await reach();
    let written = 0;
    reached.docker.onSession = async ({ stdout }) => {
      const chunk = Buffer.alloc(64 * 1024);
      for (let i = 0; i < 1024; i += 1) {
        written += chunk.length;
        if (!stdout.write(chunk)) await once(stdout, 'drain');
      }
      return 0;
    };
    const asked = request(reached.origin + EXEC, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN.acme}` },
    });
    asked.end('{"cmd": "cat big"}');
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.pause();
    const stalled = await settled(() => written);
    expect(stalled).toBeLessThan(24 * 1024 * 1024);
    let bytes = 0;
    response.on('data', (chunk: Buffer) => void (bytes += chunk.length));
    await once(response.resume(), 'end');
    expect([bytes, response.trailers['exec-exit-code']]).toEqual([64 * 1024 * 1024, '0']);
  });

  it('is for who has the role exec, or admin', async () => {
    const reached = await reach();
    note(reached);
    const statuses = [];
    for (const as of ['exec', 'acme', 'deaf', 'logs', 'operate', 'provider', 'nobody'] as const)
      statuses.push([as, (await reached.post(EXEC, { cmd: 'ls' }, as)).status]);
    expect(statuses).toEqual([
      ...[
        ['exec', 204],
        ['acme', 204],
        ['deaf', 204],
      ],
      ...[
        ['logs', 403],
        ['operate', 403],
        ['provider', 403],
        ['nobody', 401],
      ],
    ]);
  });

  it('leaves records of who ran something where, and never of what', async () => {
    const reached = await reach();
    note(reached, 'SECRET output', 2);
    const { headers } = await reached.post(EXEC, { cmd: 'echo SECRET-command' }, 'exec');
    const where = { tenant: 'acme', application: 'shop', 'service-instance': 'web-1', container: 'main' };
    const who = { principal: { name: 'exec', tenant: 'acme' } };
    const times = { 'started-at': '2026-01-02T03:04:05.678Z', 'ended-at': '2026-01-02T03:04:05.678Z' };
    const run = headers['fairlead-run'];
    const audit = (await reached.ask('/v1/state/audit', { as: 'acme' })).body;
    expect(audit).toEqual([
      {
        id: expect.stringMatching(/^20260102t/) as unknown,
        ...{ action: 'exec', ...who, address: '127.0.0.1', site: 'local', ...where, run, ...times },
        ...{ 'exit-code': 2, reason: 'the command ended' },
      },
    ]);
    const runs = (await reached.ask('/v1/state/runs', { as: 'acme' })).body;
    expect(runs).toEqual([
      {
        id: run,
        ...{ kind: 'exec', trigger: 'api', ...who, ...where, ...times },
        ...{ outcome: 'failed', 'error-message': 'the command ended, with exit code 2' },
      },
    ]);
    expect(JSON.stringify([audit, runs])).not.toContain('SECRET');
  });
});
