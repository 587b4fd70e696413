import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PEOPLE } from '../forge/forge-people.ts';
import { startForgeOf, type Forge } from '../forge/forges.ts';
import { createTerminal, run, tokenFile } from './terminal.ts';

/** `fairlead comment …` in a pipeline of GitHub for pull request 12. */
async function commented(forge: Forge, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-comment-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const event = path.join(folder, 'event.json');
  await writeFile(event, JSON.stringify({ pull_request: { number: 12 } }));
  const terminal = createTerminal({
    env: {
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: forge.pullRequest.api,
      GITHUB_REPOSITORY: 'acme/fleet',
      GITHUB_EVENT_PATH: event,
      ...env,
    },
  });
  terminal.stdin.end('from the pipe');
  const text = path.join(folder, 'review.md');
  await writeFile(text, '**1 change**\n');
  await run(terminal, 'comment', ...args.map((arg) => (arg === 'FILE' ? text : arg)));
  return { stdout: terminal.stdout(), stderr: terminal.stderr(), exitCode: terminal.exitCode() };
}

const { actions, reader, robot } = PEOPLE;
const TOKEN = { GITHUB_TOKEN: actions.token };

describe('fairlead comment', () => {
  it('makes one comment of a file or the standard input, and updates it', async () => {
    const forge = await startForgeOf('github');
    expect(await commented(forge, ['FILE'], TOKEN)).toEqual({
      stdout: 'the pull request has a new comment\n',
      stderr: '',
      exitCode: 0,
    });
    expect(await commented(forge, [], TOKEN)).toMatchObject({
      stdout: 'the comment of the pull request is updated\n',
      exitCode: 0,
    });
    expect(forge.comments.all.map(({ body }) => body)).toEqual(['<!-- fairlead comment: review -->\nfrom the pipe\n']);
  });

  it('takes everything from flags outside of a pipeline', async () => {
    const forge = await startForgeOf('gitlab');
    const { api, repository } = forge.pullRequest;
    const where = ['--forge', 'gitlab', '--api', api, '--repository', repository, '--pull-request', '12'];
    const file = await tokenFile(robot.token);
    expect(await commented(forge, ['FILE', ...where, '--token-file', file])).toMatchObject({ exitCode: 0 });
    expect(forge.comments.all).toHaveLength(1);
  });

  it('asks again after a moment when the forge limits, and says so', async () => {
    const forge = await startForgeOf('github');
    forge.interrupt('GET', { status: 429, headers: { 'retry-after': '0' }, body: { message: 'slow down' } });
    const { stderr, exitCode } = await commented(forge, ['FILE'], TOKEN);
    expect(stderr).toBe(`${forge.origin}: it answers 429: slow down; asking again in 0 s\n`);
    expect(exitCode).toBe(0);
  });

  it('ends with 1 and says what usually is the matter when the token may only read', async () => {
    const forge = await startForgeOf('github');
    const { stderr, exitCode } = await commented(forge, ['FILE'], { GITHUB_TOKEN: reader.token });
    expect(stderr).toMatch(
      /403: Resource not accessible by integration; the token may not comment .*a pull request from a fork/,
    );
    expect(exitCode).toBe(1);
  });

  it.each([
    ['there is no token', ['FILE'], {}],
    ['no name', ['FILE', '--name', 'a -->'], TOKEN],
    ['cannot be read', ['/nowhere/review.md'], TOKEN],
    ['the text is empty', ['/dev/null'], TOKEN],
    ['runs for no pull request', ['FILE'], { ...TOKEN, GITHUB_EVENT_PATH: '/nowhere' }],
    ['characters that no token has', ['FILE'], { GITHUB_TOKEN: 'secret\nX-Injected: 1' }],
  ])('ends with 2 when it is called wrongly: %s', async (sentence, args, env) => {
    const forge = await startForgeOf('github');
    const { stderr, exitCode } = await commented(forge, args, env);
    expect({ stderr, exitCode }).toEqual({ stderr: expect.stringContaining(sentence) as string, exitCode: 2 });
    expect(stderr).not.toContain('secret');
    expect(forge.comments.all).toEqual([]);
  });
});
