import { describe, expect, it } from 'vitest';
import type { Foreseen } from '../../src/foresee/foresee.ts';
import type { ContainerSpec } from '../../src/model/application-spec.ts';
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

  it.each(['stop', 'rollback'] as const)(
    'an upgrade that cannot be ready in time, with on-failure: %s',
    async (end) => {
      const late = { readiness: { exec: { cmd: ['ask'] }, 'initial-delay': '5m' } };
      const at = (version: string, probes: ContainerSpec['probes'] = {}) =>
        application('shop', {
          version,
          services: [service('web', { replicas: 2, containers: [container('main', { probes })] })],
          'upgrade-from': [
            { 'version-regexp': '', method: 'per-service', 'progress-deadline': '1m', 'on-failure': end },
          ],
        });
      const course = await createCourseOfHost(1);
      await course.commit([at('1.0')]);
      const { steps } = await course.commit([at('2.0', late)]);
      const aborted = steps.find(({ step }) => step.id.startsWith('abort upgrade'));
      expect(aborted).toMatchObject({ at: 60_000, step: { reason: 'web-1: it has not become ready in time' } });
      const back = steps.filter(({ step }) => step.id === 'create container acme.shop.web-1.main');
      expect(back).toHaveLength(end === 'rollback' ? 2 : 1);
    },
  );
});
