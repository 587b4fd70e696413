import { describe, expect, it } from 'vitest';
import type { Foreseen } from '../../src/foresee/foresee.ts';
import { application, container, service } from '../builders.ts';
import { after, CHANGE_NAMES, FIRST } from './changes.ts';
import { createCourseOfHost } from './course-of-host.ts';

const removals = ({ steps }: Foreseen) => steps.filter(({ step }) => step.action.kind === 'remove-container').length;

describe('what is announced of a commit is what happens', { timeout: 120_000 }, () => {
  it.each(CHANGE_NAMES)('%s', async (change) => {
    const course = await createCourseOfHost(1);
    await course.commit(FIRST);
    // Each in another application, and the one before is taken back.
    for (const which of [0, 1, 2]) await course.commit(after(FIRST, change, which));
  });

  it('most applications that go, as history allows it or not', async () => {
    const specs = ['a', 'b', 'c', 'd', 'e'].map((name) => application(name));
    const course = await createCourseOfHost(1);
    await course.commit(specs);
    const held = await course.commit(specs.slice(0, 1), { allowsPrune: false });
    expect(held).toMatchObject({ steps: [], end: { kind: 'waits' } });
    expect(removals(await course.goOn())).toBe(8);
  });

  it('old instances of which fewer may live on than there are', async () => {
    const web = (text: string) =>
      service('web', {
        replicas: 3,
        'delayed-shutdown': { timeout: '1m', 'max-number-of-instances': 1 },
        containers: [container('main', { env: { X: text } })],
      });
    const course = await createCourseOfHost(1);
    await course.commit([application('shop', { services: [web('one')] })]);
    const foreseen = await course.commit([application('shop', { services: [web('two')] })]);
    expect(removals(foreseen)).toBe(6);
    expect(Math.max(...foreseen.steps.map(({ at }) => at))).toBe(60_000);
  });
});
