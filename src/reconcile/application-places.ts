import type { ParsedFile, ValidDocument } from '../model/catalog.ts';
import { applicationKey } from '../model/names.ts';

/** Where a valid text of an application stands, and of which version it is. */
export interface Place {
  readonly file: string;
  readonly version: string | undefined;
}

/** Where the applications of a commit stand: as much as is needed to judge a neighbour by what it changed. */
export interface ApplicationPlaces {
  /** Puts a file in place of what it held before. Returns the keys of the applications it holds or held. */
  put(file: string, parsed: ParsedFile | undefined): readonly string[];
  /** Of every application that stands somewhere. */
  keys(): Iterable<string>;
  /** undefined where it has no valid text, and where two texts of its name contradict one another. */
  placeOf(key: string): Place | undefined;
}

export function createApplicationPlaces(): ApplicationPlaces {
  const places = new Map<string, readonly Place[]>();
  const keysIn = new Map<string, readonly string[]>();

  function remove(file: string): readonly string[] {
    const keys = keysIn.get(file) ?? [];
    keysIn.delete(file);
    for (const key of keys) {
      const others = (places.get(key) ?? []).filter((place) => place.file !== file);
      if (others.length === 0) places.delete(key);
      else places.set(key, others);
    }
    return keys;
  }

  return {
    put(file, parsed) {
      const before = remove(file);
      const now = applicationsIn(parsed).map(([key, { spec }]) => {
        places.set(key, [...(places.get(key) ?? []), { file, version: spec.version }]);
        return key;
      });
      if (now.length > 0) keysIn.set(file, now);
      return [...before, ...now];
    },
    keys: () => places.keys(),
    placeOf(key) {
      const [place, ...others] = places.get(key) ?? [];
      return others.length === 0 ? place : undefined;
    },
  };
}

/** The valid applications of a file, by their keys. */
export function applicationsIn(
  parsed: ParsedFile | undefined,
): readonly (readonly [key: string, document: ValidDocument<'application'>])[] {
  return (parsed?.documents ?? []).flatMap((document) =>
    document.kind === 'application'
      ? [[applicationKey({ tenant: document.tenant, application: document.name }), document] as const]
      : [],
  );
}
