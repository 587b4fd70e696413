import { describe, expect, it } from 'vitest';
import { createLooks } from '../../src/reconcile/looks.ts';
import { eventually } from '../eventually.ts';

const SEEN = { kind: 'seen', revision: 'r1', isNew: true } as const;

describe('a look that is asked for', () => {
  it('is one for all who ask before it begins, and another for who asks while it goes on', async () => {
    let rings = 0;
    const looks = createLooks({ paceMs: 0 });
    looks.attach(() => (rings += 1));
    const first = [looks.ask(), looks.ask(), looks.ask()];
    expect(rings).toBe(1);
    const tell = looks.begin();
    const second = looks.ask();
    expect(rings).toBe(2);
    tell(SEEN);
    expect(await Promise.all(first)).toEqual([SEEN, SEEN, SEEN]);
    looks.begin()({ kind: 'failed', error: 'no' });
    expect(await second).toEqual({ kind: 'failed', error: 'no' });
  });

  it('waits for its turn, so that however many ask the repository is spared', async () => {
    let time = 0;
    let rings = 0;
    const looks = createLooks({ paceMs: 20, elapsed: () => time });
    looks.attach(() => (rings += 1));
    looks.begin()(SEEN);
    const asked = [looks.ask(), looks.ask()];
    expect(rings).toBe(0);
    time = 20;
    await eventually(() => expect(rings).toBe(1));
    looks.begin()(SEEN);
    expect(await Promise.all(asked)).toEqual([SEEN, SEEN]);
  });

  it('ends with nothing when there will be none', async () => {
    const looks = createLooks();
    const before = looks.ask();
    looks.begin();
    const waiting = looks.ask();
    looks.close();
    expect(await Promise.all([before, waiting, looks.ask()])).toEqual([undefined, undefined, undefined]);
  });
});
