import type { DesiredContainer } from '../model/desired.ts';

/** What the application still lacks, by the steps that will bring it. */
export interface Missing {
  /** Before anything is stopped, made or started. */
  readonly network: readonly string[];
  /** Image → the step that brings it. */
  readonly images: ReadonlyMap<string, string>;
  /** Image → the reference of the one that is verified, with its digest; undefined: no image has to be. */
  readonly verified: ReadonlyMap<string, string> | undefined;
}

/** Before anything is replaced by another version or text: the network and every image of the application. */
export function everything({ network, images }: Missing): readonly string[] {
  return [...network, ...images.values()];
}

/** Before these containers are made as they were: their own images. What heals waits for no image of others. */
export function neededBy(containers: readonly DesiredContainer[], { network, images }: Missing): readonly string[] {
  return [...network, ...new Set(containers.flatMap(({ image }) => images.get(image) ?? []))];
}
