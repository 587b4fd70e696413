import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { ApplicationSpec, ServiceSpec } from '../../src/model/application-spec.ts';
import { after, CHANGE_NAMES, FIRST, type Specs } from './changes.ts';
import { SECRET, type Circumstances } from './circumstances.ts';
import type { ActualHost } from './actual-host.ts';
import { createCourseOfHost } from './course-of-host.ts';
import { meddle, MEDDLINGS, type Meddling } from './meddling.ts';

// The same of sites at which more than the applications decides: what is suspended, when upgrades may begin, what waits for
// what, quotas, secrets, the labels of the host.

const NAMES = FIRST.map(({ name }) => name);
const some = fc.subarray(NAMES);
const mostly = <T>(usual: T, other: fc.Arbitrary<T>) => fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, other);

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  suspended: mostly([], some),
  hasWindow: mostly(false, fc.constant(true)),
  upgradesBlocked: mostly(false, fc.constant(true)),
  quota: mostly<number | undefined>(undefined, fc.integer({ min: 4, max: 14 })),
  secret: fc.constantFrom('one', 'two', undefined),
  labels: fc.record({ stage: fc.constantFrom('test', 'production') }),
  leftAlone: mostly([], some),
  versionsComplete: mostly(true, fc.constant(false)),
});

/** How an application is tied to what is around it. */
const ties = fc.record({
  /** The one after it in the list depends on it. */
  isNeeded: fc.boolean(),
  onChange: fc.constantFrom(undefined, 'upgrade-application' as const, 'ignore' as const),
  usesSecret: fc.boolean(),
  stage: fc.constantFrom(undefined, undefined, 'test'),
  isOnEveryHost: fc.boolean(),
});
type Ties = typeof ties extends fc.Arbitrary<infer T> ? T : never;

function tie(specs: Specs, all: readonly Ties[]): Specs {
  return specs.map((spec, index): ApplicationSpec => {
    const { onChange, usesSecret = false, stage, isOnEveryHost = false } = all[index % all.length] ?? {};
    const before = specs[index - 1];
    const needs = before !== undefined && all[(index - 1) % all.length]?.isNeeded === true;
    return {
      ...spec,
      ...(needs ? { 'depends-on': [before.name] } : {}),
      ...(onChange === undefined ? {} : { 'on-mutable-variable-change': onChange }),
      services: spec.services.map((one, at) =>
        tieService(one, { usesSecret, stage, isSpread: isOnEveryHost && at === 0 }),
      ),
    };
  });
}

function tieService(
  one: ServiceSpec,
  { usesSecret, stage, isSpread }: { usesSecret: boolean; stage: string | undefined; isSpread: boolean },
): ServiceSpec {
  const { replicas, ...rest } = one;
  return {
    ...rest,
    ...(isSpread ? { mode: 'one-per-matching-host' as const } : replicas === undefined ? {} : { replicas }),
    ...(stage === undefined ? {} : { placement: { 'match-host-labels': `stage = ${stage}` } }),
    ...(usesSecret
      ? {
          variables: [{ name: 'PASSWORD', 'value-from-vault-secret': SECRET }],
          containers: (one.containers ?? []).map((each) => ({ ...each, env: { ...each.env, P: '${PASSWORD}' } })),
        }
      : {}),
  };
}

const change = fc.record({ name: fc.constantFrom(...CHANGE_NAMES), which: fc.nat({ max: 11 }) });
const anyCommit = fc.record({
  changes: fc.array(change, { maxLength: 3 }),
  allowsPrune: fc.boolean(),
  stopAfter: fc.option(fc.nat({ max: 60 }), { nil: undefined }),
  circumstances,
  meddlings: mostly<readonly (readonly [Meddling, number])[]>(
    [],
    fc.array(fc.tuple(fc.constantFrom(...MEDDLINGS), fc.nat({ max: 40 })), { minLength: 1, maxLength: 3 }),
  ),
  ties: fc.array(ties, { minLength: 1, maxLength: 3 }),
});
/** Who gets the last of a quota hangs on who has begun, so on the very moment of an interruption. */
const commit = anyCommit.map((one) => (one.circumstances.quota === undefined ? one : { ...one, stopAfter: undefined }));
const histories = fc.record({ seed: fc.nat(), commits: fc.array(commit, { minLength: 1, maxLength: 4 }) });

/** Another one is tried with FAIRLEAD_MODEL_SEED, more runs with FAIRLEAD_MODEL_RUNS. */
const seed = Number(process.env['FAIRLEAD_MODEL_SEED'] ?? '3');
const numRuns = Number(process.env['FAIRLEAD_MODEL_RUNS'] ?? '4');

describe('for any commits and circumstances', { timeout: 900_000 }, () => {
  it('what was foreseen is what happens', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ seed: dice, commits }) => {
        const host = await createCourseOfHost(dice);
        let specs = FIRST;
        await host.commit(specs);
        for (const { changes, ties: all, meddlings, ...options } of commits) {
          for (const { name, which } of changes) specs = after(specs, name, which);
          const byHand = {
            meddle: (actual: ActualHost) => {
              for (const [how, whom] of meddlings) meddle(actual, how, whom);
            },
          };
          await host.commit(tie(specs, all), { ...options, ...(meddlings.length === 0 ? {} : byHand) });
        }
      }),
      { numRuns, seed, endOnFailure: true },
    );
  });
});
