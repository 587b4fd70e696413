import { describe, expect, it } from 'vitest';
import {
  changes,
  NOTHING_TOLD,
  withUndelivered,
  withoutUndelivered,
  type Memory,
  type Told,
} from '../../src/notify/changes.ts';
import type { ReportState, RevisionReport } from '../../src/notify/report.ts';

function report(revision: string, state: ReportState, ...reasons: string[]): RevisionReport {
  return { revision, site: 'berlin', state, reasons };
}

/** Plays what is seen at which second; shows what is told, with the second. */
function play(scenes: readonly (readonly [number, ...RevisionReport[]])[], told: Told = NOTHING_TOLD) {
  let memory: Memory = { told, seen: {} };
  const statuses: string[] = [];
  const notices: string[] = [];
  let wakeAt: number | undefined;
  for (const [second, ...reports] of scenes) {
    const found = changes(memory, reports, second * 1000);
    ({ memory, wakeAt } = found);
    statuses.push(...found.statuses.map(({ revision, state }) => `${second} ${revision} ${state}`));
    notices.push(...found.notices.map(({ event, report: { revision } }) => `${second} ${event} ${revision}`));
  }
  return { statuses, notices, told: memory.told, wakeAt };
}

const APPLIED = play([
  [0, report('a', 'success')],
  [5, report('a', 'success')],
]).told;

describe('the status of a commit', () => {
  it('is pending at once, and anything else once it has lasted five seconds', () => {
    const { statuses } = play([
      [0, report('a', 'pending')],
      [1, report('a', 'success')],
      [5, report('a', 'success')],
      [6, report('a', 'success')],
      [60, report('a', 'success')],
    ]);
    expect(statuses).toEqual(['0 a pending', '6 a success']);
  });

  it('does not follow what goes to and fro within seconds', () => {
    const flaps = [10, 12, 14, 16].map((n) => [n, report('a', n % 4 === 2 ? 'pending' : 'success')] as const);
    expect(play(flaps, APPLIED).statuses).toEqual([]);
  });

  it('says when to look again, and nothing while nothing waits', () => {
    expect(play([[0, report('a', 'success')]]).wakeAt).toBe(5_000);
    expect(play([[9, report('a', 'success')]], APPLIED).wakeAt).toBeUndefined();
  });

  it('gets new words a minute after the former ones, and then ever more seldom', () => {
    const scenes = Array.from({ length: 60 }, (_, n) => [n * 10, report('a', 'pending', `step ${n}`)] as const);
    expect(play(scenes).statuses).toEqual(['0 a pending', '60 a pending', '180 a pending', '360 a pending']);
  });

  it('that changes for hours stays far below what a forge takes', () => {
    const scenes = Array.from(
      { length: 4320 },
      (_, n) => [n * 10, report('a', n % 2 === 0 ? 'pending' : 'failure')] as const,
    );
    expect(play(scenes).statuses.length).toBeLessThan(100);
  });

  it('is told of both commits while one is refused and another one in force', () => {
    const both = [report('b', 'failure', 'not signed'), report('a', 'success')];
    expect(
      play(
        [
          [10, ...both],
          [15, ...both],
          [30, ...both],
        ],
        APPLIED,
      ),
    ).toMatchObject({
      statuses: ['15 b failure'],
      notices: ['15 failure b'],
    });
  });

  it('is not told again after a restart, unless it never got there', () => {
    const again = [
      [20, report('a', 'success')],
      [25, report('a', 'success')],
    ] as const;
    expect(play(again, APPLIED).statuses).toEqual([]);
    const lost = withUndelivered(APPLIED, report('a', 'success'));
    expect(play(again, lost).statuses).toEqual([]);
    expect(play(again, withoutUndelivered(lost)).statuses).toEqual(['25 a success']);
  });

  it('is remembered for a hundred commits', () => {
    const scenes = Array.from({ length: 300 }, (_, n) => [n, report(`r${n}`, 'pending')] as const);
    const { told } = play(scenes);
    expect(Object.keys(told.statuses)).toHaveLength(100);
    expect(told.statuses['berlin r299']).toMatchObject({ state: 'pending' });
  });

  it('comes although the clock was set back', () => {
    const { statuses } = play([
      [1000, report('b', 'failure')],
      [10, report('b', 'failure')],
      [15, report('b', 'failure')],
    ]);
    expect(statuses).toEqual(['15 b failure']);
  });
});

describe('people', () => {
  it('are told of a failure, and that it is over, also when a later commit ends it', () => {
    const { notices } = play(
      [
        [10, report('b', 'failure')],
        [15, report('b', 'failure')],
        [50, report('c', 'pending')],
        [60, report('c', 'success')],
        [65, report('c', 'success')],
        [99, report('c', 'success')],
      ],
      APPLIED,
    );
    expect(notices).toEqual(['15 failure b', '65 recovery c']);
  });

  it('are told of a commit that is applied where nothing had failed', () => {
    expect(
      play(
        [
          [10, report('b', 'success')],
          [15, report('b', 'success')],
        ],
        APPLIED,
      ).notices,
    ).toEqual(['15 success b']);
  });

  it('are not told of the success with which everything begins, but of a failure', () => {
    expect(
      play([
        [0, report('a', 'success')],
        [5, report('a', 'success')],
      ]).notices,
    ).toEqual([]);
    expect(
      play([
        [0, report('a', 'failure')],
        [5, report('a', 'failure')],
      ]).notices,
    ).toEqual(['5 failure a']);
  });

  it('hear of a commit that fails and recovers again and again once in ten minutes', () => {
    const scenes = Array.from(
      { length: 130 },
      (_, n) => [100 + n * 10, report('a', n % 2 === 0 ? 'failure' : 'success')] as const,
    );
    const doubled = scenes.flatMap(([at, seen]) => [[at, seen] as const, [at + 5, seen] as const]);
    expect(play(doubled, APPLIED).notices).toEqual([
      '105 failure a',
      '115 recovery a',
      '705 failure a',
      '715 recovery a',
      '1305 failure a',
      '1315 recovery a',
    ]);
  });

  it('hear of the end of a failure that stays over, though it came too soon after the last', () => {
    const flap = ['failure', 'success', 'failure', 'success'] as const;
    const scenes = flap.flatMap((state, n) => [
      [n * 300, report('a', state)] as const,
      [n * 300 + 5, report('a', state)] as const,
    ]);
    const { notices, told } = play(scenes.slice(0, 6), APPLIED);
    expect(notices).toEqual(['5 failure a', '305 recovery a', '605 failure a']);
    expect(
      play(
        [
          [900, report('a', 'success')],
          [904, report('a', 'success')],
          [906, report('a', 'success')],
        ],
        told,
      ).notices,
    ).toEqual(['906 recovery a']);
  });
});
