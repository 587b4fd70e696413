import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { engineCount } from './test/engine-hosts/lanes.ts';
import { LongestFirst } from './test/longest-first.ts';

// Two projects: `unit` needs nothing but Node; `engine` needs a Docker engine, which its global setup provides:
// one to each file that runs at a time.
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/engine/**'],
          // As many as there are cores, though the tests on engines are beside them: those mostly wait.
          maxWorkers: availableParallelism(),
          // Reading all that a file imports costs more than most files: so the files of a worker share it. What a test
          // changes of the process it sets back.
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'engine',
          include: ['test/engine/**/*.test.ts'],
          globalSetup: ['test/engine-hosts/global-setup.ts'],
          setupFiles: ['test/engine-hosts/choose-engine.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: engineCount(),
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
