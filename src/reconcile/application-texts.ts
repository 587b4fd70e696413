import { knownVersions, listedVersions, type VersionChoice } from '../desired/choose-version.ts';
import type { DocumentInForce, ResolvedCatalog } from '../model/catalog.ts';
import type { ObservedApplication } from '../model/observed.ts';
import { runningVersion } from '../model/observed-instance.ts';
import type { Hold } from '../upgrade/hold.ts';
import type { UpgradeProgress } from '../upgrade/decision.ts';

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

interface Running {
  readonly observed: ObservedApplication | undefined;
  readonly upgrade: UpgradeProgress | undefined;
  readonly hold: Hold | undefined;
}

/**
 * The text whose state is shown: the one its deployment stands for, or that a failed upgrade was taken back to; where that
 * is not known, and as long as that has to wait, the one of what runs. `choice`: undefined where no deployment brings it here.
 */
export function textInForce(
  catalog: ResolvedCatalog | undefined,
  key: string,
  choice: VersionChoice | undefined,
  { observed, upgrade, hold }: Running,
): Application | undefined {
  const newest = catalog?.applications[key];
  if (catalog === undefined || choice === undefined || choice.kind === 'no-application') return newest;
  const ofVersion = (version: string | undefined) =>
    knownVersions(catalog, key).find(({ document }) => document.spec.version === version);
  const [first] = Object.values(observed?.instances ?? {});
  if (choice.kind === 'known') {
    if (hold?.waiting === 'upgrade' && first !== undefined)
      return ofVersion(runningVersion(first)) ?? choice.application;
    const isBack = upgrade?.state === 'rolling-back' || upgrade?.state === 'rolled-back';
    return (isBack ? ofVersion(upgrade.to === '' ? undefined : upgrade.to) : undefined) ?? choice.application;
  }
  return ofVersion(runningVersion(first)) ?? newest;
}
