import type { DocumentInForce } from '../model/catalog.ts';

interface ChangeTimes {
  readonly found: number | undefined;
  readonly revisionTime: number;
}

/** When each application's text last changed. */
export interface ModificationTimes {
  /**
   * The time of the newest known commit that changed it (contract 6), ms since the epoch: the one that was found in
   * history, else that of the revision this daemon first saw it in.
   */
  note(key: string, inForce: DocumentInForce<'application'> | undefined, times: ChangeTimes): number;
  keepOnly(keys: { has(key: string): boolean }): void;
}

export function createModificationTimes(): ModificationTimes {
  const modified = new Map<string, { readonly specHash: string; readonly at: number }>();
  return {
    note(key, inForce, { found, revisionTime }) {
      const specHash = inForce?.document.specHash ?? '';
      const known = modified.get(key);
      const at = found ?? (known?.specHash === specHash ? known.at : revisionTime);
      if (known?.specHash !== specHash || known.at !== at) modified.set(key, { specHash, at });
      return at;
    },
    keepOnly(keys) {
      for (const key of modified.keys()) if (!keys.has(key)) modified.delete(key);
    },
  };
}
