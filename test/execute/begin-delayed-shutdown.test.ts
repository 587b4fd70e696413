import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DockerError } from '../../src/docker/port.ts';
import { beginDelayedShutdown } from '../../src/execute/begin-delayed-shutdown.ts';
import { toNote } from '../../src/plan/marker-actions.ts';
import type { ActionOf } from '../../src/model/plan.ts';
import { createMember, createSandbox, TEST_IMAGE } from '../contract/actions.ts';
import { FakeDocker } from '../fakes/fake-docker.ts';

// avassa-reference 2.9: the containers of an old instance are asked to end; that they were is noted whatever they said.

const { signal } = new AbortController();
const marker = { kind: 'shutdown-asked', tenant: 'acme', application: 'shop', sandboxId: 'abc', at: 1 } as const;
const noted = toNote(marker, { owner: 'test', site: 'local' });
let docker: FakeDocker;

beforeEach(() => {
  docker = new FakeDocker({ now: () => Date.now() });
  docker.engine.images.set(TEST_IMAGE, 'sha256:1');
  docker.engine.create(createSandbox('test', 'sandbox', 'none'));
  docker.engine.start('sandbox');
  for (const name of ['main', 'side']) {
    docker.engine.create(createMember('test', name, 'sandbox'));
    docker.engine.start(name);
  }
});

afterEach(() => void vi.useRealTimers());

const command = (name: string) => ({
  name: `acme.shop.web-2.${name}`,
  id: docker.engine.get(name, 'find').id,
  cmd: ['leave', 'secret'],
});
const begin = (...names: readonly string[]) => {
  const action: ActionOf<'begin-delayed-shutdown'> = {
    kind: 'begin-delayed-shutdown',
    name: 'acme.shop.web-2',
    commands: names.map(command),
    noted,
  };
  return beginDelayedShutdown(docker, action, signal);
};
const isNoted = () => docker.engine.volumes.markersOf('test').some(({ kind }) => kind === 'shutdown-asked');

describe('asking an old instance to end', () => {
  it('runs the commands side by side and then notes that they were', async () => {
    const running: string[] = [];
    let go = () => {};
    const both = new Promise<void>((resolve) => (go = resolve));
    docker.onExec = async ({ name }) => {
      expect(isNoted()).toBe(false);
      if (running.push(name) === 2) go();
      await both;
      return { exitCode: 0, output: '' };
    };
    await begin('main', 'side');
    expect(running.sort()).toEqual(['main', 'side']);
    expect(isNoted()).toBe(true);
  });

  it('notes it where there is nothing to run, too', async () => {
    await begin();
    expect(isNoted()).toBe(true);
  });

  it('tells that a command failed once that is noted, so that it is not run again', async () => {
    docker.onExec = ({ name }) => ({ exitCode: name === 'main' ? 3 : 0, output: 'not now\n' });
    await expect(begin('main', 'side')).rejects.toThrow(
      'the delayed-shutdown-cmd of acme.shop.web-2.main failed with exit code 3, saying: not now',
    );
    expect(isNoted()).toBe(true);
  });

  it('takes a container that does not run, or ended because it was asked, for one that did as told', async () => {
    docker.engine.stop('side');
    docker.onExec = ({ id }) => {
      // An engine says so a moment later.
      setTimeout(() => docker.engine.stop(id), 100);
      return { exitCode: 137, output: '' };
    };
    await begin('main', 'side');
    expect(isNoted()).toBe(true);
  });

  it('gives a command a minute, and does not say what it was', async () => {
    vi.useFakeTimers();
    docker.onExec = () => new Promise(() => undefined);
    const asked = begin('main').catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(62_000);
    expect(await asked).toMatchObject({
      code: 'timeout',
      message: 'the delayed-shutdown-cmd of acme.shop.web-2.main did not end within 60 s',
    });
    expect(isNoted()).toBe(true);
  });

  it('notes nothing when the engine was away: nobody was asked', async () => {
    docker.failNext('exec', new DockerError('unreachable', 'no Docker engine answers'));
    await expect(begin('main')).rejects.toMatchObject({ code: 'unreachable' });
    expect(isNoted()).toBe(false);
  });

  it('may be done twice, as after a crash in between: the first note stays', async () => {
    docker.failNext('createMarker', new DockerError('unreachable', 'no Docker engine answers'));
    let times = 0;
    docker.onExec = () => ({ exitCode: 0, output: String((times += 1)) });
    await expect(begin('main')).rejects.toMatchObject({ code: 'unreachable' });
    await begin('main');
    await begin('main');
    expect(times).toBe(3);
    expect(docker.engine.volumes.markersOf('test')).toMatchObject([{ at: 1 }]);
  });
});
