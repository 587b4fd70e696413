import { describe, expect, it } from 'vitest';
import type { ObservedApplication, ObservedHost } from '../../src/model/observed.ts';
import type { Attempt, Plan, Step } from '../../src/model/plan.ts';
import { PRUNE_CHECK_REASON } from '../../src/plan/prune-guard.ts';
import { UNTRIED, type HostView } from '../../src/reconcile/host-loop.ts';
import { judgeOutcome } from '../../src/reconcile/outcome.ts';
import { UNREAD, type RepositoryView } from '../../src/reconcile/repository-loop.ts';
import { createSummarizer } from '../../src/reconcile/summarize.ts';
import type { UpgradeProgress } from '../../src/upgrade/decision.ts';
import { desire, application, observedApplication, resolved } from '../builders.ts';

const NOW = 1_000_000;
const CATALOG = resolved([application('shop')]);
const READ: RepositoryView = { ...UNREAD, wantedRevision: 'r1', fetchedRevision: 'r1', catalog: CATALOG };
const EMPTY: Plan = { revision: 'r1', steps: [], later: [], held: [], blocked: {}, wakeAt: undefined };
const UP: HostView = {
  ...UNTRIED,
  host: 'local',
  status: 'up',
  message: '',
  tried: true,
  desired: desire([application('shop')]),
  plan: EMPTY,
};
const OBSERVED: ObservedHost = {
  ...{ host: 'local', applications: {}, sharedNetworks: [], images: [], persistentVolumes: [], logs: [], markers: [] },
  takenSubnets: [],
};
const STEP: Step = {
  id: 'start container x',
  action: { kind: 'start-container', name: 'x', prepare: [] },
  target: 'acme.shop.web-1',
  application: 'acme.shop',
  intent: 'repair',
  reason: '',
  after: [],
};

function judge(repository: Partial<RepositoryView>, host: Partial<HostView>, dryRun = false) {
  const views = {
    repository: { ...READ, ...repository },
    host: { ...UP, ...host },
    site: 'local',
    siteLabels: {},
    ages: { wantedSince: 0, outdatedSince: 0 },
    now: NOW,
  };
  return judgeOutcome(createSummarizer()(views), views.host, { dryRun, now: NOW });
}

function failing(count: number): Partial<HostView> {
  const attempt: Attempt = {
    stepId: STEP.id,
    application: 'acme.shop',
    desiredHash: UP.desired!.applications['acme.shop']!.hash,
    count,
    at: NOW,
    error: 'no',
  };
  return {
    attempts: [attempt],
    plan: { ...EMPTY, later: [{ step: STEP, at: NOW + 1, waitingFor: 'try failed: no' }] },
  };
}

describe('a run with --once', () => {
  it('goes on while an upgrade waits, though every instance is ready', () => {
    const shop = UP.desired!.applications['acme.shop']!;
    const observed = { ...OBSERVED, applications: { 'acme.shop': observedApplication(shop) } };
    const upgrade: UpgradeProgress = {
      ...{
        state: 'upgrading',
        from: ['0.9'],
        to: '1.0',
        method: 'per-service',
        batch: 1,
        batches: 1,
        done: 0,
        left: 0,
      },
      ...{ waitingFor: 'web-1', healthyAt: NOW + 1, reason: '', waiting: [], proving: ['acme.shop.web-1'] },
    };
    const during = new Map([['acme.shop', { hash: shop.hash, upgrade, hold: undefined }]]);
    expect(judge({}, { observed, applications: during })).toEqual({ done: false });
    const aborted = new Map([
      ['acme.shop', { hash: shop.hash, upgrade: { ...upgrade, state: 'aborted' as const }, hold: undefined }],
    ]);
    expect(judge({}, { observed, applications: aborted })).toMatchObject({
      done: true,
      failures: [expect.any(String)],
    });
    expect(judge({}, { observed })).toEqual({ done: true, failures: [] });
  });

  it.each([
    ['before the repository was read', { fetchedRevision: '', catalog: undefined }, {}],
    ['before the host was planned for', {}, { plan: undefined }],
    ['while the plan is of an older revision', {}, { plan: { ...EMPTY, revision: 'r0' } }],
    ['while a step can be taken', {}, { plan: { ...EMPTY, steps: [STEP] } }],
    [
      'while history is asked for a version that a deployment pins',
      { catalog: resolved([]) },
      { desired: { ...desire([]), awaited: ['acme.shop'] } },
    ],
    ['while a step is under way', {}, { inFlight: [STEP] }],
    ['while instances are not ready', {}, {}],
    [
      'while history is asked whether removals are meant',
      {},
      { plan: { ...EMPTY, held: [{ application: 'acme.old', reason: PRUNE_CHECK_REASON }] } },
    ],
    ['while the host has been away for a moment', {}, { status: 'down' as const, changedAt: NOW - 1_000 }],
    ['after a step failed once: it may be bad luck', {}, failing(1)],
  ])('goes on %s', (_when, repository, host) => {
    expect(judge(repository, host)).toEqual({ done: false });
  });

  it.each([
    [
      'the repository cannot be read',
      { fetchedRevision: '', catalog: undefined, error: 'no such repository' },
      {},
      'no such repository',
    ],
    [
      'nothing is signed that could be applied',
      {
        fetchedRevision: '',
        catalog: undefined,
        verification: {
          mode: 'commit' as const,
          revision: '',
          signer: '',
          tag: undefined,
          error: 'nothing is applied',
        },
      },
      {},
      'nothing is applied',
    ],
    [
      'what is wanted is not signed, though what is in force is ready',
      { verification: { mode: 'commit' as const, revision: 'r1', signer: 'a', tag: undefined, error: 'no signature' } },
      {},
      'no signature',
    ],
    [
      'the host has been away for 15 s',
      {},
      { status: 'down' as const, message: 'refused', changedAt: NOW - 15_000 },
      'host local: refused',
    ],
    ['a step failed three times and nothing else can proceed', {}, failing(3), 'start container x: try failed: no'],
    [
      'an application is left alone',
      { catalog: { ...CATALOG, leftAlone: { 'acme.shop': 'rejected' } } },
      {},
      'acme.shop: rejected',
    ],
    [
      'a removal is held',
      {},
      { plan: { ...EMPTY, held: [{ application: 'acme.old', reason: 'too many' }] } },
      'acme.old: too many',
    ],
  ])('fails when %s', (_when, repository, host, failure) => {
    expect(judge(repository, host)).toEqual({ done: true, failures: expect.arrayContaining([failure]) as string[] });
  });

  it('succeeds when nothing is left to do and everything is ready', () => {
    expect(judge({ catalog: resolved([]) }, { desired: desire([]) })).toEqual({ done: true, failures: [] });
  });

  it('goes on while an old instance lives on, ready or not', () => {
    const before = desire([application('shop')]).applications['acme.shop']!;
    const seen = observedApplication(before);
    const { containers } = seen.instances['acme.shop.web-1']!;
    const old = { service: 'web', index: 1, sandboxId: 'x', since: NOW, askedAt: undefined, containers };
    const observed = (lingering: ObservedApplication['lingering']) => ({
      host: 'local',
      applications: { 'acme.shop': { ...seen, instances: {}, lingering } },
      ...{ sharedNetworks: [], images: [], persistentVolumes: [], markers: [], logs: [], takenSubnets: [] },
    });
    const [catalog, nothing] = [resolved([]), desire([])];
    expect(judge({ catalog }, { desired: nothing, observed: observed([old]) })).toEqual({ done: false });
    expect(judge({ catalog }, { desired: nothing, observed: observed([]) })).toEqual({ done: true, failures: [] });
  });

  it('with --dry-run succeeds as soon as there is a plan', () => {
    expect(judge({}, { plan: { ...EMPTY, steps: [STEP] } }, true)).toEqual({ done: true, failures: [] });
  });
});
