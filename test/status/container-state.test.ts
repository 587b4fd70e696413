import { describe, expect, it } from 'vitest';
import type { ObservedContainer } from '../../src/model/observed.ts';
import { containerState } from '../../src/status/container-state.ts';
import { application, desire, IMAGE } from '../builders.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const NOW = 1000 * DAY;
const desired = Object.values(desire([application('shop')]).applications)[0]!.instances[0]!.containers[0]!;

const WELL: ObservedContainer = {
  id: 'abc',
  name: desired.name,
  identity: undefined,
  status: 'running',
  pid: 1,
  exitCode: 1,
  oomKilled: false,
  engineError: '',
  createdAt: NOW - 100 * DAY,
  startedAt: NOW - MINUTE,
  finishedAt: NOW - MINUTE,
  restartCount: 0,
  restarts: [],
  image: IMAGE,
  imageId: 'sha256:1',
  resources: desired.resources,
  restartPolicy: 'unless-stopped',
  stopTimeoutMs: 10_000,
  sandboxId: 'def',
  addresses: {},
  networkIds: {},
};

const stateOf = (fields: Partial<ObservedContainer>) =>
  containerState({ name: 'main', observed: { ...WELL, ...fields }, failure: undefined, now: NOW });
const minutesAgo = (...minutes: readonly number[]) => minutes.map((count) => NOW - count * MINUTE);

describe('a container that was restarted', () => {
  it('is well at its sixth crash in a year', () => {
    expect(stateOf({ restartCount: 6, restarts: minutesAgo(1) })).toMatchObject({ 'oper-status': 'running' });
    const rare = { restartCount: 6, restarts: [...minutesAgo(90, 60, 30, 10), NOW - MINUTE] };
    expect(stateOf(rare)).toMatchObject({ 'oper-status': 'running' });
  });

  it('keeps ending after five restarts within five minutes', () => {
    expect(stateOf({ restartCount: 9, restarts: minutesAgo(5, 4, 3, 2, 1) })).toMatchObject({
      'oper-status': 'error',
      'error-message': 'it keeps ending: restarted 9 times, last with exit code 1',
    });
  });

  it('keeps ending when all its five restarts lie in the first five minutes, seen or not', () => {
    const young = { restartCount: 5, createdAt: NOW - 4 * MINUTE, restarts: minutesAgo(1) };
    expect(stateOf(young)).toMatchObject({ 'oper-status': 'error' });
  });

  it('is well after five minutes without a restart', () => {
    const calm = { restartCount: 9, restarts: minutesAgo(9, 8, 7, 6, 5), startedAt: NOW - 5 * MINUTE };
    expect(stateOf(calm)).toMatchObject({ 'oper-status': 'running' });
  });

  it('is starting while the engine says a word we do not know', () => {
    expect(stateOf({ status: 'unknown' })).toMatchObject({ 'oper-status': 'starting' });
  });
});
