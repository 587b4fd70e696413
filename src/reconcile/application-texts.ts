import { knownVersions, listedVersions, type VersionChoice } from '../desired/choose-version.ts';
import type { DocumentInForce, ResolvedCatalog } from '../model/catalog.ts';
import type { ObservedApplication } from '../model/observed.ts';
import { runningVersion } from '../model/observed-instance.ts';

type Application = DocumentInForce<'application'>;

/** What the configuration side shows of an application, whatever of it runs. */
export interface ApplicationTexts {
  /** Valid, of the fetched revision. */
  readonly newest: Application | undefined;
  /** Its versions, newest first. */
  readonly listed: readonly Application[];
}

export function textsOf(catalog: ResolvedCatalog | undefined, key: string): ApplicationTexts {
  if (catalog === undefined) return { newest: undefined, listed: [] };
  return { newest: catalog.applications[key], listed: listedVersions(catalog, key) };
}

export function isSameTexts(a: ApplicationTexts, b: ApplicationTexts): boolean {
  return (
    a.newest?.document === b.newest?.document &&
    a.listed.length === b.listed.length &&
    a.listed.every(({ document }, index) => document === b.listed[index]?.document)
  );
}

/**
 * The text whose state is shown: the one its deployment stands for; where that is not known, the one of what runs.
 * `choice`: undefined where no deployment brings it here.
 */
export function textInForce(
  catalog: ResolvedCatalog | undefined,
  key: string,
  choice: VersionChoice | undefined,
  observed: ObservedApplication | undefined,
): Application | undefined {
  const newest = catalog?.applications[key];
  if (catalog === undefined || choice === undefined || choice.kind === 'no-application') return newest;
  if (choice.kind === 'known') return choice.application;
  const [first] = Object.values(observed?.instances ?? {});
  const runs = runningVersion(first);
  return knownVersions(catalog, key).find(({ document }) => document.spec.version === runs) ?? newest;
}
