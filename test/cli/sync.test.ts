import { describe, expect, it } from 'vitest';
import { fail, send, startDouble, type Refusal } from './api-double.ts';
import { createTerminal, run } from './terminal.ts';

const RUN = '20260102t030405678z-5f3a9c01';
const SHA = '8b137891791fe96927ad78e64b0aad7bded08bdc';
const RUNNING = { id: RUN, kind: 'sync', outcome: 'running' };

/** Accepts a look, or refuses it; the documents of its run one after the other, the last for ever. */
function startServer(documents: readonly unknown[], refusal?: Refusal) {
  const left = [...documents];
  return startDouble({
    answer(request, response) {
      if (request.url === `/v1/state/runs/${RUN}`) send(response, left.length > 1 ? left.shift() : left[0]);
      else if (request.method !== 'POST') return false;
      else if (refusal !== undefined) fail(response, refusal);
      else {
        response.statusCode = 202;
        send(response.setHeader('fairlead-run', RUN), RUNNING);
      }
      return true;
    },
  });
}

describe('fairlead sync', () => {
  it('says which run it is, and asks as site provider whatever the tenant', async () => {
    const server = await startServer([RUNNING]);
    const terminal = createTerminal();
    await run(terminal, 'sync', '--tenant', 'acme', ...server.flags);
    expect([terminal.exitCode(), terminal.stdout()]).toEqual([0, `look at the repository accepted, run ${RUN}\n`]);
    expect(server.asked).toEqual(['POST /v1/state/repository/sync']);
  });

  it('prints with --wait the revision and nothing else, for the next command of a pipeline', async () => {
    const reason = `main is at ${SHA}, as before`;
    const server = await startServer([RUNNING, { ...RUNNING, outcome: 'succeeded', revision: SHA, reason }]);
    const terminal = createTerminal();
    await run(terminal, 'sync', '--wait', '--tenant', 'acme', ...server.flags);
    expect([terminal.exitCode(), terminal.stdout(), terminal.stderr()]).toEqual([
      0,
      `${SHA}\n`,
      `fairlead: ${reason}\n`,
    ]);
  });

  it('ends with 1 where the repository cannot be reached, or nobody may ask', async () => {
    const gone = 'the repository cannot be reached: connection refused';
    const server = await startServer([{ ...RUNNING, outcome: 'failed', 'error-message': gone }]);
    const terminal = createTerminal();
    await run(terminal, 'sync', '--wait', ...server.flags);
    expect([terminal.exitCode(), terminal.stdout(), terminal.stderr()]).toEqual([1, '', `fairlead: failed: ${gone}\n`]);
    const refusing = await startServer([], { status: 403, message: 'the token lacks the role operate' });
    const refused = createTerminal();
    await run(refused, 'sync', ...refusing.flags);
    expect([refused.exitCode(), refused.stderr()]).toEqual([1, 'fairlead: the token lacks the role operate\n']);
  });
});
