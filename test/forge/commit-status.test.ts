import { describe, expect, it } from 'vitest';
import { setCommitStatus, type CommitStatus } from '../../src/forge/commit-status.ts';
import { FORGES, ForgeError } from '../../src/forge/port.ts';
import { PEOPLE } from './forge-people.ts';
import { startForgeOf, type Forge } from './forges.ts';

const STATUS: CommitStatus = {
  revision: '8b137891791fe96927ad78e64b0aad7bded08bdc',
  ...{ state: 'pending', context: 'fairlead/berlin', description: 'waits', link: 'https://fairlead.example.com/' },
};

function set({ pullRequest }: Forge, status: Partial<CommitStatus> = {}, token: string = PEOPLE.robot.token) {
  const { signal } = new AbortController();
  return setCommitStatus(pullRequest, { ...STATUS, ...status }, { token, signal });
}

describe.each(FORGES)('the status of a commit on %s', (kind) => {
  it('goes from pending to success or failure, with a description and a link', async () => {
    const forge = await startForgeOf(kind);
    await set(forge);
    await set(forge, { state: 'failure', description: 'no such image', link: undefined });
    await set(forge, { state: 'success', description: 'applied' });
    const failed = kind === 'gitlab' ? 'failed' : 'failure';
    expect(forge.statuses.all).toEqual([
      { ...STATUS, state: 'pending' },
      { ...STATUS, state: failed, description: 'no such image', link: undefined },
      { ...STATUS, state: 'success', description: 'applied' },
    ]);
  });

  it('may be told twice', async () => {
    const forge = await startForgeOf(kind);
    await set(forge);
    await set(forge);
    expect(forge.statuses.all.at(-1)).toEqual({ ...STATUS, state: 'pending' });
  });

  it('is refused for good with a wrong token, one that may only read, another repository or no such commit', async () => {
    const forge = await startForgeOf(kind);
    const elsewhere = { ...forge, pullRequest: { ...forge.pullRequest, repository: 'acme/other' } };
    const failures = [
      set(forge, {}, 'wrong-token-0123456789'),
      set(forge, {}, PEOPLE.reader.token),
      set(elsewhere),
      set(forge, { revision: '0'.repeat(40) }),
      set(forge, { description: 'x'.repeat(300) }),
    ];
    const reasons = (await Promise.allSettled(failures)).map((result) => {
      return result.status === 'rejected' && result.reason instanceof ForgeError ? result.reason : undefined;
    });
    const [commit, long] = { github: [422, 422], gitlab: [404, 400], gitea: [404, 422] }[kind];
    expect(reasons.map((reason) => reason?.status)).toEqual([401, 403, 404, commit, long]);
    expect(reasons.map((reason) => reason?.retryAfterMs)).toEqual(reasons.map(() => undefined));
    expect(forge.statuses.all).toEqual([]);
  });

  it('is to be tried again when the forge says so', async () => {
    const forge = await startForgeOf(kind);
    forge.interrupt('POST', { status: 429, headers: { 'retry-after': '7' } });
    await expect(set(forge)).rejects.toMatchObject({ status: 429, retryAfterMs: 7000 });
  });
});
