import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { root } from '../scripts/setup.mjs';

/** What takes longest, and does not look like it: a file that is begun last keeps one core busy and the others waiting. */
export const LONGEST: readonly string[] = [
  'test/engine/scenarios/commit-to-containers.test.ts',
  'test/engine/scenarios/sharing.test.ts',
  'test/engine/scenarios/waiting.test.ts',
  'test/engine/demo.test.ts',
  'test/engine/chaos.test.ts',
  'test/upgrade/model-mixed.test.ts',
  'test/upgrade/model-per-service.test.ts',
  'test/api/isolation.test.ts',
  'test/plan/properties.test.ts',
  'test/examples/pipelines.test.ts',
];

/** Begins with the longest files; the others follow as vitest orders them, those with most text first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.indexOf(relative(root, moduleId));
  return rank < 0 ? LONGEST.length : rank;
}
