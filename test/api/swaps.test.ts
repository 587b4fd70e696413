import { describe, expect, it } from 'vitest';
import { createFleet } from './fleet.ts';
import { serve } from './served.ts';
import { tearsIn } from './tears.ts';

const SIZE = { tenants: 2, applications: 12, instances: 3 };
const SWAPS = 120;
/** Every so many swaps it is the whole fleet that changes. */
const RELEASE_EVERY = 8;
const LIST = '/v1/state/system/cluster/service-instances';

describe('a snapshot that is swapped while it is read', () => {
  it('drops and tears no answer: each is of one moment, and the last is as new as it', async () => {
    const fleet = createFleet(SIZE);
    const generations = [await fleet.make('1'), await fleet.make('2')] as const;
    let [shown, other] = generations;
    shown.show();
    const { ask, errors, store } = await serve(fleet.views.store.snapshot());
    let isOver = false;
    const seen = new Set<string>();
    const tears: string[] = [];
    const readAllAlong = async (path: string, look: (text: string) => readonly string[]) => {
      while (!isOver) {
        const { status, text } = await ask(path);
        seen.add(text);
        if (status !== 200) tears.push(`${path}: ${status}`);
        tears.push(...look(text));
      }
    };
    const readers = [
      readAllAlong(LIST, (text) => tearsIn(text, 36)),
      readAllAlong(LIST, (text) => tearsIn(text, 36)),
      readAllAlong('/v1/state/applications/app-4', versionsApart),
      readAllAlong('/v1/state/tenants/tenant-1/applications', versionsApart),
    ];
    for (let swap = 1; swap <= SWAPS; swap += 1) {
      if (swap % RELEASE_EVERY === 0) {
        [shown, other] = [other, shown];
        shown.show();
      }
      const first = 2 * (swap % (SIZE.applications / 2));
      await shown.crash(first, first + 1);
      store.swap(fleet.views.store.snapshot());
      // Lets the readers in between any two.
      await new Promise((resolve) => setImmediate(resolve));
    }
    isOver = true;
    await Promise.all(readers);
    expect(tears).toEqual([]);
    expect(errors).toEqual([]);
    expect(seen.size, 'different answers').toBeGreaterThan(readers.length);
    const { ask: askAfresh } = await serve(store.snapshot());
    expect((await ask(LIST)).text).toBe((await askAfresh(LIST)).text);
  });
});

/** Of all that the text says of versions of instances. */
function versionsApart(text: string): readonly string[] {
  JSON.parse(text);
  const versions = new Set([...text.matchAll(/"application-version":"(\d)"/g)].map(([, version]) => version));
  return versions.size === 1 ? [] : [`versions ${[...versions].join(', ')}`];
}
