/** An engine that files of tests share, one file after another: `endpoint` and `networkPool` as in scripts/setup.mjs. */
export interface SharedEngine {
  readonly endpoint: string;
  readonly networkPool: string | undefined;
}

declare module 'vitest' {
  export interface ProvidedContext {
    engines: readonly SharedEngine[];
  }
}

/** Tests on engines mostly wait, and an engine is cheap: as many files at a time as there are private engines. */
const PRIVATE_ENGINES = 3;

/**
 * How many engines the tests share. One where it is not a private one: what is on it would be seen by the tests of
 * another file.
 */
export function engineCount(): number {
  const isGiven = Boolean(process.env['FAIRLEAD_TEST_DOCKER']);
  return !isGiven && process.platform === 'linux' && process.getuid?.() === 0 ? PRIVATE_ENGINES : 1;
}
