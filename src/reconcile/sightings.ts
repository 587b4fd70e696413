import type { ValidDocument } from '../model/catalog.ts';

/** The newest commit at which a version of an application was seen with a valid text. */
export interface Sighting {
  readonly version: string;
  readonly revision: string;
  readonly file: string;
  /** Where the commit is in its line of first parents: a child is one higher than its parent. */
  readonly height: number;
  /** Kept of the versions that somebody asks for. */
  readonly document: ValidDocument<'application'> | undefined;
}

/** The height of what is not in that line at all. */
export const BESIDE = Number.NEGATIVE_INFINITY;

/** By application key, then by version. */
export type Sightings = Map<string, Map<string, Sighting>>;

export function sight(sightings: Sightings, key: string, sighting: Sighting): void {
  const versions = sightings.get(key);
  if (versions === undefined) sightings.set(key, new Map([[sighting.version, sighting]]));
  else versions.set(sighting.version, sighting);
}

/** Those of an application not lower than `lowest`, newest first. */
export function sightingsOf(sightings: Sightings, key: string, lowest: number): readonly Sighting[] {
  const found = [...(sightings.get(key)?.values() ?? [])].filter(({ height }) => height >= lowest);
  return found.sort((a, b) => b.height - a.height);
}

/** Adds newer ones, whose heights are too small by `shift`. */
export function layOver(sightings: Sightings, newer: Sightings, shift: number): void {
  for (const [key, versions] of newer) {
    for (const sighting of versions.values()) sight(sightings, key, { ...sighting, height: sighting.height + shift });
  }
}

export function forgetBelow(sightings: Sightings, lowest: number): void {
  for (const [key, versions] of sightings) {
    for (const { version, height } of versions.values()) if (height < lowest) versions.delete(version);
    if (versions.size === 0) sightings.delete(key);
  }
}

/** Lets go of the texts of one application's versions that nobody asks for. */
export function keepTexts(sightings: Sightings, key: string, isAskedFor: (version: string) => boolean): void {
  for (const sighting of sightings.get(key)?.values() ?? []) {
    if (sighting.document === undefined || isAskedFor(sighting.version)) continue;
    sight(sightings, key, { ...sighting, document: undefined });
  }
}
