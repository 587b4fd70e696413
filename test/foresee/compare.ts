import { expect } from 'vitest';
import type { Foreseen, ForeseenStep } from '../../src/foresee/foresee.ts';
import type { ObservedHost } from '../../src/model/observed.ts';
import type { TakenStep } from './actual-host.ts';
import { essenceOf, sentenceOf, subjectOf } from './essence.ts';

type Timed = Pick<ForeseenStep | TakenStep, 'step' | 'at'>;

/** The same steps, of one thing in the same order, each at the time that was said, and the same host at the end. */
export function expectAsForeseen(foreseen: Foreseen, taken: readonly TakenStep[], observed: ObservedHost): void {
  expect(sentences(taken)).toEqual(sentences(foreseen.steps));
  expect(stories(taken)).toEqual(stories(foreseen.steps));
  expect(untimely(taken, foreseen.steps)).toEqual([]);
  expect(essenceOf(observed)).toEqual(essenceOf(foreseen.observed));
}

function sentences(steps: readonly Timed[]): readonly string[] {
  return steps.map(({ step }) => sentenceOf(step)).sort();
}

/** What was done to each thing, in its order; what is said of old instances that live on is no name of one. */
function stories(steps: readonly Timed[]): Readonly<Record<string, readonly string[]>> {
  const told: Record<string, string[]> = {};
  for (const { step } of steps) {
    if (/-N|<id>/.test(sentenceOf(step))) continue;
    (told[subjectOf(step)] ??= []).push(step.id);
  }
  return told;
}

/** Work takes a few ms here, and probes are asked on their beat. */
const SLACK_MS = 5_000;

/** Those taken earlier than they could be, or much later. Of the steps of one sentence the first is that of the first. */
function untimely(taken: readonly Timed[], foreseen: readonly Timed[]): readonly string[] {
  const times = new Map<string, number[]>();
  for (const { step, at } of foreseen) times.set(sentenceOf(step), [...(times.get(sentenceOf(step)) ?? []), at]);
  return taken.flatMap(({ step, at }) => {
    const earliest = times.get(sentenceOf(step))?.shift() ?? 0;
    const isInTime = earliest <= at && at <= earliest + SLACK_MS;
    return isInTime ? [] : [`${sentenceOf(step)}: after ${at} ms, foreseen after ${earliest} ms`];
  });
}
