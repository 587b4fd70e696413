import { describe, expect, it } from 'vitest';
import { FIRST } from './changes.ts';
import { createCourseOfHost } from './course-of-host.ts';
import { meddle, MEDDLINGS, type Meddling } from './meddling.ts';

// What somebody did to a host by hand is foreseen to be put right, as it then is.

const NAMES = [
  ...['acme.shop.web-1', 'acme.shop.web-1.main', 'acme.shop.web-2.fetch', 'acme.shop.db-1.main'],
  ...['acme.till.web-1.main', 'acme.till.web-2', 'acme.till.job-1', 'acme.scale.web-2.main'],
];

/** The engine itself restarts what crashes; who made an image is needed only when nobody needs it any more. */
const LEAVES_NOTHING: readonly Meddling[] = ['crashes', 'forgets what was noted of'];

describe('drift', { timeout: 60_000 }, () => {
  it.each(MEDDLINGS)('is foreseen to be put right where somebody %s something', async (how) => {
    const course = await createCourseOfHost(1);
    await course.commit(FIRST);
    let steps = 0;
    for (const name of NAMES) {
      await course.host.clock.advance(60_000);
      const { engine } = course.host.docker;
      meddle(
        course.host,
        how,
        engine.containers().findIndex((one) => one.name === name),
      );
      steps += (await course.goOn()).steps.length;
    }
    expect(await course.goOn()).toMatchObject({ steps: [], end: { kind: 'done' } });
    if (!LEAVES_NOTHING.includes(how)) expect(steps).toBeGreaterThan(0);
  });
});
