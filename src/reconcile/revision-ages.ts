/** Since when, in ms since the epoch; 0: not so. */
export interface RevisionAges {
  /** The wanted revision has been wanted. */
  readonly wantedSince: number;
  /** The applied revision has not been the wanted one, whatever was wanted meanwhile. */
  readonly outdatedSince: number;
}

/** Follows which revision is wanted and which is applied, '' for none. A new daemon begins to count anew. */
export function createRevisionAges(): (wanted: string, applied: string, now: number) => RevisionAges {
  let former = '';
  let wantedSince = 0;
  let outdatedSince = 0;
  return (wanted, applied, now) => {
    if (wanted !== former) wantedSince = wanted === '' ? 0 : now;
    former = wanted;
    if (wanted === applied) outdatedSince = 0;
    else if (outdatedSince === 0) outdatedSince = now;
    return { wantedSince, outdatedSince };
  };
}
