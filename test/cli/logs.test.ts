import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { logLines } from '../../src/cli/log-lines.ts';
import { eventually } from '../eventually.ts';
import { fail, INSTANCE, send } from './api-double.ts';
import { startLogServer, type LoggedLine, type LogServer, type LogServerOptions } from './log-server.ts';
import { createTerminal, run, shows, type Terminal } from './terminal.ts';

/** At a number of nanoseconds. */
const at = (ns: number, message: string): LoggedLine => ({
  time: `2026-01-02T03:04:05.${String(ns).padStart(9, '0')}Z`,
  message,
});

const LOGS = () => ({
  nginx: [at(1, 'GET /'), at(3_000_000, 'GET /favicon.ico')],
  page: [at(2, 'ready\u001b[0m'), at(3_000_001, '')],
  prepare: [at(0, 'made /data')],
});

async function shown(options: LogServerOptions, ...args: readonly string[]) {
  const server = await startLogServer({ logs: LOGS(), ...options });
  const terminal = createTerminal();
  await run(terminal, 'logs', 'shop', 'web-1', ...args, ...server.flags);
  return { server, terminal, text: terminal.stdout() };
}

describe('fairlead logs', () => {
  it('shows what all containers have logged, by time, each line with its container', async () => {
    const { terminal, text } = await shown({});
    expect(text).toBe(
      ['nginx | GET /', 'page  | ready\u001b[0m', 'nginx | GET /favicon.ico', 'page  | ', ''].join('\n'),
    );
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([0, '']);
  });

  it('shows one container as it is, be it an init container', async () => {
    expect((await shown({}, 'nginx')).text).toBe('GET /\nGET /favicon.ico\n');
    const { text, server } = await shown({}, 'prepare');
    expect(text).toBe('made /data\n');
    expect(server.asked.at(-1)).toBe(
      'GET /v1/state/applications/shop/service-instances/web-1/init-containers/prepare/logs',
    );
  });

  it('shows times where they are wanted', async () => {
    const { text } = await shown({}, 'nginx', '--timestamps');
    expect(text).toBe('2026-01-02T03:04:05.000000001Z GET /\n2026-01-02T03:04:05.003000000Z GET /favicon.ico\n');
  });

  it('asks for the last lines, or for those since a time', async () => {
    const { server, text } = await shown({}, '--tail', '1');
    expect(server.queries.toSorted()).toEqual([
      ['nginx', { tail: '1' }],
      ['page', { tail: '1' }],
    ]);
    expect(text).toBe('nginx | GET /favicon.ico\npage  | \n');
    const since = '2026-01-02T03:04:05.002Z';
    expect((await shown({}, 'nginx', '--since', since)).text).toBe('GET /favicon.ico\n');
  });

  it('asks for those before a time, which does not go with following', async () => {
    const until = '2026-01-02T03:04:05.002Z';
    const { server, text } = await shown({}, 'nginx', '--until', until);
    expect(server.queries).toEqual([['nginx', { until }]]);
    expect(text).toBe('GET /\n');
    await expect(run(createTerminal(), 'logs', 'shop', 'web-1', '--until', until, '-f')).rejects.toThrow(/--follow/);
  });

  it('leaves it to the server when ten minutes ago was', async () => {
    const { server } = await shown({}, 'nginx', '--since', '10m');
    expect(server.queries).toEqual([['nginx', { since: '10m' }]]);
  });

  it.each([
    ['--since', 'yesterday', 'It is neither a duration'],
    ['--since', '2026-13-41T00:00:00Z', 'It is neither a duration'],
    ['--since', '2026-01-02', 'It is neither a duration'],
    ['--until', 'tomorrow', 'It is neither a duration'],
    ['--tail', 'all', 'It is not a number of lines'],
    ['--tail', '-1', 'It is not a number of lines'],
  ])('does not take %s %s', async (flag, value, message) => {
    await expect(run(createTerminal(), 'logs', 'shop', 'web-1', flag, value)).rejects.toThrow(message);
  });

  it('gives each container a colour on a terminal, unless NO_COLOR says otherwise', async () => {
    const server = await startLogServer({ logs: LOGS() });
    for (const [env, expected] of [
      [{}, '\u001b[36mnginx | \u001b[39mGET /\n'],
      [{ NO_COLOR: '1' }, 'nginx | GET /\n'],
    ] as const) {
      const terminal = createTerminal({ isTTY: true, env });
      await run(terminal, 'logs', 'shop', 'web-1', ...server.flags);
      expect(terminal.stdout().startsWith(expected)).toBe(true);
    }
  });

  it('shows the others where one has no log, and says so', async () => {
    const refusals = { page: { status: 409, message: 'container-log-size is 0B' } };
    const { terminal, text } = await shown({ refusals });
    expect(text).toBe('nginx | GET /\nnginx | GET /favicon.ico\n');
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([0, 'fairlead: page: container-log-size is 0B\n']);
  });

  it('ends with 1 where it gets none, in the words of the server', async () => {
    for (const [status, message] of [
      [403, 'token ann may not see logs'],
      [404, 'no container page'],
      [409, 'container-log-size is 0B'],
    ] as const) {
      const refusals = { nginx: { status, message }, page: { status, message } };
      const { terminal } = await shown({ refusals }, 'page');
      expect([terminal.exitCode(), terminal.stderr()]).toEqual([1, `fairlead: ${message}\n`]);
      const all = await shown({ refusals });
      expect([all.terminal.exitCode(), all.terminal.stderr()]).toEqual([1, expect.stringMatching(message)]);
    }
  });

  it('ends quietly when nobody reads any more', async () => {
    const server = await startLogServer({ logs: LOGS() });
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const terminal = createTerminal({ stdout });
    await run(terminal, 'logs', 'shop', 'web-1', '--follow', ...server.flags);
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([141, '']);
  });
});

describe('fairlead logs --follow', () => {
  interface Following {
    readonly server: LogServer;
    readonly terminal: Terminal;
    readonly done: Promise<void>;
  }

  async function following(options: LogServerOptions, ...args: readonly string[]): Promise<Following> {
    const server = await startLogServer(options);
    const terminal = createTerminal();
    const done = run(terminal, 'logs', 'shop', 'web-1', '--follow', ...args, ...server.flags);
    return { server, terminal, done };
  }

  async function interrupt({ terminal, done }: Following): Promise<void> {
    terminal.pressCtrlC();
    await done;
    expect(terminal.exitCode()).toBe(130);
  }

  it('shows what is logged as it is, until Ctrl-C', async () => {
    const session = await following({ logs: LOGS() }, '--tail', '1');
    const { server, terminal } = session;
    await shows(terminal, /^(?=[^]*GET \/favicon)[^]*page {2}\| \n/);
    server.log('page', at(9_000_000, 'later'));
    await shows(terminal, /page {2}\| later\n/);
    server.log('nginx', at(8_000_000, 'an earlier time, but told now'));
    await shows(terminal, /later\nnginx \| an earlier time, but told now\n$/);
    await interrupt(session);
    expect(terminal.stderr()).toBe('');
  });

  it('goes on where it was when the connection breaks off: no line twice, none missing', async () => {
    const logs = { nginx: [at(1, 'first'), at(5_000_000, 'a'), at(5_000_000, 'b')] };
    const session = await following({ logs }, 'nginx');
    const { server, terminal } = session;
    await shows(terminal, /b\n/);
    await server.close();
    await eventually(() => expect(terminal.stderr()).toMatch(/^fairlead: nginx: no Fairlead answers/m));
    logs.nginx.push(at(5_000_000, 'c'), at(5_000_001, 'd'));
    const again = await startLogServer({ logs, port: Number(new URL(server.origin).port) });
    await shows(terminal, /d\n/);
    again.log('nginx', at(6_000_000, 'e'));
    await shows(terminal, /e\n/);
    await interrupt(session);
    expect(terminal.stdout()).toBe('first\na\nb\nc\nd\ne\n');
    expect(again.queries[0]).toEqual(['nginx', { follow: 'true', since: at(5_000_000, '').time }]);
  });

  it('goes on when a container was started again', async () => {
    const session = await following({ logs: LOGS() }, 'nginx');
    const { server, terminal } = session;
    await shows(terminal, /favicon/);
    server.end();
    server.log('nginx', at(9_000_000, 'started again'));
    await shows(terminal, /started again\n/);
    await interrupt(session);
    expect(terminal.stdout()).toBe('GET /\nGET /favicon.ico\nstarted again\n');
  });

  it('follows a container that a new version adds, from its first line on', async () => {
    let instance: object = { ...INSTANCE, containers: [{ name: 'nginx', 'oper-status': 'running' }] };
    const session = await following({ logs: LOGS(), instance: () => instance }, '--tail', '1');
    await shows(session.terminal, /favicon/);
    instance = INSTANCE;
    await shows(session.terminal, /page {2}\| ready|page \| ready/);
    await interrupt(session);
    expect(session.server.queries).toEqual([
      ['nginx', { follow: 'true', tail: '1' }],
      ['page', { follow: 'true' }],
    ]);
  });

  it('ends with 0 when nothing more will be logged', async () => {
    for (const [name, instance] of [
      ['prepare', INSTANCE],
      ['nginx', { ...INSTANCE, containers: [{ name: 'nginx', 'oper-status': 'admin-down' }] }],
    ] as const) {
      const { server, terminal, done } = await following({ logs: LOGS(), instance: () => instance }, name);
      await eventually(() => expect(server.followers()).toBe(1));
      server.end();
      await done;
      expect([terminal.exitCode(), terminal.stderr()]).toEqual([0, '']);
    }
  });

  it('ends with 0 when the instance has gone', async () => {
    let isGone = false;
    const answer: LogServerOptions['answer'] = (_, response) => {
      if (isGone) fail(response, { status: 404, message: 'no service instance web-1' });
      else send(response, INSTANCE);
      return true;
    };
    const { server, terminal, done } = await following({ logs: LOGS(), answer });
    await eventually(() => expect(server.followers()).toBe(2));
    isGone = true;
    server.end();
    await done;
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([0, '']);
  });

  it('ends with 1 when there is no daemon to begin with', async () => {
    const server = await startLogServer({});
    await server.close();
    const terminal = createTerminal();
    await run(terminal, 'logs', 'shop', 'web-1', '-f', ...server.flags);
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([1, expect.stringMatching(/no Fairlead answers/)]);
  });
});

describe('lines of a log in a stream of text', () => {
  it('are whole ones, however the text is cut', async () => {
    const text = [at(1, 'a'), at(2, 'ü\n')].map((line) => JSON.stringify({ ...line, container: 'c' })).join('\n\n');
    for (const size of [1, 7, 1000]) {
      const found: string[] = [];
      for await (const { message } of logLines(cut(`${text}\n{"torn`, size))) found.push(message);
      expect(found).toEqual(['a', 'ü\n']);
    }
  });

  it('are refused where they are something else', async () => {
    for (const text of ['<html>\n', '[]\n', '{"time":"x","message":1,"container":"c"}\n'])
      await expect(logLines(cut(text, 100)).next()).rejects.toThrow('no lines of a log');
  });
});

async function* cut(text: string, size: number): AsyncGenerator<string, void> {
  for (let from = 0; from < text.length; from += size) yield text.slice(from, from + size);
}
