import * as hello from './hello.mjs';
import * as rollingUpgrade from './rolling-upgrade.mjs';

/** @typedef {(stage: import('./acts.mjs').Stage) => Promise<void>} Chapter */

/**
 * A change to make by hand in what was kept.
 *
 * @typedef {{ edit: string, message: string }} Suggestion edit: of the shop, as sed takes it
 */

/**
 * What can be played, each with the example it begins with and the steps of the daemon that it tells.
 *
 * @type {Record<'hello' | 'rolling-upgrade', { example: string, steps: RegExp, chapters: Chapter[], suggestion: Suggestion }>}
 */
export const stories = {
  hello: {
    example: 'hello',
    steps: /./,
    chapters: [hello.firstCommit, hello.upgrade, hello.brokenCommit, hello.repair],
    suggestion: { edit: 's/replicas: 2/replicas: 3/', message: 'A third page' },
  },
  'rolling-upgrade': {
    example: 'rolling-upgrade',
    steps: /^(stop|start) container .*\.page$/,
    chapters: [
      rollingUpgrade.firstCommit,
      rollingUpgrade.upgrade,
      rollingUpgrade.failingUpgrade,
      rollingUpgrade.repair,
    ],
    suggestion: { edit: 's/3\\.1/4.0/', message: 'Shop 4.0' },
  },
};
