import { createServer } from 'node:net';
import { once } from 'node:events';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { fail, send, startDouble, type ApiDouble } from './api-double.ts';
import { createTerminal, run, tokenFile } from './terminal.ts';

const SHA = '8b137891791fe96927ad78e64b0aad7bded08bdc';
const LATER = '1f0a22ab45bd7bd5d5d6cb3b0be6c3d2b6f2e1aa';

const waiting = (...reasons: readonly string[]) => ({
  ...{ revision: SHA, outcome: 'waiting', 'judged-revision': SHA },
  reasons,
});
const ended = (outcome: 'applied' | 'failed', judged = SHA, ...reasons: readonly string[]) => ({
  ...{ revision: SHA, outcome, 'judged-revision': judged },
  reasons,
});

interface StandingServer extends ApiDouble {
  /** Conditions the requests came with. */
  readonly conditions: readonly (string | undefined)[];
}

/** Tells one standing after the other, each twice: the second time by 304 alone where the client knows it. */
async function startServer(standings: readonly unknown[], port?: number): Promise<StandingServer> {
  const left = standings.flatMap((one) => [one, one]);
  const conditions: (string | undefined)[] = [];
  const double = await startDouble({
    ...(port === undefined ? {} : { port }),
    answer(request, response) {
      if (!request.url?.startsWith('/v1/state/repository/revisions/')) return false;
      const now = left.length > 1 ? left.shift() : left[0];
      const etag = `"${JSON.stringify(now).length}"`;
      conditions.push(request.headers['if-none-match']);
      response.setHeader('etag', etag);
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else send(response, now);
      return true;
    },
  });
  return { ...double, conditions };
}

const wait = (flags: readonly string[], ...more: readonly string[]) => ['wait', ...more, ...flags];

describe('fairlead wait', () => {
  it('ends with 0 when the commit is applied, and tells on the way what is missing, once', async () => {
    const server = await startServer([
      waiting('acme.shop.web-1: create, it is missing'),
      waiting('acme.shop: web-1 is not ready (has to stay ready for another 10s)'),
      waiting('acme.shop: web-1 is not ready (has to stay ready for another 9s)'),
      ended('applied'),
    ]);
    const terminal = createTerminal();
    await run(terminal, ...wait(server.flags, '--revision', SHA.slice(0, 7)));
    expect([terminal.exitCode(), terminal.stdout()]).toEqual([0, `${SHA} is applied\n`]);
    expect(terminal.stderr().split('\n')).toEqual([
      'waiting: acme.shop.web-1: create, it is missing',
      'waiting: acme.shop: web-1 is not ready (has to stay ready for another 10s)',
      '',
    ]);
    expect(server.asked[0]).toBe(`GET /v1/state/repository/revisions/${SHA.slice(0, 7)}`);
    expect(server.conditions.slice(0, 2)).toEqual([undefined, expect.stringMatching(/^"\d+"$/)]);
  });

  it('says by which later commit it is applied', async () => {
    const server = await startServer([ended('applied', LATER)]);
    const terminal = createTerminal();
    await run(terminal, ...wait(server.flags, '--revision', SHA));
    expect([terminal.exitCode(), terminal.stdout()]).toEqual([
      0,
      `${SHA} is applied with ${LATER}, which contains it\n`,
    ]);
  });

  it('ends with 1 when it failed, and says why', async () => {
    const server = await startServer([ended('failed', SHA, 'a.yaml:1:1: wrong', 'acme.shop: no such image')]);
    const terminal = createTerminal();
    await run(terminal, ...wait(server.flags, '--revision', SHA));
    expect([terminal.exitCode(), terminal.stdout()]).toEqual([1, '']);
    expect(terminal.stderr()).toBe(`fairlead: ${SHA} failed:\n  a.yaml:1:1: wrong\n  acme.shop: no such image\n`);
  });

  it('ends with 1 when it is not in time, and says all that is missing', async () => {
    const reasons = ['one', 'two', 'three', 'four', 'five'];
    const server = await startServer([waiting(...reasons)]);
    const terminal = createTerminal();
    await run(terminal, ...wait(server.flags, '--revision', SHA, '--timeout', '300ms'));
    expect(terminal.exitCode()).toBe(1);
    expect(terminal.stderr()).toBe(
      ['one', 'two', 'three', 'and 2 more'].map((line) => `waiting: ${line}\n`).join('') +
        `fairlead: ${SHA} is not applied after 300ms:\n` +
        reasons.map((reason) => `  ${reason}\n`).join(''),
    );
  });

  it('begins before the daemon does, and goes on over its restarts', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as { readonly port: number };
    await new Promise((resolve) => listener.close(resolve));
    const terminal = createTerminal();
    const flags = ['--server', `http://127.0.0.1:${port}`, '--token-file', await tokenFile('token-of-the-double')];
    const done = run(terminal, ...wait(flags, '--revision', SHA));
    await eventually(() => expect(terminal.stderr()).toMatch(/^waiting: no Fairlead answers .*\n$/));
    const first = await startServer([waiting('web-1 is not ready')], port);
    await eventually(() => expect(terminal.stderr()).toContain('waiting: web-1 is not ready\n'));
    await first.close();
    await eventually(() => expect(terminal.stderr().match(/no Fairlead answers/g)).toHaveLength(2));
    await startServer([ended('applied')], port);
    await done;
    expect(terminal.exitCode()).toBe(0);
  });

  it('ends with 1 at once where it may not ask, or the daemon says no', async () => {
    const double = await startDouble({
      answer(_request, response) {
        fail(response, { status: 409, message: `several commits begin with ${SHA.slice(0, 7)}; name more of it` });
        return true;
      },
    });
    const terminal = createTerminal();
    await run(terminal, ...wait(double.flags, '--revision', SHA.slice(0, 7)));
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([
      1,
      `fairlead: several commits begin with ${SHA.slice(0, 7)}; name more of it\n`,
    ]);
    const stranger = createTerminal();
    const flags = ['--server', double.origin, '--token-file', await tokenFile('of-somebody-else')];
    await run(stranger, ...wait(flags, '--revision', SHA));
    expect([stranger.exitCode(), stranger.stderr()]).toEqual([1, expect.stringContaining('does not know the token')]);
  });

  it('ends with 130 at Ctrl-C', async () => {
    const server = await startServer([waiting('web-1 is not ready')]);
    const terminal = createTerminal();
    const done = run(terminal, ...wait(server.flags, '--revision', SHA));
    await eventually(() => expect(terminal.stderr()).toContain('web-1'));
    terminal.pressCtrlC();
    await done;
    expect(terminal.exitCode()).toBe(130);
  });

  it.each([
    [[], /required option '--revision <SHA>' not specified/],
    [['--revision', 'main'], /Expected 7 to 40 hexadecimal digits/],
    [['--revision', 'abc123'], /Expected 7 to 40 hexadecimal digits/],
    [['--revision', SHA, '--timeout', 'soon'], /is not a duration/],
    [['--revision', SHA, '--timeout', '48h'], /at most 24h/],
  ])('takes no wrong usage: %j', async (args, message) => {
    const terminal = createTerminal();
    await expect(run(terminal, 'wait', ...args)).rejects.toThrow(CommanderError);
    expect(terminal.stderr()).toMatch(message);
  });
});
