import { describe, expect, it } from 'vitest';
import { LANE_WIDTH, startableSteps } from '../../src/execute/lanes.ts';
import type { Action, Plan, Step } from '../../src/model/plan.ts';

function step(id: string, action: Action, after: readonly string[] = []): Step {
  return { id, action, target: id, application: 'acme.shop', intent: 'create', reason: '', after };
}

const start = (name: string, after: readonly string[] = []) =>
  step(`start ${name}`, { kind: 'start-container', name, prepare: [] }, after);
const pull = (image: string) =>
  step(`pull ${image}`, { kind: 'pull-image', image, note: undefined, for: '', signed: undefined });
const stop = (name: string) => step(`stop ${name}`, { kind: 'stop-container', name, id: name, graceMs: 0 });

function plan(steps: readonly Step[], later: readonly Step[] = []): Plan {
  const held = later.map((one) => ({ step: one, at: 1, waitingFor: '' }));
  return { revision: 'r', steps, later: held, held: [], blocked: {}, wakeAt: undefined };
}

const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));

describe('a step', () => {
  it('starts when nothing is before it', () => {
    expect(startableSteps(plan([start('a'), start('b', ['start a'])]), [])).toEqual([start('a')]);
  });

  it('waits for one that is under way, though the plan no longer names it', () => {
    expect(startableSteps(plan([start('b', ['start a'])]), [start('a')])).toEqual([]);
  });

  it('waits for one that is put off', () => {
    expect(startableSteps(plan([start('b', ['start a'])], [start('a')]), [])).toEqual([]);
  });

  it('is not started twice', () => {
    expect(startableSteps(plan([start('a')]), [start('a')])).toEqual([]);
  });
});

describe('lanes', () => {
  it('let nothing wait for logs that are kept, a few at a time', () => {
    const log = { volume: 'v', labels: {}, maxBytes: 0, since: 0 };
    const keep = (index: number) => step(`keep ${index}`, { kind: 'remove-container', name: 'a', id: 'a', log });
    const steps = many(20, keep);
    expect(startableSteps(plan([...steps, start('a')]), [])).toEqual([...steps.slice(0, LANE_WIDTH.copy), start('a')]);
  });

  it('keep the engine to a few calls at a time', () => {
    const steps = many(20, (index) => start(String(index)));
    expect(startableSteps(plan(steps), [])).toHaveLength(LANE_WIDTH.engine);
    expect(startableSteps(plan(steps), steps.slice(0, LANE_WIDTH.engine))).toEqual([]);
  });

  it('let nothing wait for a slow pull or a slow stop', () => {
    const slow = [
      ...many(LANE_WIDTH.pull, (index) => pull(String(index))),
      ...many(10, (index) => stop(String(index))),
    ];
    expect(startableSteps(plan([...slow, start('a')]), slow)).toEqual([start('a')]);
  });
});
