import { describe, expect, it } from 'vitest';
import { keepComment, type WantedComment } from '../../src/forge/keep-comment.ts';
import { openThread } from '../../src/forge/open-thread.ts';
import { FORGES, type ForgeKind } from '../../src/forge/port.ts';
import { PEOPLE, type ForgePerson } from './forge-people.ts';
import { startForgeOf, type Forge } from './forges.ts';

const { robot, actions, giteaActions, reader, mallory } = PEOPLE;

const wanted: WantedComment = { name: 'review', text: '**2 changes**', elsewhere: undefined, updateOnly: false };

/** Keeps it, and tells how long was waited before each further try. */
async function keep(forge: Forge, person: ForgePerson = robot, given: Partial<WantedComment> = {}) {
  const waits: number[] = [];
  const outcome = await keepComment(
    openThread(forge.pullRequest, person.token),
    { ...wanted, ...given },
    {
      sleep: async (ms) => void waits.push(ms),
      onWait: () => undefined,
      signal: new AbortController().signal,
    },
  );
  return { outcome, waits };
}

/** Only those Fairlead made. */
function ours({ comments }: Forge): string[] {
  return comments.all.filter(({ body }) => body.includes('fairlead comment')).map(({ body }) => body);
}

function writes({ requests }: Forge): string[] {
  return requests.filter(({ method }) => method !== 'GET').map(({ method }) => method);
}

describe.each(FORGES)('a comment on %s', (kind: ForgeKind) => {
  it('is made once, then updated where it is', async () => {
    const forge = await startForgeOf(kind);
    expect(await keep(forge)).toMatchObject({ outcome: 'created' });
    expect(await keep(forge, robot, { text: 'no changes' })).toMatchObject({ outcome: 'updated' });
    expect(ours(forge)).toEqual(['<!-- fairlead comment: review -->\nno changes\n']);
  });

  it('is left alone while its text stays', async () => {
    const forge = await startForgeOf(kind);
    await keep(forge);
    expect(await keep(forge)).toMatchObject({ outcome: 'unchanged' });
    expect(writes(forge)).toEqual(['POST']);
  });

  it('is found behind hundreds of others', async () => {
    const forge = await startForgeOf(kind);
    for (let n = 0; n < 230; n += 1) forge.comments.add(mallory, `remark ${n}`);
    await keep(forge);
    for (let n = 0; n < 130; n += 1) forge.comments.add(mallory, `further remark ${n}`);
    expect(await keep(forge, robot, { text: 'new' })).toMatchObject({ outcome: 'updated' });
    expect(ours(forge)).toHaveLength(1);
  });

  it('is never one that somebody else wrote, whatever its text', async () => {
    const forge = await startForgeOf(kind);
    const trap = forge.comments.add(mallory, '<!-- fairlead comment: review -->\nno changes at all\n');
    expect(await keep(forge)).toMatchObject({ outcome: 'created' });
    expect(trap.body).toContain('no changes at all');
  });

  it('has a name, so that there may be several', async () => {
    const forge = await startForgeOf(kind);
    await keep(forge, robot, { name: 'north' });
    await keep(forge, robot, { name: 'south' });
    await keep(forge, robot, { name: 'north', text: 'new' });
    expect(ours(forge).map((body) => body.split('\n')[1])).toEqual(['new', '**2 changes**']);
  });

  it('is the only one again after two pipelines made one each', async () => {
    const forge = await startForgeOf(kind);
    for (const text of ['first', 'second']) forge.comments.add(robot, `<!-- fairlead comment: review -->\n${text}\n`);
    await keep(forge);
    expect(ours(forge)).toEqual(['<!-- fairlead comment: review -->\n**2 changes**\n']);
  });

  it('is not made where only updates are wanted', async () => {
    const forge = await startForgeOf(kind);
    expect(await keep(forge, robot, { updateOnly: true })).toMatchObject({ outcome: 'not wanted' });
    await keep(forge);
    expect(await keep(forge, robot, { updateOnly: true, text: 'x' })).toMatchObject({ outcome: 'updated' });
  });

  it('waits as long as the forge says when it limits', async () => {
    const forge = await startForgeOf(kind);
    forge.interrupt('GET', { status: 429, headers: { 'retry-after': '7' }, body: { message: 'Too Many Requests' } });
    expect(await keep(forge)).toEqual({ outcome: 'created', waits: [7000] });
  });

  it('is made once although the answer got lost', async () => {
    const forge = await startForgeOf(kind);
    forge.interrupt('POST', 'hang up', 'after');
    expect(await keep(forge)).toMatchObject({ outcome: 'unchanged', waits: [2000] });
    forge.interrupt('POST', { status: 502 }, 'after');
    expect(await keep(forge, robot, { name: 'other' })).toMatchObject({ outcome: 'unchanged' });
    expect(ours(forge)).toHaveLength(2);
  });

  it('is given up after a few tries', async () => {
    const forge = await startForgeOf(kind);
    for (let n = 0; n < 9; n += 1) forge.interrupt('GET', { status: 503 });
    await expect(keep(forge)).rejects.toThrow(`${forge.origin}: it answers 503`);
    expect(forge.requests).toHaveLength(4);
  });

  it('is given up at once when the forge wants a wait of more than two minutes', async () => {
    const forge = await startForgeOf(kind);
    forge.interrupt('GET', { status: 429, headers: { 'retry-after': '3600' }, body: { message: 'slow down' } });
    await expect(keep(forge)).rejects.toThrow('it answers 429: slow down');
  });

  it('tells a wrong token and a missing pull request in the words of the forge, without the token', async () => {
    const forge = await startForgeOf(kind);
    const wrong = { ...robot, token: 'wrong-token-0123456789' };
    await expect(keep(forge, wrong)).rejects.toMatchObject({
      status: 401,
      message: expect.stringContaining('401') as string,
    });
    await expect(keep(forge, wrong)).rejects.not.toMatchObject({
      message: expect.stringContaining(wrong.token) as string,
    });
    const elsewhere = { ...forge, pullRequest: { ...forge.pullRequest, number: 13 } };
    await expect(keep(elsewhere)).rejects.toMatchObject({ status: 404, retryAfterMs: undefined });
  });

  it('takes the token out of what the forge says, and to no other server', async () => {
    const forge = await startForgeOf(kind);
    forge.interrupt('GET', { status: 400, body: { message: `what is ${robot.token}?` } });
    await expect(keep(forge)).rejects.toThrow('it answers 400: what is ***?');
    const other = await startForgeOf(kind);
    forge.interrupt('GET', { status: 302, headers: { location: `${other.origin}/user` } });
    await expect(keep(forge)).rejects.toThrow('name the API itself (--api');
    expect(other.requests).toEqual([]);
  });
});

describe('a comment of a pipeline of its own', () => {
  it('is known by GitHub’s bot, which cannot ask who it is', async () => {
    const forge = await startForgeOf('github');
    forge.comments.add(mallory, '<!-- fairlead comment: review -->\nno changes at all\n');
    expect(await keep(forge, actions)).toMatchObject({ outcome: 'created' });
    expect(await keep(forge, actions, { text: 'new' })).toMatchObject({ outcome: 'updated' });
  });

  it('is known by Gitea’s, too', async () => {
    const forge = await startForgeOf('gitea');
    expect(await keep(forge, giteaActions)).toMatchObject({ outcome: 'created' });
    expect(await keep(forge, giteaActions, { text: 'new' })).toMatchObject({ outcome: 'updated' });
  });

  it('is refused where the token may only read, without another try', async () => {
    const forge = await startForgeOf('github');
    await expect(keep(forge, reader)).rejects.toMatchObject({
      status: 403,
      retryAfterMs: undefined,
      message: `${forge.origin}: it answers 403: Resource not accessible by integration`,
    });
  });

  it('waits for GitHub’s hourly limit where it ends soon', async () => {
    const forge = await startForgeOf('github');
    const reset = String(Math.ceil(Date.now() / 1000) + 60);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    forge.interrupt('GET', { status: 403, headers, body: { message: 'API rate limit exceeded' } });
    const { outcome, waits } = await keep(forge, actions);
    expect(outcome).toBe('created');
    expect(waits[0]).toBeGreaterThan(50_000);
    expect(waits[0]).toBeLessThanOrEqual(61_000);
  });

  it('follows no link to another server', async () => {
    const forge = await startForgeOf('github');
    forge.interrupt('GET', { status: 200, body: { id: robot.id } });
    forge.interrupt('GET', { status: 200, headers: { link: '<http://127.0.0.1:9/x>; rel="next"' }, body: [] });
    await expect(keep(forge)).rejects.toThrow('where the token does not belong');
  });

  it.each(FORGES)('fits into a comment of %s however long it is', async (kind) => {
    const forge = await startForgeOf(kind);
    const text = Array.from({ length: 120_000 }, (_, n) => `- line ${n}`).join('\n');
    expect(await keep(forge, robot, { text, elsewhere: 'https://ci.example.com/1' })).toMatchObject({
      outcome: 'created',
    });
    expect(ours(forge)[0]).toMatch(
      /- line \d+\n\n_This was too long .*\[all of it\]\(https:\/\/ci\.example\.com\/1\)\._\n$/,
    );
  });
});
