import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import type { ObservedHost } from '../model/observed.ts';
import { happeningsOf, type Happening } from './happenings.ts';

/** What comes to pass by itself, by application. */
export interface Coming {
  /** Looks at these applications, which changed. */
  look(host: ObservedHost, keys: Iterable<string>): void;
  due(now: number): readonly (readonly [string, Happening])[];
  /** ms since the epoch; Infinity: nothing. */
  next(): number;
}

/** `begun`: when the foreseeing began, ms since the epoch. */
export function createComing({ applications, earlier }: DesiredSite, begun: number): Coming {
  const happenings = new Map<string, readonly Happening[]>();
  const textsOf = (key: string): readonly DesiredApplication[] => {
    const newest = applications[key];
    return newest === undefined ? [] : [newest, ...(earlier[key] ?? [])];
  };
  return {
    look(host, keys) {
      for (const key of keys) {
        const application = host.applications[key];
        const found = application === undefined ? [] : happeningsOf(application, textsOf(key), begun);
        if (found.length === 0) happenings.delete(key);
        else happenings.set(key, found);
      }
    },
    due: (now) =>
      [...happenings].flatMap(([key, all]) =>
        all.filter(({ at }) => at <= now).map((one): readonly [string, Happening] => [key, one]),
      ),
    next: () => [...happenings.values()].flat().reduce((first, { at }) => Math.min(first, at), Infinity),
  };
}
