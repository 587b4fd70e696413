import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { fail, send, startDouble, type ApiDouble, type Refusal } from './api-double.ts';
import { createTerminal, run } from './terminal.ts';

const RUN = '20260102t030405678z-5f3a9c01';

interface RestartServer extends ApiDouble {
  readonly bodies: readonly unknown[];
}

/** Accepts restarts, or refuses them; the documents of the run one after the other, the last for ever. */
async function startServer(documents: readonly unknown[], refusal?: Refusal, port?: number): Promise<RestartServer> {
  const bodies: unknown[] = [];
  const left = [...documents];
  const double = await startDouble({
    ...(port === undefined ? {} : { port }),
    answer(request, response) {
      if (request.url?.includes('/runs/')) send(response, left.length > 1 ? left.shift() : left[0]);
      else if (request.method !== 'POST') return false;
      else if (refusal !== undefined) fail(response, refusal);
      else
        void text(request).then((body) => {
          bodies.push(JSON.parse(body));
          response.writeHead(204, { 'fairlead-run': RUN }).end();
        });
      return true;
    },
  });
  return { ...double, bodies };
}

const RUNNING = { id: RUN, outcome: 'running' };

describe('fairlead restart', () => {
  it('says which run it is', async () => {
    const server = await startServer([RUNNING]);
    const terminal = createTerminal();
    await run(terminal, 'restart', 'shop', 'web-1', ...server.flags);
    expect([terminal.stdout(), terminal.exitCode()]).toEqual([`restart of web-1 of shop accepted, run ${RUN}\n`, 0]);
    expect(server.asked).toEqual(['POST /v1/state/applications/shop/service-instances/web-1/restart']);
    expect(server.bodies).toEqual([{}]);
  });

  it('does without the delayed shutdown where that is wanted', async () => {
    const server = await startServer([RUNNING]);
    await run(createTerminal(), 'restart', 'shop', 'web-1', '--no-delayed-shutdown', ...server.flags);
    expect(server.bodies).toEqual([{ 'no-delayed-shutdown': true }]);
  });

  it.each([
    ['succeeded', { reason: 'web-1 is ready' }, [0, 'succeeded: web-1 is ready\n', '']],
    ['failed', { 'error-message': 'no image' }, [1, '', 'fairlead: failed: no image\n']],
    ['cancelled', { reason: 'web-1 is not to run' }, [1, '', 'fairlead: cancelled: web-1 is not to run\n']],
  ] as const)('waits for the end: %s', async (outcome, why, expected) => {
    const server = await startServer([RUNNING, RUNNING, { id: RUN, outcome, ...why }]);
    const terminal = createTerminal();
    await run(terminal, 'restart', 'shop', 'web-1', '--wait', ...server.flags);
    const [, ...shown] = terminal.stdout().split('\n');
    expect([terminal.exitCode(), shown.join('\n'), terminal.stderr()]).toEqual(expected);
  });

  it('waits on while the daemon is away', async () => {
    const server = await startServer([RUNNING]);
    const terminal = createTerminal();
    const done = run(terminal, 'restart', 'shop', 'web-1', '--wait', ...server.flags);
    await eventually(() => expect(server.asked.length).toBeGreaterThan(1));
    await server.close();
    await eventually(() => expect(terminal.stderr()).toMatch(/^fairlead: no Fairlead answers .*\n$/));
    const port = Number(new URL(server.origin).port);
    await startServer([{ id: RUN, outcome: 'succeeded', reason: 'ready' }], undefined, port);
    await done;
    expect(terminal.exitCode()).toBe(0);
  });

  it('ends with 130 at Ctrl-C, and what was accepted goes on', async () => {
    const server = await startServer([RUNNING]);
    const terminal = createTerminal();
    const done = run(terminal, 'restart', 'shop', 'web-1', '--wait', ...server.flags);
    await eventually(() => expect(server.asked.length).toBeGreaterThan(1));
    terminal.pressCtrlC();
    await done;
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([130, '']);
  });

  it('ends with 1 where it is refused', async () => {
    const server = await startServer([], { status: 409, message: 'web-1 is being made anew already' });
    const terminal = createTerminal();
    await run(terminal, 'restart', 'shop', 'web-1', ...server.flags);
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([1, 'fairlead: web-1 is being made anew already\n']);
  });
});
