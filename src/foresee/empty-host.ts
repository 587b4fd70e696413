import type { ObservedHost } from '../model/observed.ts';

/** A host on which there is nothing of Fairlead's, and nothing in its way. */
export function emptyHost(host: string): ObservedHost {
  return {
    host,
    applications: {},
    sharedNetworks: [],
    images: [],
    persistentVolumes: [],
    markers: [],
    logs: [],
    takenSubnets: [],
  };
}
