import { describe, expect, it } from 'vitest';
import { SANDBOX_FILES } from '../../src/model/desired.ts';
import type { FakeContainer } from '../fakes/fake-container.ts';
import type { ActualHost } from './actual-host.ts';
import { FIRST } from './changes.ts';
import { createCourseOfHost } from './course-of-host.ts';

// What somebody did to a host by hand is foreseen to be put right, as it then is.

const NAMES = [
  ...['acme.shop.web-1', 'acme.shop.web-1.main', 'acme.shop.web-2.fetch', 'acme.shop.db-1.main'],
  ...['acme.till.web-1.main', 'acme.till.web-2', 'acme.till.job-1', 'acme.scale.web-2.main'],
];

const MEDDLING: Readonly<Record<string, (host: ActualHost, victim: FakeContainer) => void>> = {
  removes: ({ docker: { engine } }, { id }) => engine.remove(id),
  stops: ({ docker: { engine } }, { id }) => engine.stop(id),
  pauses: ({ docker: { engine } }, { id, status }) => {
    if (status === 'running') engine.pause(id);
  },
  renames: ({ docker: { engine } }, { id }) => engine.rename(id, `renamed-${id}`),
  'takes off its network': ({ docker: { engine } }, { id, networkIds }) => {
    for (const name of networkIds.keys()) engine.disconnect(id, name);
  },
  limits: ({ docker: { engine } }, { id, name }) => {
    const resources = { memoryBytes: 1e9, nanoCpus: 0, cpuShares: 0 };
    engine.update({ kind: 'update-container', id, name, resources, restart: 'no' });
  },
  'writes into the config maps of': (
    { docker: { engine }, clock },
    { id, name, desired: { mounts, resources, restart } },
  ) => {
    for (const { volume } of mounts.filter(({ path }) => path.startsWith(SANDBOX_FILES))) {
      Object.assign(engine.volumes.find(volume) ?? {}, { generation: '..0', switchedAt: clock.now() });
      // An engine does not tell of it; it is seen at the next look.
      engine.update({ kind: 'update-container', id, name, resources, restart });
    }
  },
  crashes: ({ docker: { engine } }, { id, status }) => {
    if (status === 'running') engine.endProcess(id, 1);
  },
  'restarts the engine of': ({ docker: { engine } }) => {
    engine.shutDown();
    engine.boot();
  },
};

describe('drift', { timeout: 60_000 }, () => {
  it.each(Object.keys(MEDDLING))('is foreseen to be put right where somebody %s something', async (how) => {
    const course = await createCourseOfHost(1);
    await course.commit(FIRST);
    let steps = 0;
    for (const name of NAMES) {
      await course.host.clock.advance(60_000);
      MEDDLING[how]?.(course.host, course.host.docker.engine.get(name, 'meddle with it'));
      steps += (await course.goOn()).steps.length;
    }
    expect(await course.goOn()).toMatchObject({ steps: [], end: { kind: 'done' } });
    if (how !== 'crashes') expect(steps).toBeGreaterThan(0);
  });
});
