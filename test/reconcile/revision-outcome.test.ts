import { describe, expect, it } from 'vitest';
import type { ObservedHost } from '../../src/model/observed.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import { UNTRIED, type HostView } from '../../src/reconcile/host-loop.ts';
import { GitError } from '../../src/git/port.ts';
import { UNREAD, type RepositoryView } from '../../src/reconcile/repository-loop.ts';
import { createRevisionJudge } from '../../src/reconcile/revision-judge.ts';
import { judgeRevision, type RevisionPlace } from '../../src/reconcile/revision-outcome.ts';
import { createSummarizer } from '../../src/reconcile/summarize.ts';
import { application, desire, observedApplication, resolved } from '../builders.ts';

const NOW = 1_000_000;
const SHOP = desire([application('shop')]).applications['acme.shop']!;
const READ: RepositoryView = {
  ...UNREAD,
  ...{ wantedRevision: 'r1', fetchedRevision: 'r1', catalog: resolved([application('shop')]) },
};
const EMPTY: Plan = { revision: 'r1', steps: [], later: [], held: [], blocked: {}, wakeAt: undefined };
const NOTHING: ObservedHost = {
  ...{ host: 'local', applications: {}, sharedNetworks: [], images: [], persistentVolumes: [], logs: [], markers: [] },
  takenSubnets: [],
};
const UP: HostView = {
  ...UNTRIED,
  ...{ host: 'local', status: 'up', message: '', tried: true, plan: EMPTY, appliedRevision: 'r1' },
  desired: desire([application('shop')]),
  observed: { ...NOTHING, applications: { 'acme.shop': observedApplication(SHOP) } },
};
const STEP: Step = {
  id: 'start container acme.shop.web-1.main',
  action: { kind: 'start-container', name: 'x', prepare: [] },
  ...{ target: 'acme.shop.web-1', application: 'acme.shop', intent: 'create', reason: 'it is missing', after: [] },
};
const IN_FORCE: RevisionPlace = { kind: 'in-force', revision: 'r1' };

interface Seen {
  readonly repository?: Partial<RepositoryView>;
  readonly host?: Partial<HostView>;
  readonly place?: RevisionPlace | undefined;
  readonly dryRun?: boolean;
}

function snapshotOf({ repository, host }: Seen) {
  const ages = { wantedSince: 0, outdatedSince: 0 };
  const around = { site: 'local', siteLabels: {}, ages, now: NOW };
  return createSummarizer()({ repository: { ...READ, ...repository }, host: { ...UP, ...host }, ...around });
}

function judge(seen: Seen = {}) {
  const views = { snapshot: snapshotOf(seen), host: { ...UP, ...seen.host }, branch: 'main' };
  return judgeRevision(views, 'place' in seen ? seen.place : IN_FORCE, { dryRun: seen.dryRun === true, now: NOW });
}

describe('a commit', () => {
  it('is applied when nothing is left to do for the one in force and everything is ready', () => {
    expect(judge()).toEqual({ outcome: 'applied', reasons: [] });
  });

  it.each<[string, Seen, string]>([
    ['nothing was read', { place: undefined }, 'the repository has not been read so far'],
    [
      'it is not on the branch',
      { place: { kind: 'not-there', walked: 3, whole: true } },
      'main, as the daemon saw it last, is at r1, which does not contain it',
    ],
    [
      'it may be far back',
      { place: { kind: 'not-there', walked: 1000, whole: false } },
      'main, as the daemon saw it last, is at r1, which does not contain it within 1000 commits',
    ],
    [
      'another is just being read',
      { repository: { wantedRevision: 'r2' }, place: { kind: 'not-there', walked: 3, whole: true } },
      'the daemon reads r2 of main',
    ],
    [
      'the repository cannot be reached',
      { repository: { error: 'connection refused' }, place: { kind: 'not-there', walked: 3, whole: true } },
      'the repository cannot be followed: connection refused',
    ],
    [
      'the plan is of another',
      { host: { plan: { ...EMPTY, revision: 'r0' } } },
      'the hosts have not been compared with r1 so far',
    ],
    [
      'a host does not answer',
      { host: { status: 'down', message: 'refused', changedAt: NOW } },
      'host local is down: refused',
    ],
    [
      'something is to be done',
      { host: { plan: { ...EMPTY, steps: [STEP] } } },
      'acme.shop.web-1: create, it is missing',
    ],
    ['something is being done', { host: { inFlight: [STEP] } }, 'acme.shop.web-1: create, it is missing'],
    [
      'something comes later',
      {
        host: {
          plan: { ...EMPTY, later: [{ step: STEP, at: NOW + 1, waitingFor: 'retry 2' }] },
          appliedRevision: 'r0',
        },
      },
      'acme.shop.web-1: create later, it is missing (retry 2)',
    ],
    ['an instance is not ready', { host: { observed: NOTHING } }, 'acme.shop: web-1 is not ready, starting'],
  ])('waits while %s, and that is said', (_when, seen, reason) => {
    const { outcome, reasons } = judge(seen);
    expect([outcome, reasons]).toEqual(['waiting', expect.arrayContaining([expect.stringContaining(reason)])]);
  });

  it.each<[string, Seen, string]>([
    [
      'a removal is held',
      { host: { plan: { ...EMPTY, held: [{ application: 'acme.old', reason: 'too many' }] } } },
      'acme.old: too many',
    ],
    [
      'the host has been away too long',
      { host: { status: 'down', message: 'refused', changedAt: NOW - 15_000 } },
      'host local: refused',
    ],
    ['the daemon only looks', { dryRun: true }, 'this daemon was started with --dry-run: it applies nothing'],
  ])('failed when %s', (_when, seen, reason) => {
    expect(judge(seen)).toEqual({ outcome: 'failed', reasons: [reason] });
  });

  it('has at most twenty reasons, and says how many there are', () => {
    const held = Array.from({ length: 30 }, (_, i) => ({ application: `acme.a${i}`, reason: 'too many' }));
    const { reasons } = judge({ host: { plan: { ...EMPTY, held } } });
    expect([reasons.length, reasons.at(-1)]).toEqual([20, 'and 11 more']);
  });
});

describe('whoever asks about a commit', () => {
  const ask = (find: (asked: string, head: string) => Promise<RevisionPlace>, seen: Seen = {}) =>
    createRevisionJudge({
      snapshot: () => snapshotOf(seen),
      host: () => ({ ...UP, ...seen.host }),
      find,
      ...{ branch: 'main', dryRun: false, now: () => NOW },
    })('abc1234');

  it('is told the whole of its name, and which commit is in force', async () => {
    const found = await ask(async () => ({ kind: 'in-force', revision: 'abc1234567' }));
    expect(found).toEqual({ revision: 'abc1234567', outcome: 'applied', 'judged-revision': 'r1', reasons: [] });
  });

  it('is told that it was refused where nobody trusted has signed it, and nothing of that where it is in force', async () => {
    const error = 'commit r2 is not applied, for it carries no signature';
    const verification = { mode: 'commit', revision: 'r1', signer: '', tag: undefined, error } as const;
    const refusing = { repository: { wantedRevision: 'r2', verification } };
    const find = (contains: string) => async (_asked: string, head: string) =>
      head === contains
        ? ({ kind: 'in-force', revision: 'abc1234567' } as const)
        : ({ kind: 'not-there', walked: 1, whole: true } as const);
    expect(await ask(find('r2'), refusing)).toMatchObject({ outcome: 'failed', reasons: [error] });
    expect(await ask(find('r1'), refusing)).toMatchObject({ outcome: 'applied', 'judged-revision': 'r1' });
    const unread = { repository: { ...refusing.repository, fetchedRevision: '', catalog: undefined } };
    expect(await ask(find('r2'), unread)).toMatchObject({ outcome: 'failed', reasons: [error] });
    expect(await ask(find('r9'), refusing)).toMatchObject({
      outcome: 'waiting',
      reasons: [
        expect.stringContaining('is at r1, which does not contain it'),
        `the repository cannot be followed: ${error}`,
      ],
    });
  });

  it('waits while history cannot be read, or nothing was', async () => {
    const broken = () => Promise.reject(new GitError('unreachable', 'connection refused'));
    expect(await ask(broken)).toMatchObject({
      ...{ revision: 'abc1234', outcome: 'waiting', 'judged-revision': '' },
      reasons: ['history cannot be read: connection refused'],
    });
    const unread = { repository: { fetchedRevision: '', wantedRevision: '', catalog: undefined } };
    expect(await ask(broken, unread)).toMatchObject({ reasons: ['the repository has not been read so far'] });
  });
});
