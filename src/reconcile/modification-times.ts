import type { DocumentInForce } from '../model/catalog.ts';

/** When each application's text last changed. */
export interface ModificationTimes {
  /** As far as this daemon saw (contract 6: the commit's time), ms since the epoch. */
  note(key: string, inForce: DocumentInForce<'application'> | undefined, revisionTime: number): number;
  keepOnly(keys: { has(key: string): boolean }): void;
}

export function createModificationTimes(): ModificationTimes {
  const modified = new Map<string, { readonly specHash: string; readonly at: number }>();
  return {
    note(key, inForce, revisionTime) {
      const specHash = inForce?.document.specHash ?? '';
      const known = modified.get(key);
      if (known?.specHash === specHash) return known.at;
      modified.set(key, { specHash, at: revisionTime });
      return revisionTime;
    },
    keepOnly(keys) {
      for (const key of modified.keys()) if (!keys.has(key)) modified.delete(key);
    },
  };
}
