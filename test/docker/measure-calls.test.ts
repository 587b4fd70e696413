import { describe, expect, it } from 'vitest';
import { measureCalls, type DockerCall } from '../../src/docker/measure-calls.ts';
import { DockerError, type DockerPort } from '../../src/docker/port.ts';
import { FakeDocker } from '../fakes/fake-docker.ts';

const signal = new AbortController().signal;

function measured(fields: Partial<DockerPort> = {}) {
  const calls: DockerCall[] = [];
  const docker = Object.assign(new FakeDocker({ now: () => 0 }), fields);
  let clock = 0;
  const elapsed = () => (clock += 5);
  return { calls, docker: measureCalls(docker, { onDockerCall: (call) => calls.push(call), elapsed }) };
}

describe('measured calls to an engine', () => {
  it('are told with their operation, outcome and time, and answer as before', async () => {
    const { calls, docker } = measured();
    await docker.ping(signal);
    expect(await docker.listContainers('nobody', signal)).toEqual([]);
    expect(calls).toEqual([
      { operation: 'ping', outcome: 'ok', ms: 5 },
      { operation: 'list-containers', outcome: 'ok', ms: 5 },
    ]);
  });

  it.each([
    ['refused', new DockerError('refused', 'no')],
    ['timeout', new DockerError('timeout', 'no answer')],
    ['timeout', AbortSignal.abort(new DOMException('late', 'TimeoutError')).reason as Error],
    ['aborted', AbortSignal.abort().reason as Error],
    ['failed', new TypeError('a mistake')],
  ] as const)('that fail are told as %s, and fail as before', async (outcome, error) => {
    const { calls, docker } = measured({ removeContainer: () => Promise.reject(error) });
    await expect(docker.removeContainer('1', signal)).rejects.toBe(error);
    expect(calls).toEqual([{ operation: 'remove-container', outcome, ms: 5 }]);
  });

  it('of the event stream are told when it is open, and not for as long as it lasts', async () => {
    const { calls, docker } = measured();
    const ending = new AbortController();
    const events = docker.events(ending.signal)[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ value: { kind: 'connected' } });
    expect(calls).toEqual([{ operation: 'events', outcome: 'ok', ms: 5 }]);
    ending.abort();
    expect(await events.next()).toMatchObject({ done: true });
    expect(calls).toHaveLength(1);
  });

  it('of an event stream that does not open are told as failed', async () => {
    const { calls, docker } = measured({
      events: async function* () {
        throw new DockerError('unreachable', 'nobody there');
      },
    });
    await expect(docker.events(signal)[Symbol.asyncIterator]().next()).rejects.toThrow('nobody there');
    expect(calls).toMatchObject([{ operation: 'events', outcome: 'unreachable' }]);
  });

  it('each have the name of the call they are', async () => {
    const told: string[] = [];
    const never = new Proxy(new FakeDocker({ now: () => 0 }), {
      get: () => () => Promise.reject(new DockerError('refused', 'no')),
    });
    const docker = measureCalls(never, { onDockerCall: ({ operation }) => told.push(operation) });
    const names = Object.keys(docker).filter((name) => !['events', 'readLog', 'readKeptLog'].includes(name));
    for (const name of names) {
      const call: unknown = Reflect.get(docker, name);
      if (typeof call !== 'function') throw new TypeError(`${name} is no call`);
      const answer: unknown = Reflect.apply(call, docker, [signal]);
      await Promise.allSettled([answer]);
    }
    expect(told).toEqual(names.map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)));
    expect(told.length).toBeGreaterThan(30);
  });
});
